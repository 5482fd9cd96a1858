package integration

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/notify"
)

// Both ways to Slack send the same message: by an app's token to many channels, and by an incoming webhook to one. Slack's API
// answers 200 also when it refuses, and says so in the body.

// slackMessage is a message as Slack takes it (chat.postMessage, and incoming webhooks).
// Username, Emoji and Channel count for webhooks of the old kind; Slack passes over them otherwise.
type slackMessage struct {
	Channel  string       `json:"channel,omitempty"`
	Username string       `json:"username,omitempty"`
	Emoji    string       `json:"icon_emoji,omitempty"`
	Text     string       `json:"text"` // where blocks cannot be shown
	Blocks   []slackBlock `json:"blocks"`
	// Unfurl is false, and sent all the same, so that Slack does not fetch the link: it would find the sign-in page.
	Unfurl   bool           `json:"unfurl_links"`
	Metadata *slackMetadata `json:"metadata,omitempty"`
}

// slackBlock is a section, which has a Text, or a context, which has Elements.
type slackBlock struct {
	Type     string      `json:"type"`
	Text     *slackText  `json:"text,omitempty"`
	Elements []slackText `json:"elements,omitempty"`
}

// slackText is plain_text, which is shown as it is, or mrkdwn, Slack's own markup.
type slackText struct {
	Type string `json:"type"`
	Text string `json:"text"`
	// Verbatim keeps Slack from looking for people, channels and addresses in a text with markup.
	Verbatim bool `json:"verbatim,omitempty"`
}

// plain is for what somebody wrote: nothing in it is markup.
func plain(text string) *slackText { return &slackText{Type: "plain_text", Text: text} }

// slackMetadata goes along unseen: programs recognise a message by it.
type slackMetadata struct {
	Type    string            `json:"event_type"`
	Payload map[string]string `json:"event_payload"`
}

// Bounds of texts: Slack takes sections of 3,000 characters.
const (
	maxSentence = 2000
	maxQuote    = 1000
	maxTitle    = 200
)

// slackEscape writes a text so that nothing in it is a link, or calls people.
// These three signs are all that Slack asks to be escaped; mentions and links are in angle brackets.
var slackEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// slackLink writes a link. In its address, the signs that would end it are percent-encoded.
func slackLink(to, text string) string {
	return "<" + strings.NewReplacer("|", "%7C", ">", "%3E", "<", "%3C").Replace(to) + "|" + slackEscape.Replace(text) + ">"
}

// slackOf returns an occasion as a message.
// The title leads to the web app; the sentence follows, then what was said, and where it happened in small letters.
func slackOf(o *occasion) slackMessage {
	title := notify.Short(o.title(), maxTitle)
	var sentence strings.Builder
	for _, s := range spansOf(notify.Short(o.summary, maxSentence)) {
		switch {
		case s.link != "":
			sentence.WriteString(slackLink(s.link, s.text))
		case s.bold:
			sentence.WriteString("*" + slackEscape.Replace(s.text) + "*")
		default:
			sentence.WriteString(slackEscape.Replace(s.text))
		}
	}
	m := slackMessage{
		Text: slackEscape.Replace(title) + " " + slackLink(o.Link, "Open"),
		Blocks: []slackBlock{{
			Type: "section", Text: &slackText{Type: "mrkdwn", Text: "*" + slackLink(o.Link, title) + "*\n" + sentence.String(), Verbatim: true},
		}},
	}
	if o.said != "" {
		m.Blocks = append(m.Blocks, slackBlock{Type: "section", Text: plain(notify.Short(o.said, maxQuote))})
	}
	m.Blocks = append(m.Blocks, slackBlock{Type: "context", Elements: []slackText{*plain(notify.Short(o.place(), maxSentence))}})
	return m
}

// sendSlack posts by an incoming webhook.
func (x *Integrations) sendSlack(ctx context.Context, a *attempt) outcome {
	m := slackOf(a.occasion)
	m.Username, m.Emoji, m.Channel = a.parameters[paramUsername], a.parameters[paramEmoji], a.parameters[paramChannel]
	return x.deliverJSON(ctx, a, a.parameters[paramURL], m)
}

