package eventlog

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
)

// show says how events of one type are shown. It is for the type, whatever the event says; what it says is for see.
type show struct {
	label string
	// sentence is the summary, with {who}, {flag}, {project}, {environment} and {subject}. They are filled in as Markdown:
	// the flag and the project are links, the others are bold. A sentence names only those that each event of its type has.
	sentence string
	see      func(state.Event) sight
}

// sight is what one event shows of itself.
type sight struct {
	subject      string // what the event is about, if that is not its flag, project or environment
	account      int64  // whom the event is about; the subject is the name, as long as there is one
	data, before any    // nil: nothing to say
}

// view returns how a stored event is shown and what it shows. Of a type that only a
// newer release knows, nothing but its place is shown. It is so while nodes are upgraded one by one: another has written
// the event, and this one must show a page with it all the same.
func view(stored ledger.Event) (show, sight, error) {
	event, err := state.Decode(stored)
	if errors.As(err, new(*state.UnknownEventError)) {
		return show{label: stored.Type, sentence: "{who} did something that only a newer release of Quorate can show."}, sight{}, nil
	}
	if err != nil {
		return show{}, sight{}, err
	}
	how := shows[stored.Type]
	return how, how.see(event), nil
}

// shows has every event type; a test fails when one is missing. It is filled before anything runs: by the variables below,
// which Go sets after it since of refers to it, and by the init of change_request.go. Nothing writes to it afterwards.
var shows = map[string]show{}

// of puts a type into the table. It returns a value so that it can be called where variables are declared: a table that is
// typed, row by row, which a map of functions with one signature cannot be.
func of[P state.Payload](label, sentence string, see func(P, state.Scope) sight) struct{} {
	var zero P
	shows[zero.EventType()] = show{label, sentence, func(e state.Event) sight {
		payload, ok := e.Payload.(P)
		if !ok {
			panic(fmt.Sprintf("eventlog: %s decodes as %T", zero.EventType(), e.Payload)) // both go by the type's name
		}
		return see(payload, e.Scope)
	}}
	return struct{}{}
}

// Types returns the titles of all types that this release knows.
func Types() map[string]string {
	titles := make(map[string]string, len(shows))
	for name, how := range shows {
		titles[name] = how.label
	}
	return titles
}

// nothing shows no data. The place of such an event and its type say all.
func nothing[P state.Payload](P, state.Scope) sight { return sight{} }

