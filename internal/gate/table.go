package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// row says how the gate treats events of one type.
type row struct {
	// places returns where the event changes what is served or how it is
	// evaluated; nil: it is exempt.
	places func(*state.State, state.Event) []changerequest.Place
	// wide means that the event acts in several environments of a project at once.
	wide bool
	// inexpressible means that no action of a change request can say it, so that it
	// can only be bypassed, not proposed.
	inexpressible bool
	// governs means that the event may change who may do what, or what protects an environment.
	governs bool
	// why explains the row to the reader of docs/gate.md.
	why string
}

// Rows that several event types share.
var (
	inItsEnvironment = row{places: itsEnvironment, why: "changes the flag in one environment"}
	inAllOfThem      = row{places: everyEnvironment, wide: true, why: "acts in every environment of the project"}
	offEverywhere    = row{why: "the flag or project is off or archived: nothing is evaluated differently"}
	describes        = row{why: "describes, labels or orders; changes no evaluation"}
	ownPermission    = row{governs: true, why: "guarded by a permission of its own; changes no evaluation"}
	tellsOutside     = row{why: "says who outside is told what happens, and is guarded by a permission of its own; changes no evaluation"}
	recordsOnly      = row{why: "written by Quorate about itself"}
	ownRules         = row{why: "guarded by the rules of change requests; changes nothing that is served"}
)

// rows has every event type; a test fails when one is missing.
var rows = map[string]row{
	"feature-environment-enabled":          inItsEnvironment,
	"feature-environment-disabled":         inItsEnvironment,
	"feature-strategy-add":                 inItsEnvironment,
	"feature-strategy-update":              inItsEnvironment,
	"feature-strategy-remove":              inItsEnvironment,
	"strategy-order-changed":               inItsEnvironment,
	"feature-environment-variants-updated": inItsEnvironment,

	"feature-archived":             inAllOfThem,
	"feature-dependency-added":     inAllOfThem,
	"feature-dependency-removed":   inAllOfThem,
	"feature-dependencies-removed": inAllOfThem,
	"segment-updated":              {places: segmentUpdated, wide: true, why: "acts wherever the segment is used, and in the projects that own it before and after"},
	"segment-deleted":              {places: segmentDeleted, wide: true, why: "acts in the project that owns the segment"},

	"feature-created":             {places: configuredFrom, wide: true, inexpressible: true, why: "a new flag is off and without strategies, and exempt; a cloned one brings its configuration"},
	"feature-project-change":      {places: bothProjects, wide: true, inexpressible: true, why: "the flag leaves one project's rules for another's"},
	"default-strategy-updated":    {places: itsEnvironment, inexpressible: true, why: "decides what switching on will add"},
	"project-environment-removed": {places: itsEnvironment, inexpressible: true, why: "removes every flag's configuration there"},

	"feature-revived":           offEverywhere,
	"feature-deleted":           offEverywhere,
	"project-archived":          offEverywhere,
	"project-revived":           offEverywhere,
	"project-deleted":           offEverywhere,
	"environment-deleted":       {why: "no project uses the environment any more: each was asked when it was removed there"},
	"environment-created":       describes,
	"environment-updated":       {governs: true, why: describes.why},
	"project-environment-added": {governs: true, why: "every flag of the project is off there"},

	"environment-window-created": ownPermission,
	"environment-window-updated": ownPermission,
	"environment-window-deleted": ownPermission,

	"feature-metadata-updated": describes,
	"feature-stale-on":         describes,
	"feature-stale-off":        describes,
	"feature-completed":        describes,
	"feature-uncompleted":      describes,
	"feature-tagged":           describes,
	"feature-untagged":         describes,
	"feature-link-added":       describes,
	"feature-link-updated":     describes,
	"feature-link-removed":     describes,
	"features-imported":        {why: "says that the events beside it are an import; each of them is asked"},
	"feature-type-updated":     describes,
	"tag-created":              describes,
	"tag-deleted":              describes,
	"tag-type-created":         describes,
	"tag-type-updated":         describes,
	"tag-type-deleted":         describes,
	"project-created":          describes,
	"project-updated":          describes,
	"segment-created":          {why: "no strategy uses it yet"},

	"context-field-created": describes,
	"context-field-updated": describes,
	"context-field-deleted": describes,
	"strategy-created":      describes,
	"strategy-updated":      describes,
	"strategy-deleted":      describes,
	"strategy-deprecated":   describes,
	"strategy-reactivated":  describes,

	"api-token-created":                    ownPermission,
	"api-token-updated":                    ownPermission,
	"api-token-deleted":                    ownPermission,
	"setting-updated":                      ownPermission,
	"addon-config-created":                 tellsOutside,
	"addon-config-updated":                 tellsOutside,
	"addon-config-deleted":                 tellsOutside,
	"change-request-configuration-updated": ownPermission,

	"role-created":                       ownPermission,
	"role-updated":                       ownPermission,
	"role-deleted":                       ownPermission,
	"user-created":                       ownPermission,
	"user-updated":                       ownPermission,
	"user-deleted":                       ownPermission,
	"user-suspended":                     ownPermission,
	"user-reinstated":                    ownPermission,
	"service-account-created":            ownPermission,
	"service-account-updated":            ownPermission,
	"service-account-deleted":            ownPermission,
	"sessions-revoked":                   ownPermission,
	"pat-created":                        ownPermission,
	"pat-deleted":                        ownPermission,
	"service-account-token-created":      ownPermission,
	"service-account-token-deleted":      ownPermission,
	"group-created":                      ownPermission,
	"group-updated":                      ownPermission,
	"group-deleted":                      ownPermission,
	"project-access-added":               ownPermission,
	"project-access-updated":             ownPermission,
	"project-access-user-roles-updated":  ownPermission,
	"project-access-user-roles-deleted":  ownPermission,
	"project-access-group-roles-updated": ownPermission,
	"project-access-group-roles-deleted": ownPermission,

	"change-request-created":                     ownRules,
	"change-added":                               ownRules,
	"change-edited":                              ownRules,
	"change-discarded":                           ownRules,
	"change-request-discarded":                   ownRules,
	"change-request-sent-to-review":              ownRules,
	"change-request-approval-added":              ownRules,
	"change-request-approved":                    ownRules,
	"change-request-approval-withdrawn":          ownRules,
	"change-request-rejected":                    ownRules,
	"change-request-cancelled":                   ownRules,
	"change-request-commented":                   ownRules,
	"change-request-described":                   ownRules,
	"change-request-requested-approvers-updated": ownRules,
	"change-request-scheduled":                   ownRules,
	"change-request-schedule-suspended":          ownRules,

	"change-request-scheduled-application-failure": ownRules,
	"change-request-scheduled-application-success": {why: "says in whose name the request of the same batch is applied"},

	"change-request-applied": {why: "lets exactly those events of its batch through that the approved request's changes lead to"},

	"ledger-created":           recordsOnly,
	"ledger-format-raised":     recordsOnly,
	"ledger-restore-accepted":  recordsOnly,
	"change-requests-bypassed": recordsOnly,
}

