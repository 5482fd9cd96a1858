package adminapi

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// accessOverview registers how administrators see who can get at what.
func (a *api) accessOverview() {
	register(a, operation{
		ID: "getAccessOverview", Method: http.MethodGet, Path: "/access/overview", Tag: "Auth",
		Summary:     "Who has access to what",
		Description: "Everyone with the role in the instance, the groups, and the projects: all of them for an administrator, for others those in which they or one of their groups have a role. As CSV for who accepts `text/csv`.",
		Permissions: []access.Permission{access.Admin},
	}, a.getAccessOverview)
}

// accessOverview is who has access to what. By the ids of people; it has no pages.
type accessOverview struct {
	Overview []userAccess `json:"overview"`
}

// userAccess is what a person has access to. RootRole is the role in the instance that is the person's own;
// what a group gives besides is told by Groups. LastSeen is null for who was never here.
type userAccess struct {
	UserID             int64            `json:"userId"`
	UserName           string           `json:"userName"`
	UserEmail          string           `json:"userEmail"`
	RootRole           string           `json:"rootRole"`
	AccessibleProjects []flag.ProjectID `json:"accessibleProjects"`
	Groups             []string         `json:"groups"`
	CreatedAt          instant          `json:"createdAt"`
	LastSeen           *instant         `json:"lastSeen" nullable:"true"`
}

// table is the same as CSV, under the names of the JSON properties. A list is one cell with commas in it, which
// the CSV writer quotes; of somebody who was never here, lastSeen is empty.
func (o accessOverview) table() table {
	rows := table{{"userId", "userName", "userEmail", "rootRole", "accessibleProjects", "groups", "createdAt", "lastSeen"}}
	for _, u := range o.Overview {
		projects := make([]string, len(u.AccessibleProjects))
		for i, id := range u.AccessibleProjects {
			projects[i] = string(id)
		}
		seen := ""
		if u.LastSeen != nil {
			seen = u.LastSeen.String()
		}
		rows = append(rows, []string{
			strconv.FormatInt(u.UserID, 10), u.UserName, u.UserEmail, u.RootRole, strings.Join(projects, ","), strings.Join(u.Groups, ","), u.CreatedAt.String(), seen,
		})
	}
	return rows
}

// getAccessOverview tells who people are from the database, and what they may do from the state. Who is in one
// of the two only was created or deleted a moment ago, and is left out; so are service accounts. It fails with
// Unavailable while the database is away.
func (a *api) getAccessOverview(ctx context.Context, r request, _ *struct{}) (accessOverview, error) {
	list := accessOverview{Overview: []userAccess{}}
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return list, err
	}
	people, err := a.People.People(ctx)
	if err != nil {
		return list, err
	}
	for _, p := range people {
		account := r.State.Account(p.ID)
		if account == nil || account.Kind != access.KindUser {
			continue
		}
		seen := userAccess{
			UserID: p.ID, UserName: cmp.Or(p.Name, p.Username), UserEmail: p.Email, RootRole: roleOf(r.State, p.ID).Name,
			AccessibleProjects: accessibleProjects(r.State, p.ID), Groups: []string{},
			CreatedAt: instant(p.CreatedAt), LastSeen: instantOf(p.SeenAt),
		}
		for g := range r.State.GroupsOf(p.ID) {
			seen.Groups = append(seen.Groups, g.Name)
		}
		list.Overview = append(list.Overview, seen)
	}
	return list, nil
}

// accessibleProjects returns the projects that an account has to do with. A project that is merely open does
// not count, or each would be listed for everybody. A suspended account may do nothing, and is listed with the
// projects in which it keeps its roles.
func accessibleProjects(s *state.State, account int64) []flag.ProjectID {
	actor, _ := s.Actor(account)
	projects := []flag.ProjectID{}
	for p := range s.Projects() {
		if !p.Archived() && (actor.IsAdmin() || s.MemberOf(account, p.ID)) {
			projects = append(projects, p.ID)
		}
	}
	return projects
}
