package integration_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/quorate/quorate/internal/integration"
)

// FuzzTemplate fills any template with any data: it ends, with an error or with a body of a bounded length, and in JSON what is
// inserted stays within its quotes.
func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{
		"", `{"text":"{{event.type}}"}`, "{{#event.tags}}{{.}}{{^last}},{{/last}}{{/event.tags}}", "{{{event}}}", "{{> other}}", "{{=<% %>=}}<%event%>", "{{#a}}{{#a}}{{#a}}x{{/a}}{{/a}}{{/a}}", "{{#a}", "{{&a}}{{!b}}",
	} {
		f.Add(seed, `{"event":{"type":"\"}","tags":["x","y"]},"a":[1,2,3]}`, true)
		f.Add(seed, `{"a":[[[{}]],null,true],"event":"<b>"}`, false)
	}
	f.Fuzz(func(t *testing.T, template, data string, inJSON bool) {
		var value map[string]any
		if json.Unmarshal([]byte(data), &value) != nil {
			return
		}
		contentType := "text/html"
		if inJSON {
			contentType = "application/json"
		}
		body, err := integration.Fill(template, contentType, value)
		if err == nil && len(body) >= 1<<20 {
			t.Errorf("%q makes %d bytes", template, len(body))
		}
		text, _ := value["text"].(string)
		if got, err := integration.Fill(`{"a":"{{text}}"}`, "application/json", map[string]any{"text": text + template}); err != nil || !json.Valid(got) {
			t.Errorf("%q is inserted as %s, %v", text+template, got, err)
		}
		if got, err := integration.Fill(`{{text}}`, "text/html", map[string]any{"text": template}); err != nil || strings.ContainsAny(string(got), `<>"'`) {
			t.Errorf("%q is inserted as %s, %v", template, got, err)
		}
	})
}
