package app

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// People and a change request for the demo, so that somebody alone can try what takes two. Their passwords are in the source, and the
// start says so: this is only ever asked for on an empty instance.

// DemoPerson is somebody who tries the demo. The password is no secret.
type DemoPerson struct {
	Username, Password string
	For                string // what the person is there for
	name               string
	role               access.RoleID // in the whole instance
}

// The demo's people, by their places in DemoPeople.
const (
	demoAuthor = iota
	demoReviewer
)

// DemoPeople are those that SeedDemoPeople makes: an author, a reviewer, an administrator.
// The author is an Editor, who can propose; the reviewer is a Viewer, who owes all that they may do to the role Reviewer in the project.
func DemoPeople() []DemoPerson {
	return []DemoPerson{
		{Username: "ada", Password: "demo-ada", For: "proposes changes", name: "Ada", role: access.RoleEditor},
		{Username: "bo", Password: "demo-bo", For: "approves and applies them", name: "Bo", role: access.RoleViewer},
		{Username: "admin", Password: "demo-admin", For: "administers, and can do everything", name: "Admin", role: access.RoleAdmin},
	}
}

// SeedDemoPeople makes DemoPeople, protects the production environment of the demo project, and
// leaves a change request there in review, which it returns. If there is somebody already, or
// no demo project, nothing is done, and there is no request: nil.
// The people and the rule are one write; the request is another, in the name of its author, as the rule must hold before it.
func (a *App) SeedDemoPeople(ctx context.Context) (*changerequest.Request, error) {
	at := changerequest.Place{Project: DemoProject, Environment: production}
	persons := make([]store.Person, len(DemoPeople()))
	for i, p := range DemoPeople() {
		// Outside of the decision, since hashing takes long on purpose. These passwords would be refused as weak elsewhere.
		hash, err := a.people.HashAny(ctx, p.Password)
		if err != nil {
			return nil, err
		}
		persons[i] = store.Person{Kind: string(access.KindUser), Username: p.Username, Name: p.name, PasswordHash: hash}
	}
	made := false
	_, err := a.doAlso(ctx, Caller{Actor: access.System()}, func(d *decide.Decision) error {
		made = d.NextAccountID() == 1 && d.Project(DemoProject) != nil
		if !made {
			return nil
		}
		for i, p := range DemoPeople() {
			persons[i].ID, persons[i].CreatedAt = d.NextAccountID(), d.Now
			d.Add(state.Scope{}, state.UserCreated{ID: persons[i].ID, RootRole: p.role})
		}
		reviewer := access.Role{
			ID: d.NextRoleID(), Name: "Reviewer", Type: access.CustomProjectRole, Description: "May approve and apply changes to production.",
			Permissions: []access.RolePermission{
				{Permission: access.ApproveChangeRequest, Environment: production},
				{Permission: access.ApplyChangeRequest, Environment: production},
			},
		}
		d.Add(state.Scope{}, state.RoleCreated{Role: reviewer})
		d.Add(state.Scope{Project: DemoProject}, state.ProjectAccessAdded{
			Subjects: []state.Subject{state.AccountSubject(persons[demoReviewer].ID)}, Roles: []access.RoleID{reviewer.ID},
		})
		return setRule(d, at, changerequest.Rule{RequiredApprovals: 1})
	}, func(tx *store.Tx) error {
		for _, p := range persons {
			if err := tx.AddPerson(p); err != nil {
				return taken(err)
			}
		}
		return nil
	})
	if err != nil || !made {
		return nil, err
	}
	return a.proposeDemo(ctx, at, persons[demoAuthor].ID, persons[demoReviewer].ID)
}

// proposeDemo makes the demo's change request, and sends it to review.
// It goes the way that everybody's requests go.
func (a *App) proposeDemo(ctx context.Context, at changerequest.Place, author, reviewer int64) (*changerequest.Request, error) {
	actor, _ := a.State().Actor(author)
	c := Caller{Actor: actor}
	proposals, err := demoProposals(a.State())
	if err != nil {
		return nil, err
	}
	r, err := a.ProposeChanges(ctx, c, at, proposals)
	if err != nil {
		return nil, err
	}
	return a.CommandRequest(ctx, c, at.Project, r.ID,
		changerequest.Describe{
			Title: new("The new checkout for half of Europe"),
			Description: new("A quarter of Europe has used the new checkout for two weeks, and buys as much as before.\n" +
				"Half of it is next. Express payment comes with it, since it needs the new checkout.\n" +
				"Austria and Spain join, because their tax is settled now."),
		},
		changerequest.AskReviewers{Reviewers: []int64{reviewer}},
		changerequest.Submit{Comment: "It can wait until Monday, but not until the sale."},
	)
}

// demoProposals are the changes of the demo's request: more users for a strategy, a flag that is
// switched on, and a wider segment.
func demoProposals(s *state.State) ([]decide.Proposal, error) {
	var quarter *flag.Strategy
	if f := s.Flag(demoCheckout); f != nil {
		for _, strategy := range f.In(production).Strategies {
			if strategy.Title != nil && *strategy.Title == demoQuarter {
				quarter = &strategy
			}
		}
	}
	var europe *flag.Segment
	for segment := range s.Segments() {
		if segment.Name == demoSegment {
			europe = segment
		}
	}
	if quarter == nil || europe == nil {
		return nil, errors.New("app: the demo project lacks what its change request changes")
	}
	half := change.SettingsOf(*quarter)
	half.Title = new("Half of Europe")
	half.Parameters = maps.Clone(half.Parameters)
	half.Parameters[decide.Rollout] = "50"
	wider := slices.Clone(europe.Constraints)
	wider[0].Values = slices.Sorted(slices.Values(append(slices.Clone(wider[0].Values), "AT", "ES")))
	return []decide.Proposal{
		{Feature: demoCheckout, Payload: change.UpdateStrategy{ID: quarter.ID, StrategySettings: half}},
		{Feature: demoPayment, Payload: change.UpdateEnabled{Enabled: true}},
		{Payload: change.UpdateSegment{
			ID: europe.ID, Name: europe.Name, Description: europe.Description, Project: europe.Project, Constraints: wider,
		}},
	}, nil
}