// deliverJSON sends a value as JSON.
// Teams is sent to in the same way.
func (x *Integrations) deliverJSON(ctx context.Context, a *attempt, to string, value any) outcome {
	body, err := encode(value)
	if err != nil {
		return failed("The body could not be made: %v", err)
	}
	return x.deliver(ctx, a, to, map[string]string{"Content-Type": jsonType}, body)
}

// sendSlackApp posts to channels: those that the flag's tags of the type slack name, or else the default
// ones. If it has reached one of them, it is not tried again, so that nobody reads it twice.
func (x *Integrations) sendSlackApp(ctx context.Context, a *attempt) outcome {
	channels := x.channelsFor(a)
	if len(channels) == 0 {
		return failed("There is no channel to post to: the flag has no tag of the type slack, and the integration no default channels.")
	}
	details := map[string]any{"channels": channels}
	var wrong []string
	var lasting, passing error
	for _, channel := range channels {
		err := x.postToSlack(ctx, a, channel)
		if err == nil {
			continue
		}
		wrong = append(wrong, fmt.Sprintf("%s: %v", channel, err))
		if _, ok := errors.AsType[*notify.PermanentError](err); ok {
			lasting = err
		} else {
			passing = err
		}
	}
	switch {
	case len(wrong) == 0:
		return outcome{details: details}
	case len(wrong) < len(channels):
		return outcome{with: "Sent, but not to all channels. " + strings.Join(wrong, " "), details: details}
	// None was reached. If one of them may be the next time, all are tried again: nobody has read it yet.
	case passing != nil:
		return outcome{err: passing, details: details}
	default:
		return outcome{err: lasting, details: details}
	}
}

// channelsFor returns the channels that something is posted to, each once.
// Tags are those that the flag has when it is sent; of a flag that is gone there are none. Names may begin with #.
func (x *Integrations) channelsFor(a *attempt) []string {
	var channels []string
	add := func(name string) {
		if name = strings.TrimPrefix(strings.TrimSpace(name), "#"); name != "" && !slices.Contains(channels, name) {
			channels = append(channels, name)
		}
	}
	if a.FeatureName != nil {
		if f := x.State().Flag(flag.Name(*a.FeatureName)); f != nil {
			for _, tag := range f.Tags {
				if tag.Type == "slack" {
					add(tag.Value)
				}
			}
		}
	}
	if len(channels) == 0 {
		for name := range strings.SplitSeq(a.parameters[paramChannels], ",") {
			add(name)
		}
	}
	return channels
}

// passingInSlack are the errors of Slack's API that pass.
// All others (channel_not_found, invalid_auth, …) need somebody who changes something.
var passingInSlack = []string{"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}

// postToSlack posts to one channel. The message's metadata has the delivery's id, by which a program finds repetitions.
func (x *Integrations) postToSlack(ctx context.Context, a *attempt, channel string) error {
	m := slackOf(a.occasion)
	m.Channel = channel
	m.Metadata = &slackMetadata{"quorate_event", map[string]string{"id": a.id, "type": a.Type}}
	body, err := encode(m)
	if err != nil {
		return &notify.PermanentError{Reason: err.Error()}
	}
	said, err := x.post(ctx, x.SlackAPI+"/chat.postMessage", map[string]string{
		"Content-Type": jsonType + "; charset=utf-8", "Authorization": "Bearer " + a.parameters[paramAccessToken],
	}, body)
	if err == nil {
		err = said.verdict()
	}
	if err != nil {
		return err
	}
	var result struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	switch err := json.Unmarshal(said.body, &result); {
	case err != nil:
		return errors.New("Slack's answer cannot be read.") //nolint:staticcheck // a sentence for the log
	case result.OK:
		return nil
	case slices.Contains(passingInSlack, result.Error):
		return fmt.Errorf("Slack says %q.", notify.Short(result.Error, maxTitle)) //nolint:staticcheck // a sentence for the log
	default:
		return &notify.PermanentError{Reason: fmt.Sprintf("Slack says %q.", notify.Short(result.Error, maxTitle))}
	}
}
