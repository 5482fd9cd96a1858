package integration

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/cbroglie/mustache"
)

// Templates are written by whoever may set up integrations, and run in the server. So they are held to bounds before they run: no
// files, few sections in each other, and no more steps than can be counted beforehand.

// How much a template may do: how deep its sections lie, how many steps rendering it may take,
// and how long the result may be.
const (
	maxSections = 5
	maxSteps    = 1_000_000
	maxBody     = 1 << 20
)

// parseTemplate reads a Mustache template. What it inserts is escaped as the body's content
// type asks for: as in a JSON text, or as in HTML, which is what Unleash does.
// Partials come from a provider that has none: the library's own would read files.
func parseTemplate(text, contentType string) (*mustache.Template, error) {
	t, err := mustache.ParseStringPartials(text, &mustache.StaticProvider{})
	if err != nil {
		return nil, fmt.Errorf("this is no Mustache template: %w", err)
	}
	if err := plainTags(t.Tags(), 0); err != nil {
		return nil, err
	}
	if contentType == "" || strings.Contains(contentType, "json") {
		t.Escape(escapeJSON)
	} else {
		t.Escape(html.EscapeString)
	}
	return t, nil
}

// plainTags refuses partials, and sections that lie too deep. depth is how many sections the tags are in.
func plainTags(tags []mustache.Tag, depth int) error {
	if depth > maxSections {
		return fmt.Errorf("the sections of a template can lie %d deep", maxSections)
	}
	for _, tag := range tags {
		switch tag.Type() {
		case mustache.Partial:
			return errors.New("a template cannot include others")
		case mustache.Section, mustache.InvertedSection:
			if err := plainTags(tag.Tags(), depth+1); err != nil {
				return err
			}
		default: // variables
		}
	}
	return nil
}

// render returns what a template makes of data, which is plain JSON.
// Errors say what is wrong in words for administrators. Data decides how often a section is repeated, so the steps are
// counted for each event anew.
func render(t *mustache.Template, data map[string]any) ([]byte, error) {
	if steps(t.Tags(), longest(data)) > maxSteps {
		return nil, errors.New("the template would take too many steps for this event")
	}
	var body bytes.Buffer
	if err := t.FRender(&limited{&body, maxBody}, data); err != nil {
		return nil, err
	}
	if body.Len() >= maxBody {
		return nil, fmt.Errorf("the template makes more than %d bytes of this event", maxBody)
	}
	return body.Bytes(), nil
}

// steps bounds how often tags are rendered, if each section is repeated for a list of so many.
// It is a float since that cannot overflow: lists in each other multiply.
func steps(tags []mustache.Tag, length float64) float64 {
	total := 0.0
	for _, tag := range tags {
		total++
		switch tag.Type() {
		case mustache.Section, mustache.InvertedSection:
			total += length * (1 + steps(tag.Tags(), length)) // texts are no tags
		default: // has nothing below it
		}
	}
	return total
}

// longest returns the length of the longest list in data, at least 1.
// Any section could be repeated for it, so this bounds them all.
func longest(data any) float64 {
	most := 1.0
	switch value := data.(type) {
	case []any:
		most = max(most, float64(len(value)))
		for _, one := range value {
			most = max(most, longest(one))
		}
	case map[string]any:
		for _, one := range value {
			most = max(most, longest(one))
		}
	}
	return most
}

// limited writes so many bytes and drops the rest: the renderer does not heed errors.
// A result that reaches the bound is refused in render, so nothing is sent that was cut.
type limited struct {
	to   io.Writer
	left int
}

// Write writes what there is room for.
func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	if _, err := l.to.Write(p[:n]); err != nil {
		return 0, err
	}
	return len(p), nil
}

// escapeJSON returns a text as it stands between the quotes of a JSON text.
func escapeJSON(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		return "" // a text can be encoded
	}
	return strings.TrimSuffix(strings.TrimPrefix(b.String(), `"`), "\"\n")
}

// templateData returns a value as templates see it: whole numbers as such, and nothing where JSON
// has null.
// The template is to see what the receiver of a body without one sees, so the value goes through JSON.
func templateData(value any) (map[string]any, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	data := map[string]any{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	// As floats, numbers from a million on would be written as 1e+06.
	decoder.UseNumber()
	if err := decoder.Decode(&data); err != nil {
		return nil, err
	}
	return plainData(data).(map[string]any), nil //nolint:forcetypeassert // it returns what it is given
}

// plainData makes those changes in place, at any depth.
func plainData(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, one := range v {
			if one == nil {
				delete(v, name)
			} else {
				v[name] = plainData(one)
			}
		}
		return v
	case []any:
		for i, one := range v {
			v[i] = plainData(one)
		}
		return v
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64() // it was a number before
		return f
	default:
		return v
	}
}