// Flags.
var (
	_ = of("Flag created", "{who} created the flag {flag} in the project {project}.", func(p state.FeatureCreated, _ state.Scope) sight {
		return sight{data: featureOf(&p.Flag)}
	})
	_ = of("Flag metadata updated", "{who} changed the description, type or impression data of the flag {flag}.", func(p state.FeatureMetadataUpdated, at state.Scope) sight {
		return sight{data: metadataOf(at, p.After), before: metadataOf(at, p.Before)}
	})
	_ = of("Flag marked as stale", "{who} marked the flag {flag} as stale.", nothing[state.FeatureStaleOn])
	_ = of("Flag marked as active", "{who} took the mark stale from the flag {flag}.", nothing[state.FeatureStaleOff])
	_ = of("Flag completed", "{who} declared the work of the flag {flag} done: {subject}.", func(p state.FeatureCompleted, _ state.Scope) sight {
		return sight{subject: string(p.Status), data: completion{p.Status, p.Value}}
	})
	_ = of("Flag no longer completed", "{who} declared the work of the flag {flag} not done after all.", nothing[state.FeatureUncompleted])
	_ = of("Flag archived", "{who} archived the flag {flag} of the project {project}.", nothing[state.FeatureArchived])
	_ = of("Flag revived", "{who} revived the flag {flag} in the project {project}.", nothing[state.FeatureRevived])
	_ = of("Flag deleted", "{who} deleted the flag {flag} of the project {project}.", func(p state.FeatureDeleted, _ state.Scope) sight {
		return sight{before: featureOf(&p.Before)}
	})
	_ = of("Flag moved", "{who} moved the flag {flag} from the project {subject} to {project}.", func(p state.FeatureProjectChange, at state.Scope) sight {
		return sight{subject: string(p.OldProject), data: moved{at.Project, p.OldProject}}
	})
	_ = of("Dependency added", "{who} made the flag {flag} depend on {subject}.", func(p state.FeatureDependencyAdded, _ state.Scope) sight {
		return sight{subject: string(p.Dependency.Feature), data: p.Dependency, before: orNothing(p.Before)}
	})
	_ = of("Dependency removed", "{who} ended the dependency of the flag {flag} on {subject}.", func(p state.FeatureDependencyRemoved, _ state.Scope) sight {
		return sight{subject: string(p.Before.Feature), data: p.Before}
	})
	_ = of("Dependencies removed", "{who} ended all dependencies of the flag {flag}.", func(p state.FeatureDependenciesRemoved, _ state.Scope) sight {
		return sight{before: dependencies{p.Before}}
	})
	_ = of("Flag tagged", "{who} put the tag {subject} on the flag {flag}.", func(p state.FeatureTagged, _ state.Scope) sight {
		return sight{subject: tagName(p.Tag), data: p.Tag}
	})
	_ = of("Flag untagged", "{who} took the tag {subject} from the flag {flag}.", func(p state.FeatureUntagged, _ state.Scope) sight {
		return sight{subject: tagName(p.Tag), before: p.Tag}
	})
	_ = of("Flags imported", "{who} imported {subject} into {environment} of the project {project}.", func(p state.FeaturesImported, _ state.Scope) sight {
		return sight{subject: imported(p.Features), data: features{orEmpty(p.Features)}}
	})
	_ = of("Link added", "{who} added the link {subject} to the flag {flag}.", func(p state.FeatureLinkAdded, _ state.Scope) sight {
		return sight{subject: p.Link.URL, data: linkOf(p.Link)}
	})
	_ = of("Link updated", "{who} changed the link {subject} of the flag {flag}.", func(p state.FeatureLinkUpdated, _ state.Scope) sight {
		return sight{subject: p.After.URL, data: linkOf(p.After), before: linkOf(p.Before)}
	})
	_ = of("Link removed", "{who} removed the link {subject} from the flag {flag}.", func(p state.FeatureLinkRemoved, _ state.Scope) sight {
		return sight{subject: p.Before.URL, before: linkOf(p.Before)}
	})
)

// Flags in an environment.
var (
	_ = of("Flag enabled", "{who} enabled the flag {flag} in {environment}.", nothing[state.FeatureEnvironmentEnabled])
	_ = of("Flag disabled", "{who} disabled the flag {flag} in {environment}.", nothing[state.FeatureEnvironmentDisabled])
	_ = of("Strategy added", "{who} added the strategy {subject} to the flag {flag} in {environment}.", func(p state.FeatureStrategyAdded, _ state.Scope) sight {
		return sight{subject: strategyName(p.Strategy), data: strategyOf(p.Strategy)}
	})
	_ = of("Strategy updated", "{who} changed the strategy {subject} of the flag {flag} in {environment}.", func(p state.FeatureStrategyUpdated, _ state.Scope) sight {
		return sight{subject: strategyName(p.After), data: strategyOf(p.After), before: strategyOf(p.Before)}
	})
	_ = of("Strategy removed", "{who} removed the strategy {subject} from the flag {flag} in {environment}.", func(p state.FeatureStrategyRemoved, _ state.Scope) sight {
		return sight{subject: strategyName(p.Before), before: strategyOf(p.Before)}
	})
	_ = of("Strategy order changed", "{who} reordered the strategies of the flag {flag} in {environment}.", func(p state.StrategyOrderChanged, _ state.Scope) sight {
		return sight{data: orderOf(p.After), before: orderOf(p.Before)}
	})
	_ = of("Environment variants updated", "{who} changed the variants of the flag {flag} in {environment}.", func(p state.FeatureEnvironmentVariantsUpdated, _ state.Scope) sight {
		return sight{data: variants{variantsOf(p.After)}, before: variants{variantsOf(p.Before)}}
	})
)

