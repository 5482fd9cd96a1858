package integration

import (
	"cmp"
	"context"

	"github.com/quorate/quorate/internal/notify"
)

// datadogURL is where Datadog takes events, at its site US1.
const datadogURL = "https://api.datadoghq.com/api/v1/events"

// datadogEvent is an event as Datadog takes it.
type datadogEvent struct {
	Title string `json:"title"`
	Text  string `json:"text"`
	// AggregationKey lets Datadog show a repetition with what it repeats.
	AggregationKey string   `json:"aggregation_key"`
	Tags           []string `json:"tags"`
	Source         string   `json:"source_type_name,omitempty"`
}

// datadogOf returns an occasion as an event of Datadog.
func datadogOf(a *attempt, text string) datadogEvent {
	e := datadogEvent{
		// Between %%% Datadog reads a text as Markdown.
		Title: notify.Short(a.title(), 100), Text: "%%% \n" + text + "\n %%%", AggregationKey: a.id,
		Tags: []string{"event_type:" + a.Type}, Source: a.parameters[paramSource],
	}
	for _, tag := range []struct {
		name  string
		value *string
	}{{"project", a.Project}, {"environment", a.Environment}, {"feature", a.FeatureName}} {
		if tag.value != nil {
			e.Tags = append(e.Tags, tag.name+":"+*tag.value)
		}
	}
	return e
}

// sendDatadog puts an event into Datadog.
// A template replaces the text alone; title and tags stay, since dashboards find events by them.
func (x *Integrations) sendDatadog(ctx context.Context, a *attempt) outcome {
	text := notify.Short(a.summary, maxSentence)
	if a.said != "" {
		text += "\n\n" + quote(a.said)
	}
	text += "\n\n[Open](" + a.Link + ")"
	if template := a.parameters[paramTemplate]; template != "" {
		filled, err := a.fill(template, "text/markdown")
		if err != nil {
			return failed("The body could not be made: %v", err)
		}
		text = string(filled)
	}
	body, err := encode(datadogOf(a, text))
	if err != nil {
		return failed("The body could not be made: %v", err)
	}
	return x.deliver(ctx, a, cmp.Or(a.parameters[paramURL], datadogURL), map[string]string{
		"Content-Type": jsonType, "DD-API-KEY": a.parameters[paramAPIKey],
	}, body)
}
