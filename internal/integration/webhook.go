package integration

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/quorate/quorate/internal/notify"
)

// The content types of webhooks.
const (
	jsonType       = "application/json"
	cloudEventType = "application/cloudevents+json; charset=utf-8"
)

// sendWebhook sends what a webhook is to be sent, signed.
// The signature is over the very bytes that are sent, so it comes last. It has the time of the attempt, not of the event:
// receivers refuse what is old, and an attempt may come days later.
func (x *Integrations) sendWebhook(ctx context.Context, a *attempt) outcome {
	contentType := cmp.Or(a.parameters[paramContentType], jsonType)
	var body []byte
	var err error
	switch {
	case a.parameters[paramTemplate] != "":
		body, err = a.fill(a.parameters[paramTemplate], contentType)
	case a.parameters[paramFormat] == formatCloudEvent:
		// The type by which receivers know the structured mode (CloudEvents' HTTP binding, section 3.2), unless another was chosen.
		contentType = cmp.Or(a.parameters[paramContentType], cloudEventType)
		body, err = encode(x.cloudEvent(a))
	default:
		body, err = encode(a.occasion)
	}
	if err != nil {
		return failed("The body could not be made: %v", err)
	}
	key, err := secretKey(a.parameters[paramSecret])
	if err != nil {
		return failed("The signing secret is no good: %v", err)
	}
	headers := map[string]string{"Content-Type": contentType}
	if authorization := a.parameters[paramAuthorization]; authorization != "" {
		headers["Authorization"] = authorization
	}
	maps.Copy(headers, sign(key, a.id, x.Now(), body))
	return x.deliver(ctx, a, a.parameters[paramURL], headers, body)
}

// deliver sends a body with an integration's own headers, and judges the answer by its status.
// Custom headers replace ours, Content-Type for example; those that are no choice are refused when they are set (ownHeaders).
func (x *Integrations) deliver(ctx context.Context, a *attempt, to string, headers map[string]string, body []byte) outcome {
	own, err := parseHeaders(a.parameters[paramHeaders])
	if err != nil {
		return failed("The custom headers are no good: %v", err)
	}
	maps.Copy(headers, own)
	said, err := x.post(ctx, to, headers, body)
	if err != nil {
		return outcome{err: err}
	}
	return outcome{err: said.verdict(), details: map[string]any{"status": said.status}}
}

// failed is the outcome of what another attempt would not mend, with the reason as a sentence.
func failed(format string, args ...any) outcome {
	return outcome{err: &notify.PermanentError{Reason: fmt.Sprintf(format, args...)}}
}

// encode returns JSON without escapes that only HTML needs.
func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// fill returns the body that a template makes of an occasion. The variables event, eventJson and
// eventMarkdown are Unleash's; eventJson is a JSON text with JSON in it, as there.
// Why it fails is shown to administrators, so errors say what is wrong with the template.
func (o *occasion) fill(text, contentType string) ([]byte, error) {
	t, err := parseTemplate(text, contentType)
	if err != nil {
		return nil, err
	}
	// Encoded twice: a template writes it with three braces, or into a JSON text, and gets a text with JSON in it.
	inner, err := encode(o.Event)
	if err != nil {
		return nil, err
	}
	quoted, err := encode(string(inner))
	if err != nil {
		return nil, err
	}
	data, err := templateData(map[string]any{
		"event": o.Event, "eventJson": string(quoted), "eventMarkdown": o.summary,
		"changeRequest": o.Request, "link": o.Link, "ledgerHead": o.Head,
	})
	if err != nil {
		return nil, err
	}
	return render(t, data)
}
