package state_test

import (
	"testing"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// The people of the neighbourhood; their ids are given in this order.
const (
	root int64 = iota + 1
	editor
	viewer
	auditor      // has a custom root role
	reader       // has a role in each project
	grouped      // belongs to a group that has a role in each project
	promoted     // a Viewer whose group has the root role Editor
	unpromoted   // a Viewer whose group has the root role Viewer
	robot        // a service account and a Viewer
	robotReader  // a service account with a role in each project
	nobody       // does not exist
	insiders     = 1
	rescuers     = 2
	onlookers    = 3
	auditorsRole = access.RoleID(7)
)

// neighbourhood returns a state with a project of each mode, whose ids are the modes'.
func neighbourhood(t *testing.T) *state.State {
	t.Helper()
	events := []state.Event{{Payload: state.LedgerCreated{ID: "0190b5a0-0000-7000-8000-000000000000", Format: 1, FeatureTypes: flag.FeatureTypes()}}}
	add := func(what state.Payload, project flag.ProjectID) {
		events = append(events, state.Event{Scope: state.Scope{Project: project}, Payload: what})
	}
	for _, role := range access.BuiltInRoles() {
		add(state.RoleCreated{Role: role}, "")
	}
	add(state.RoleCreated{Role: access.Role{ID: auditorsRole, Name: "Auditor", Type: access.CustomRootRole}}, "")
	roles := map[int64]access.RoleID{root: access.RoleAdmin, editor: access.RoleEditor, auditor: auditorsRole}
	for id := root; id < nobody; id++ {
		role, ok := roles[id]
		if !ok {
			role = access.RoleViewer
		}
		if id == robot || id == robotReader {
			add(state.ServiceAccountCreated{ID: id, RootRole: role}, "")
			continue
		}
		add(state.UserCreated{ID: id, RootRole: role}, "")
	}
	group := func(id int64, name string, rootRole *access.RoleID, member int64) {
		add(state.GroupCreated{Group: access.Group{
			ID: id, Name: name, RootRole: rootRole, CreatedAt: noon, CreatedBy: "user:1",
			Members: []access.Member{{Account: member, JoinedAt: noon, AddedBy: "user:1"}},
		}}, "")
	}
	group(insiders, "Insiders", nil, grouped)
	group(rescuers, "Rescuers", new(access.RoleEditor), promoted)
	group(onlookers, "Onlookers", new(access.RoleViewer), unpromoted)
	for _, mode := range []flag.Mode{flag.ModeOpen, flag.ModeProtected, flag.ModePrivate} {
		id := flag.ProjectID(mode)
		add(state.ProjectCreated{Project: flag.Project{ID: id, Name: string(mode), Mode: mode, CreatedAt: noon, UpdatedAt: noon}}, id)
		add(state.ProjectAccessAdded{
			Subjects: []state.Subject{state.AccountSubject(reader), state.AccountSubject(robotReader), state.GroupSubject(insiders)},
			Roles:    []access.RoleID{access.RoleReader},
		}, id)
	}
	return mustFold(t, &state.State{}, events...)
}

func TestWhoSeesAndProposes(t *testing.T) {
	t.Parallel()
	s := neighbourhood(t)
	person := func(id int64) access.Actor {
		a, known := s.Actor(id)
		if !known {
			return access.Actor{Ref: access.NewRef(access.KindUser, id)}
		}
		return a
	}
	for _, c := range []struct {
		name  string
		actor access.Actor
		// sees is the private project; proposes is the protected and the private one.
		sees, proposes bool
	}{
		{"Quorate", access.System(), true, true},
		{"an admin token", access.Actor{Ref: access.NewRef(access.KindAdminToken, 1), Grants: []access.Grant{{Permission: access.Admin}}}, true, true},
		{"an Admin", person(root), true, true},
		{"an Editor", person(editor), true, false},
		{"a Viewer", person(viewer), false, false},
		{"somebody with a custom root role", person(auditor), true, false},
		{"a member", person(reader), true, true},
		{"a member by group", person(grouped), true, true},
		{"a Viewer in a group of Editors", person(promoted), true, false},
		{"a Viewer in a group of Viewers", person(unpromoted), false, false},
		{"a service account", person(robot), false, false},
		{"a service account that is a member", person(robotReader), true, true},
		{"somebody who does not exist", person(nobody), false, false},
		{"a token with a member's id", access.Actor{Ref: access.NewRef(access.KindToken, reader)}, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for project, want := range map[flag.ProjectID]bool{"": true, "open": true, "protected": true, "private": c.sees} {
				if got := s.MaySee(c.actor, project); got != want {
					t.Errorf("MaySee(%q): got %v, want %v", project, got, want)
				}
			}
			for project, want := range map[flag.ProjectID]bool{"none": false, "open": true, "protected": c.proposes, "private": c.proposes} {
				if got := s.MayPropose(c.actor, project); got != want {
					t.Errorf("MayPropose(%q): got %v, want %v", project, got, want)
				}
			}
		})
	}
	t.Run("a project that does not exist", func(t *testing.T) {
		t.Parallel()
		for id, want := range map[int64]bool{root: true, editor: true, viewer: false, reader: false} {
			if got := s.MaySee(person(id), "none"); got != want {
				t.Errorf("user %d: got %v, want %v", id, got, want)
			}
		}
	})
}