// Projects and environments.
var (
	_ = of("Project created", "{who} created the project {project}.", func(p state.ProjectCreated, _ state.Scope) sight {
		return sight{data: projectOf(&p.Project)}
	})
	_ = of("Project updated", "{who} changed the settings of the project {project}.", func(p state.ProjectUpdated, at state.Scope) sight {
		return sight{data: settingsOf(at.Project, p.After), before: settingsOf(at.Project, p.Before)}
	})
	_ = of("Project archived", "{who} archived the project {project}.", nothing[state.ProjectArchived])
	_ = of("Project revived", "{who} revived the project {project}.", nothing[state.ProjectRevived])
	_ = of("Project deleted", "{who} deleted the project {project}.", func(p state.ProjectDeleted, _ state.Scope) sight {
		return sight{before: projectOf(&p.Before)}
	})
	_ = of("Environment added to project", "{who} added {environment} to the project {project}.", func(p state.ProjectEnvironmentAdded, _ state.Scope) sight {
		if p.DefaultStrategy == nil {
			return sight{}
		}
		return sight{data: defaultStrategy{strategyOf(*p.DefaultStrategy)}}
	})
	_ = of("Environment removed from project", "{who} removed {environment} from the project {project}.", nothing[state.ProjectEnvironmentRemoved])
	_ = of("Default strategy updated", "{who} changed the default strategy of the project {project} in {environment}.", func(p state.DefaultStrategyUpdated, _ state.Scope) sight {
		seen := sight{}
		if p.After != nil {
			seen.data = strategyOf(*p.After)
		}
		if p.Before != nil {
			seen.before = strategyOf(*p.Before)
		}
		return seen
	})
	_ = of("Change request settings updated", "{who} changed what changes to {environment} of the project {project} need.", func(p state.ChangeRequestConfigurationUpdated, at state.Scope) sight {
		return sight{data: protectionOf(at, p.After), before: protectionOf(at, p.Before)}
	})
	_ = of("Environment created", "{who} created the environment {subject}.", func(p state.EnvironmentCreated, _ state.Scope) sight {
		return sight{subject: string(p.Environment.Name), data: environmentOf(p.Environment)}
	})
	_ = of("Environment updated", "{who} changed the environment {subject}.", func(p state.EnvironmentUpdated, _ state.Scope) sight {
		return sight{subject: string(p.After.Name), data: environmentOf(p.After), before: environmentOf(p.Before)}
	})
	_ = of("Environment deleted", "{who} deleted the environment {subject}.", func(p state.EnvironmentDeleted, _ state.Scope) sight {
		return sight{subject: string(p.Before.Name), before: environmentOf(p.Before)}
	})
)

// Windows.
var (
	_ = of("Window created", "{who} gave {environment} the window {subject}.", func(p state.EnvironmentWindowCreated, _ state.Scope) sight {
		return sight{subject: p.Window.Name, data: p.Window}
	})
	_ = of("Window updated", "{who} changed the window {subject} of {environment}.", func(p state.EnvironmentWindowUpdated, _ state.Scope) sight {
		return sight{subject: p.After.Name, data: p.After, before: p.Before}
	})
	_ = of("Window deleted", "{who} deleted the window {subject} of {environment}.", func(p state.EnvironmentWindowDeleted, _ state.Scope) sight {
		return sight{subject: p.Before.Name, before: p.Before}
	})
)