func itsEnvironment(_ *state.State, e state.Event) []changerequest.Place {
	return []changerequest.Place{{Project: e.Project, Environment: e.Environment}}
}

func everyEnvironment(s *state.State, e state.Event) []changerequest.Place {
	return environmentsOf(s, e.Project)
}

// environmentsOf returns every environment of a project.
func environmentsOf(s *state.State, id flag.ProjectID) []changerequest.Place {
	p := s.Project(id)
	if p == nil {
		return nil
	}
	places := make([]changerequest.Place, len(p.Environments))
	for i, env := range p.Environments {
		places[i] = changerequest.Place{Project: id, Environment: env.Environment}
	}
	return places
}

func bothProjects(s *state.State, e state.Event) []changerequest.Place {
	places := environmentsOf(s, e.Project)
	if p, ok := e.Payload.(state.FeatureProjectChange); ok {
		places = append(places, environmentsOf(s, p.OldProject)...)
	}
	return places
}

// configuredFrom returns the environments in which a flag is created with a
// configuration.
func configuredFrom(_ *state.State, e state.Event) []changerequest.Place {
	p, ok := e.Payload.(state.FeatureCreated)
	if !ok {
		return nil
	}
	var places []changerequest.Place
	for _, env := range p.Flag.Environments {
		if env.Enabled || len(env.Strategies) > 0 || len(env.Variants) > 0 {
			places = append(places, changerequest.Place{Project: p.Flag.Project, Environment: env.Environment})
		}
	}
	return places
}

func segmentUpdated(s *state.State, e state.Event) []changerequest.Place {
	p, ok := e.Payload.(state.SegmentUpdated)
	if !ok {
		return nil
	}
	places := append(usesOf(s, p.After.ID), ownersOf(s, p.After.ID)...)
	// Both owners count: taking a segment out of its project must not be a way
	// around that project's rules.
	if p.After.Project != nil {
		places = append(places, environmentsOf(s, *p.After.Project)...)
	}
	return places
}

func segmentDeleted(s *state.State, e state.Event) []changerequest.Place {
	p, ok := e.Payload.(state.SegmentDeleted)
	if !ok {
		return nil
	}
	return ownersOf(s, p.Before.ID)
}

// ownersOf returns the environments of the project that owns a segment, as the state
// has it: what the event says about the past is not asked.
func ownersOf(s *state.State, id flag.SegmentID) []changerequest.Place {
	segment := s.Segment(id)
	if segment == nil || segment.Global() {
		return nil
	}
	return environmentsOf(s, *segment.Project)
}

// usesOf returns where strategies of served flags use a segment.
func usesOf(s *state.State, id flag.SegmentID) []changerequest.Place {
	var places []changerequest.Place
	for name := range s.SegmentUsers(id) {
		f := s.Flag(name)
		if f.Archived() {
			continue
		}
		for i := range f.Environments {
			if uses(&f.Environments[i], id) {
				places = append(places, changerequest.Place{Project: f.Project, Environment: f.Environments[i].Environment})
			}
		}
	}
	return places
}

func uses(env *flag.FlagEnvironment, id flag.SegmentID) bool {
	for i := range env.Strategies {
		if slices.Contains(env.Strategies[i].Segments, id) {
			return true
		}
	}
	return false
}

// Markdown returns the table as docs/gate.md shows it.
func Markdown() string {
	var b strings.Builder
	b.WriteString("| event | in a protected environment | why |\n| --- | --- | --- |\n")
	for _, name := range state.EventTypes() {
		r := rows[name]
		treated := "exempt"
		switch {
		case r.inexpressible:
			treated = "refused, except as a bypass"
		case r.wide:
			treated = "gated, in every environment where it acts"
		case r.places != nil:
			treated = "gated"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, treated, r.why)
	}
	return b.String()
}
