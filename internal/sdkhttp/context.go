package sdkhttp

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/evaluation"
)

// How the context of a request becomes what an evaluation takes. A constraint compares texts, and a visitor is put on one side of a
// rollout by the hash of a text; so a number or a boolean has to become the very text that Unleash's own server, which is written in
// JavaScript, makes of it. A 1 that became 1.0 would put people on another side.

// rootFields are the fields of a context that have a place of their own; all others are
// properties.
var rootFields = map[string]func(*evaluation.Context) *string{
	"appName":       func(c *evaluation.Context) *string { return &c.AppName },
	"environment":   func(c *evaluation.Context) *string { return &c.Environment },
	"userId":        func(c *evaluation.Context) *string { return &c.UserID },
	"sessionId":     func(c *evaluation.Context) *string { return &c.SessionID },
	"remoteAddress": func(c *evaluation.Context) *string { return &c.RemoteAddress },
	"currentTime":   func(c *evaluation.Context) *string { return &c.CurrentTime },
}

// NewContext returns the context that a client sent as a JSON object, with everything
// made a text as JavaScript would. The object "properties" holds fields of the client's own;
// they win over fields of the same name that stand beside it. What is null is missing.
// Like everything false in JavaScript, false and 0 in a field with a place of its own count as missing.
func NewContext(fields map[string]any, token *access.APIToken, now time.Time) *evaluation.Context {
	ctx := &evaluation.Context{Now: now, Random: rand.Uint32, Hostname: hostname(), Properties: map[string]string{}}
	for name, value := range fields {
		text, ok := Text(value)
		switch field := rootFields[name]; {
		case !ok || name == "properties":
		case field == nil:
			ctx.Properties[name] = text
		case value != false && !isZero(value):
			*field(ctx) = text
		}
	}
	if properties, ok := fields["properties"].(map[string]any); ok {
		for name, value := range properties {
			if text, ok := Text(value); ok {
				ctx.Properties[name] = text
			} else {
				delete(ctx.Properties, name)
			}
		}
	}
	// The context may name another one for constraints; which flags are asked is settled by the token.
	if ctx.Environment == "" {
		ctx.Environment = string(token.Environment)
	}
	return ctx
}

// isZero reports whether a JSON value is the number 0, which JavaScript takes for nothing.
func isZero(value any) bool {
	number, ok := value.(json.Number)
	if !ok {
		return false
	}
	f, err := number.Float64()
	return err == nil && f == 0
}

// Text returns a JSON value as the text that JavaScript makes of it, and whether it has
// one that means something: an object has none, nor has null.
// Numbers from 1e21 on stay as they were written, where JavaScript would write an exponent of its own.
func Text(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		f, err := v.Float64()
		if err != nil || math.Abs(f) >= 1e21 {
			return v.String(), true
		}
		return strconv.FormatFloat(f, 'f', -1, 64), true
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i], _ = Text(v[i])
		}
		return strings.Join(parts, ","), true
	default:
		return "", false
	}
}

// hostname returns the name of this machine, which the deprecated strategy
// applicationHostname asks for.
var hostname = sync.OnceValue(func() string {
	if name := os.Getenv("HOSTNAME"); name != "" {
		return name
	}
	name, err := os.Hostname()
	if err != nil {
		return "undefined"
	}
	return name
})
