package app

import (
	"context"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// What --demo fills a first start with. It is made of the same events as what people make by hand, so it can be looked at, changed and
// deleted like anything else; nothing in the program treats it in a special way. Names begin with demo, so that they are in nobody's way.

// DemoProject is the project that SeedDemo makes, and DemoFlag one of its flags: where it
// is not production, it is on for everyone and answers one of two variants.
const (
	DemoProject flag.ProjectID = "demo"
	DemoFlag    flag.Name      = "demo-banner"
)

// What the demo's change request changes.
const (
	demoCheckout = "demo-checkout"
	demoPayment  = "demo-express-payment"
	demoQuarter  = "A quarter of Europe" // the title of a strategy
	demoSegment  = "demo-customers-in-europe"
)

// SeedDemo makes a project with flags as a web shop has them, to look around in. If there
// is one of its name, nothing is done.
// It is one write, as the system, and on a ledger on which nothing is protected yet. Names of flags that exist are left out.
func (a *App) SeedDemo(ctx context.Context) error {
	_, err := a.do(ctx, Caller{Actor: access.System()}, func(d *decide.Decision) error {
		if d.Project(DemoProject) != nil {
			return nil
		}
		environments, err := environmentsFor(d.State, nil)
		if err != nil {
			return err
		}
		project := flag.Project{
			ID: DemoProject, Name: "Demo shop", Description: new("Flags of a web shop that does not exist."),
			Mode: flag.ModeOpen, DefaultStickiness: "userId", CreatedAt: d.Now, UpdatedAt: d.Now, Environments: environments,
		}
		d.Add(state.Scope{Project: DemoProject}, state.ProjectCreated{Project: project})
		for _, field := range demoContextFields() {
			if d.ContextField(field.Name) == nil {
				field.Project, field.CreatedAt = &project.ID, d.Now
				d.Add(state.Scope{Project: DemoProject}, state.ContextFieldCreated{Field: field})
			}
		}
		europe := flag.Segment{
			ID: d.NextSegmentID(), Name: demoSegment, Description: new("Where prices include tax."), Project: &project.ID,
			Constraints: []flag.Constraint{{ContextName: "country", Operator: flag.In, Values: []string{"DE", "FR", "IT", "NL", "PL"}}},
			CreatedAt:   d.Now, CreatedBy: string(d.Actor.Ref),
		}
		d.Add(state.Scope{Project: DemoProject}, state.SegmentCreated{Segment: europe})
		for _, f := range demoFlags(europe.ID) {
			if d.Flag(f.Name) == nil {
				addDemoFlag(d, &project, f)
			}
		}
		return nil
	})
	return err
}

// demoFlag is a flag with its configuration where customers are, and elsewhere.
type demoFlag struct {
	flag.Flag
	live, elsewhere flag.FlagEnvironment
}

// addDemoFlag decides that a demo flag is created, in each environment of the project. The flags that it depends on are there already.
func addDemoFlag(d *decide.Decision, project *flag.Project, demo demoFlag) {
	f := flag.Flag{
		Name: demo.Name, Project: project.ID, Type: demo.Type, Description: demo.Description, ImpressionData: demo.ImpressionData,
		CreatedAt: d.Now, CreatedBy: string(d.Actor.Ref),
	}
	for _, env := range project.Environments {
		row := demo.elsewhere
		// By type: which environments there are is the instance's choice.
		if d.Environment(env.Environment).Type == flag.Production {
			row = demo.live
		}
		strategies := make([]flag.Strategy, len(row.Strategies))
		for i, s := range row.Strategies {
			s.ID, s.SortOrder = flag.StrategyID(d.NewID()), i
			s.Parameters = decide.WithDefaults(d.State, state.Scope{Project: project.ID, Feature: demo.Name}, s.Name, s.Parameters)
			s.Variants = flag.NormalizeVariants(s.Variants)
			strategies[i] = s
		}
		f.Environments = append(f.Environments, flag.FlagEnvironment{Environment: env.Environment, Enabled: row.Enabled, Strategies: strategies})
	}
	createFeature(d, project, f)
	for _, parent := range demo.Dependencies {
		d.Add(decide.FeatureScope(&f), state.FeatureDependencyAdded{Dependency: parent})
	}
	for _, tag := range demo.Tags {
		if d.TagType(tag.Type) != nil {
			addTag(d, decide.FeatureScope(&f), tag)
		}
	}
	markStale(d, &f, demo.Stale)
}

// demoContextFields are what constraints of the demo ask for: country and appVersion can be anything, plan is one of three.
func demoContextFields() []flag.ContextField {
	return []flag.ContextField{
		{Name: "country", Description: new("Where the customer lives, as ISO 3166 writes it."), SortOrder: 10},
		{
			Name: "plan", Description: new("What the customer pays for."), SortOrder: 11,
			LegalValues: []flag.LegalValue{{Value: "free"}, {Value: "pro"}, {Value: "enterprise", Description: new("With a contract.")}},
		},
		{Name: "appVersion", Description: new("The version of the shop's app."), SortOrder: 12},
	}
}

// demoFlags returns the flags of the demo project, parents before their children.
func demoFlags(europe flag.SegmentID) []demoFlag {
	// Each flag shows one thing: who is let in by name, a share of a segment, variants, fixed weights, versions, dates, a kill
	// switch, staleness.
	row := func(enabled bool, strategies ...flag.Strategy) flag.FlagEnvironment {
		return flag.FlagEnvironment{Enabled: enabled, Strategies: strategies}
	}
	share := func(percent string, constraints ...flag.Constraint) flag.Strategy {
		return flag.Strategy{Name: decide.FlexibleRollout, Parameters: map[string]string{decide.Rollout: percent}, Constraints: constraints}
	}
	staff := share("100", flag.Constraint{ContextName: "userId", Operator: flag.In, Values: []string{"ann", "bob"}})
	staff.Title = new("Our own people")
	quarter := share("25")
	quarter.Title, quarter.Segments = new(demoQuarter), []flag.SegmentID{europe}
	colours := share("100")
	colours.Variants = []flag.Variant{
		{Name: "blue", Payload: &flag.Payload{Type: "string", Value: "#1c7ed6"}},
		{Name: "green", Payload: &flag.Payload{Type: "string", Value: "#2f9e44"}},
	}
	ranking := share("50")
	ranking.Variants = []flag.Variant{
		{Name: "by-sales", Payload: &flag.Payload{Type: "json", Value: `{"order":["sales","rating"]}`}},
		{Name: "by-rating", Payload: &flag.Payload{Type: "json", Value: `{"order":["rating","sales"]}`}},
		{Name: "control", Weight: 500, WeightType: flag.WeightFix, Payload: &flag.Payload{Type: "json", Value: `{"order":["name"]}`}},
	}
	paying := share("100",
		flag.Constraint{ContextName: "plan", Operator: flag.In, Values: []string{"pro", "enterprise"}},
		flag.Constraint{ContextName: "appVersion", Operator: flag.SemverGte, Value: "2.4.0"},
	)
	sale := share("100",
		flag.Constraint{ContextName: "currentTime", Operator: flag.DateAfter, Value: "2026-11-27T00:00:00Z"},
		flag.Constraint{ContextName: "currentTime", Operator: flag.DateBefore, Value: "2026-11-30T00:00:00Z"},
	)
	checkout := []flag.Tag{{Type: "simple", Value: "checkout"}}
	return []demoFlag{
		{
			Flag: flag.Flag{Name: DemoFlag, Type: "experiment", Description: new("Shows a banner, in one of two colours.")},
			live: row(true, staff), elsewhere: row(true, colours),
		},
		{
			Flag: flag.Flag{Name: demoCheckout, Type: "release", Description: new("The checkout on one page."), ImpressionData: true, Tags: checkout},
			live: row(true, staff, quarter), elsewhere: row(true, share("25")),
		},
		{
			Flag: flag.Flag{
				Name: demoPayment, Type: "release", Description: new("Pay with one click; it needs the new checkout."), Tags: checkout,
				Dependencies: []flag.Dependency{{Feature: demoCheckout, Enabled: true}},
			},
			live: row(false), elsewhere: row(true, share("100")),
		},
		{
			Flag: flag.Flag{Name: "demo-search-ranking", Type: "experiment", Description: new("Which order of results sells more?")},
			live: row(true, ranking), elsewhere: row(true, ranking),
		},
		{
			Flag: flag.Flag{Name: "demo-reports", Type: "permission", Description: new("Reports for those who pay, once their app can show them.")},
			live: row(true, paying), elsewhere: row(true, staff),
		},
		{
			Flag: flag.Flag{Name: "demo-sale", Type: "operational", Description: new("The prices of the sale, from its first hour to its last.")},
			live: row(true, sale), elsewhere: row(true, sale),
		},
		{
			Flag: flag.Flag{Name: "demo-maintenance", Type: "kill-switch", Description: new("Tells everyone that the shop is closed. Switch it on and watch.")},
			live: row(false, share("100")), elsewhere: row(false, share("100")),
		},
		{
			Flag: flag.Flag{Name: "demo-dark-mode", Type: "release", Description: new("On for everyone, so the code can forget it."), Stale: true},
			live: row(true, share("100")), elsewhere: row(true, share("100")),
		},
	}
}
