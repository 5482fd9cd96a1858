package integration

import (
	"context"

	"github.com/quorate/quorate/internal/notify"
)

// Two ways to Teams with two kinds of cards: workflows, which take Adaptive Cards, and connectors, which take the older
// MessageCards and which Microsoft is retiring. Unleash knows both, as teamsworkflow and teams. The types below have what is sent
// of either format, and no more.

// teamsEnvelope is what a workflow of Teams takes: a message with an Adaptive Card.
type teamsEnvelope struct {
	Type        string            `json:"type"`
	Attachments []teamsAttachment `json:"attachments"`
}

type teamsAttachment struct {
	ContentType string    `json:"contentType"`
	Content     teamsCard `json:"content"`
}

type teamsCard struct {
	Schema  string         `json:"$schema"`
	Type    string         `json:"type"`
	Version string         `json:"version"`
	Body    []teamsBlock   `json:"body"`
	Actions []teamsOpenURL `json:"actions"`
}

// teamsBlock is a paragraph. Its runs are plain texts: there is no markup that could be smuggled in.
type teamsBlock struct {
	Type  string     `json:"type"`
	Runs  []teamsRun `json:"inlines"`
	Space string     `json:"spacing,omitempty"`
}

type teamsRun struct {
	Type   string        `json:"type"`
	Text   string        `json:"text"`
	Weight string        `json:"weight,omitempty"`
	Size   string        `json:"size,omitempty"`
	Subtle bool          `json:"isSubtle,omitempty"`
	Italic bool          `json:"italic,omitempty"`
	Open   *teamsOpenURL `json:"selectAction,omitempty"`
}

type teamsOpenURL struct {
	Type  string `json:"type"`
	Title string `json:"title,omitempty"`
	URL   string `json:"url"`
}

// paragraph sets the type of each run, which is always the same.
func paragraph(runs ...teamsRun) teamsBlock {
	for i := range runs {
		runs[i].Type = "TextRun"
	}
	return teamsBlock{Type: "RichTextBlock", Runs: runs}
}

// cardOf returns an occasion as a card.
func cardOf(o *occasion) teamsEnvelope {
	var sentence []teamsRun
	for _, s := range spansOf(notify.Short(o.summary, maxSentence)) {
		run := teamsRun{Text: s.text}
		if s.bold {
			run.Weight = "Bolder"
		}
		if s.link != "" {
			run.Open = &teamsOpenURL{Type: "Action.OpenUrl", URL: s.link}
		}
		sentence = append(sentence, run)
	}
	body := []teamsBlock{paragraph(teamsRun{Text: notify.Short(o.title(), maxTitle), Weight: "Bolder", Size: "Medium"}), paragraph(sentence...)}
	if o.said != "" {
		body = append(body, paragraph(teamsRun{Text: notify.Short(o.said, maxQuote), Italic: true}))
	}
	body = append(body, paragraph(teamsRun{Text: o.place(), Size: "Small", Subtle: true}))
	return teamsEnvelope{Type: "message", Attachments: []teamsAttachment{{
		ContentType: "application/vnd.microsoft.card.adaptive",
		Content: teamsCard{
			Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4",
			Body: body, Actions: []teamsOpenURL{{Type: "Action.OpenUrl", Title: "Open", URL: o.Link}},
		},
	}}}
}

// sendTeamsWorkflow posts a card by a workflow.
func (x *Integrations) sendTeamsWorkflow(ctx context.Context, a *attempt) outcome {
	return x.deliverJSON(ctx, a, a.parameters[paramURL], cardOf(a.occasion))
}

// teamsMessage is what a connector of Teams takes: a MessageCard.
// Unlike a card it knows Markdown, so what people wrote is escaped in it.
type teamsMessage struct {
	Type     string         `json:"@type"`
	Context  string         `json:"@context"`
	Summary  string         `json:"summary"`
	Sections []teamsSection `json:"sections"`
	Actions  []teamsAction  `json:"potentialAction"`
}

type teamsSection struct {
	Title    string `json:"activityTitle"`
	Subtitle string `json:"activitySubtitle"`
	Text     string `json:"text"`
	Markdown bool   `json:"markdown"`
}

type teamsAction struct {
	Type    string        `json:"@type"`
	Name    string        `json:"name"`
	Targets []teamsTarget `json:"targets"`
}

type teamsTarget struct {
	OS  string `json:"os"`
	URI string `json:"uri"`
}

// messageOf returns an occasion as a MessageCard.
// The summary of the event log is Markdown already, and goes in as it is.
func messageOf(o *occasion) teamsMessage {
	text := notify.Short(o.summary, maxSentence)
	if o.said != "" {
		text += "\n\n" + quote(o.said)
	}
	return teamsMessage{
		Type: "MessageCard", Context: "http://schema.org/extensions", Summary: notify.Short(o.title(), maxTitle),
		Sections: []teamsSection{{Title: escapeMarkdown(notify.Short(o.title(), maxTitle)), Subtitle: escapeMarkdown(o.place()), Text: text, Markdown: true}},
		Actions:  []teamsAction{{Type: "OpenUri", Name: "Open", Targets: []teamsTarget{{"default", o.Link}}}},
	}
}

// sendTeams posts a message by a connector.
func (x *Integrations) sendTeams(ctx context.Context, a *attempt) outcome {
	return x.deliverJSON(ctx, a, a.parameters[paramURL], messageOf(a.occasion))
}