// Segments and vocabulary.
var (
	_ = of("Segment created", "{who} created the segment {subject}.", func(p state.SegmentCreated, _ state.Scope) sight {
		return sight{subject: p.Segment.Name, data: segmentOf(p.Segment)}
	})
	_ = of("Segment updated", "{who} changed the segment {subject}.", func(p state.SegmentUpdated, _ state.Scope) sight {
		return sight{subject: p.After.Name, data: segmentOf(p.After), before: segmentOf(p.Before)}
	})
	_ = of("Segment deleted", "{who} deleted the segment {subject}.", func(p state.SegmentDeleted, _ state.Scope) sight {
		return sight{subject: p.Before.Name, before: segmentOf(p.Before)}
	})
	_ = of("Context field created", "{who} created the context field {subject}.", func(p state.ContextFieldCreated, _ state.Scope) sight {
		return sight{subject: p.Field.Name, data: contextFieldOf(p.Field)}
	})
	_ = of("Context field updated", "{who} changed the context field {subject}.", func(p state.ContextFieldUpdated, _ state.Scope) sight {
		return sight{subject: p.After.Name, data: contextFieldOf(p.After), before: contextFieldOf(p.Before)}
	})
	_ = of("Context field deleted", "{who} deleted the context field {subject}.", func(p state.ContextFieldDeleted, _ state.Scope) sight {
		return sight{subject: p.Before.Name, before: contextFieldOf(p.Before)}
	})
	_ = of("Tag type created", "{who} created the tag type {subject}.", func(p state.TagTypeCreated, _ state.Scope) sight {
		return sight{subject: p.TagType.Name, data: tagTypeOf(p.TagType)}
	})
	_ = of("Tag type updated", "{who} changed the tag type {subject}.", func(p state.TagTypeUpdated, _ state.Scope) sight {
		return sight{subject: p.After.Name, data: tagTypeOf(p.After), before: tagTypeOf(p.Before)}
	})
	_ = of("Tag type deleted", "{who} deleted the tag type {subject} with its tags.", func(p state.TagTypeDeleted, _ state.Scope) sight {
		return sight{subject: p.Before.Name, before: tagTypeOf(p.Before)}
	})
	_ = of("Tag created", "{who} created the tag {subject}.", func(p state.TagCreated, _ state.Scope) sight {
		return sight{subject: tagName(p.Tag), data: p.Tag}
	})
	_ = of("Tag deleted", "{who} deleted the tag {subject}.", func(p state.TagDeleted, _ state.Scope) sight {
		return sight{subject: tagName(p.Tag), data: p.Tag}
	})
	_ = of("Strategy type created", "{who} created the strategy type {subject}.", func(p state.StrategyTypeCreated, _ state.Scope) sight {
		return sight{subject: p.Strategy.Name, data: strategyTypeOf(p.Strategy)}
	})
	_ = of("Strategy type updated", "{who} changed the strategy type {subject}.", func(p state.StrategyTypeUpdated, _ state.Scope) sight {
		return sight{subject: p.After.Name, data: strategyTypeOf(p.After), before: strategyTypeOf(p.Before)}
	})
	_ = of("Strategy type deleted", "{who} deleted the strategy type {subject}.", func(p state.StrategyTypeDeleted, _ state.Scope) sight {
		return sight{subject: p.Before.Name, data: named{p.Before.Name}}
	})
	_ = of("Strategy type deprecated", "{who} deprecated the strategy type {subject}.", func(p state.StrategyTypeDeprecated, _ state.Scope) sight {
		return sight{subject: p.Name, data: named{p.Name}}
	})
	_ = of("Strategy type reactivated", "{who} reactivated the strategy type {subject}.", func(p state.StrategyTypeReactivated, _ state.Scope) sight {
		return sight{subject: p.Name, data: named{p.Name}}
	})
	_ = of("Flag type updated", "{who} changed how long flags of the type {subject} are expected to live.", func(p state.FeatureTypeUpdated, _ state.Scope) sight {
		return sight{subject: p.After.Name, data: p.After, before: p.Before}
	})
)

