package adminapi

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
)

// sdkContext is a context as people give it to the playground: texts, and under "properties" more of them.
//
// Fields that the schema names are coerced to texts. Any other whose value is no text is kept to be
// named in a warning, and no flag is asked with it.
type sdkContext map[string]any

// contextProperties is where a context has its fields of one's own, which may as well stand beside it.
const contextProperties = "properties"

// UnmarshalJSON reads a context; what is null is missing.
func (c *sdkContext) UnmarshalJSON(data []byte) error {
	err := json.Unmarshal(data, (*map[string]any)(c))
	maps.DeleteFunc(*c, func(_ string, value any) bool { return value == nil })
	return err
}

// Schema returns that of Unleash's context: other fields than these are welcome.
func (sdkContext) Schema(huma.Registry) *huma.Schema {
	text := func(about string) *huma.Schema { return &huma.Schema{Type: huma.TypeString, Description: about} }
	one := 1
	return &huma.Schema{
		Type:        huma.TypeObject,
		Description: "Who asks. Fields of one's own stand under `properties`, or beside it.",
		Required:    []string{"appName"},
		Properties: map[string]*huma.Schema{
			"appName":         {Type: huma.TypeString, MinLength: &one},
			"userId":          text(""),
			"sessionId":       text(""),
			"remoteAddress":   text("An IP address."),
			"environment":     text("What constraints see as the environment; the one that is asked unless it is given."),
			"currentTime":     {Type: huma.TypeString, Format: "date-time", Description: "One time (RFC 3339). Now unless it is given."},
			contextProperties: {Type: huma.TypeObject, AdditionalProperties: &huma.Schema{Type: huma.TypeString}},
		},
		AdditionalProperties: &huma.Schema{},
	}
}

// invalid returns the names of the fields that are no texts, and so are left out.
func (c sdkContext) invalid() []string {
	names := []string{}
	for name, value := range c {
		if _, ok := value.(string); !ok && name != contextProperties {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// texts returns the fields of the context in one place. What stands beside the properties hides a
// property of the same name, as it does for SDKs.
func (c sdkContext) texts() map[string]string {
	texts := map[string]string{}
	add := func(fields map[string]any) {
		for name, value := range fields {
			if text, ok := value.(string); ok {
				texts[name] = text
			}
		}
	}
	properties, _ := c[contextProperties].(map[string]any)
	add(properties)
	add(c)
	return texts
}

// asker is somebody who asks flags: a context without its properties, and what chance decides for them. The
// same asker gets the same answers from the same flags.
type asker struct {
	fields map[string]string
	drawn  uint32
}

// newAsker returns somebody who asks with some fields. Chance is drawn once for each asker, in the
// shell; the core is handed the number (docs/adr/0001-pure-core.md).
func newAsker(fields map[string]string) asker {
	return asker{fields, rand.Uint32()} //nolint:gosec // who is in a rollout by chance is no secret
}

// asSent returns who asks if no value is a list.
func (c sdkContext) asSent() asker { return newAsker(c.texts()) }

// combinations returns who asks if each part of a value that is separated by commas is a value: all
// combinations, of which the last field's values change first. If there are more than limit, it
// returns none, and false.
//
// Fields are gone through by name, so that the same context gives the same order each time. A value
// without a comma is one combination, and an empty one is a context without that value.
func (c sdkContext) combinations(limit int) ([]asker, bool) {
	texts := c.texts()
	all := []map[string]string{{}}
	for _, name := range sortedKeys(texts) {
		values := strings.Split(texts[name], ",")
		// Asked before they are made, so that there are never more than limit in memory.
		if len(values) > limit/len(all) {
			return nil, false
		}
		var next []map[string]string
		for _, fields := range all {
			for _, value := range values {
				with := maps.Clone(fields)
				with[name] = strings.TrimSpace(value)
				next = append(next, with)
			}
		}
		all = next
	}
	askers := make([]asker, len(all))
	for i, fields := range all {
		askers[i] = newAsker(fields)
	}
	return askers, true
}

// context returns who asks as flags want it. The host that an SDK runs on is not known here.
//
// Fields that evaluation does not know by name become properties. The environment is the one that is
// asked, unless the context says another: constraints may read it.
func (w asker) context(env flag.EnvironmentName, now time.Time) *evaluation.Context {
	ctx := &evaluation.Context{Now: now, Random: func() uint32 { return w.drawn }}
	for name, value := range w.fields {
		ctx.Set(name, value)
	}
	if ctx.Environment == "" {
		ctx.Environment = string(env)
	}
	return ctx
}