// The instance.
var (
	_ = of("API token created", "{who} created the API token {subject}.", func(p state.APITokenCreated, _ state.Scope) sight {
		return sight{subject: p.Token.Name, data: tokenOf(p.Token)}
	})
	_ = of("API token updated", "{who} changed when the API token {subject} expires, or what it opens.", func(p state.APITokenUpdated, _ state.Scope) sight {
		if len(p.ProjectsAfter) > 0 {
			return sight{subject: p.Name, data: tokenProjects{p.Name, p.ProjectsAfter}, before: tokenProjects{p.Name, p.ProjectsBefore}}
		}
		return sight{subject: p.Name, data: expiry{p.Name, stampOptional(p.After)}, before: expiry{p.Name, stampOptional(p.Before)}}
	})
	_ = of("API token deleted", "{who} deleted the API token {subject}.", func(p state.APITokenDeleted, _ state.Scope) sight {
		return sight{subject: p.Before.Name, before: tokenOf(p.Before)}
	})
	_ = of("Integration created", "{who} created an integration of the kind {subject}.", func(p state.AddonConfigCreated, _ state.Scope) sight {
		return sight{subject: p.Integration.Provider, data: integrationOf(p.Integration, nil)}
	})
	_ = of("Integration updated", "{who} changed an integration of the kind {subject}.", func(p state.AddonConfigUpdated, _ state.Scope) sight {
		return sight{subject: p.After.Provider, data: integrationOf(p.After, p.Parameters), before: integrationOf(p.Before, nil)}
	})
	_ = of("Integration deleted", "{who} deleted an integration of the kind {subject}.", func(p state.AddonConfigDeleted, _ state.Scope) sight {
		return sight{subject: p.Before.Provider, before: integrationOf(p.Before, nil)}
	})
	_ = of("Setting updated", "{who} changed the setting {subject}.", func(p state.SettingUpdated, _ state.Scope) sight {
		return sight{subject: p.ID, data: settingOf(p.ID, p.After), before: settingOf(p.ID, p.Before)}
	})
	_ = of("Change requests bypassed", "{who} changed environments that are protected or closed ({subject}) by a bypass.", func(p state.ChangeRequestsBypassed, _ state.Scope) sight {
		return sight{subject: join(p.Environments), data: bypass{p.Environments, p.Closed, p.Reason}}
	})
	_ = of("Ledger created", "{who} began the ledger {subject}.", func(p state.LedgerCreated, _ state.Scope) sight {
		return sight{subject: p.ID, data: ledgerData{ID: p.ID, Format: p.Format}}
	})
	_ = of("Ledger format raised", "{who} raised the format of the ledger.", func(p state.LedgerFormatRaised, _ state.Scope) sight {
		return sight{data: ledgerData{Format: p.Format}}
	})
	_ = of("Restore accepted", "{who} went on from a restored database, without the events up to revision {subject}.", func(p state.LedgerRestoreAccepted, _ state.Scope) sight {
		return sight{subject: fmt.Sprint(p.Lost.Revision), data: restore{p.Lost, p.Reason}}
	})
)

// summary fills in a sentence. The account of somebody deleted has no name any more, and the sentence has the id then (see
// project). A placeholder that the event has nothing for becomes an empty name, which no sentence is written to have.
func (l *Log) summary(sentence, subject string, by Creator, at *ledger.Event) string {
	project := l.webURL + "/projects/" + url.PathEscape(at.Project)
	return strings.NewReplacer(
		"{who}", bold(by.shown()),
		"{flag}", link(at.Feature, project+"/features/"+url.PathEscape(at.Feature)),
		"{project}", link(at.Project, project),
		"{environment}", bold(at.Environment),
		"{subject}", bold(subject),
	).Replace(sentence)
}

// bold and link write a text that somebody chose, which is not read as Markdown.
func bold(text string) string { return "**" + plain(text) + "**" }

func link(text, to string) string { return "[" + plain(text) + "](" + to + ")" }

// markup is what means something in Markdown. A new line is a space, so that a summary stays one line.
var markup = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "~", `\~`, "\n", " ",
)

// plain writes a text that somebody chose so that Markdown shows it as it is.
func plain(text string) string { return markup.Replace(text) }
