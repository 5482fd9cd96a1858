package scim

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/state"
)

const groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group"

// groups are the groups of the instance, also those that no client keeps yet. The client keeps names, members and its own
// id of a group. What a group gives its members (a root role, roles in projects) is set by hand, and stays when a client
// writes.
func (a *API) groups() kind {
	one := func(ctx context.Context, s *state.State, id int64) (object, error) {
		g := s.Group(id)
		if g == nil {
			return nil, notFound("group")
		}
		called, err := a.People.Names(ctx)
		if err != nil {
			return nil, err
		}
		return a.viewGroup(g, called), nil
	}
	return kind{
		state: a.App.State,
		all: func(ctx context.Context) ([]object, error) {
			called, err := a.People.Names(ctx)
			var all []object
			for g := range a.App.State().Groups() {
				all = append(all, a.viewGroup(g, called))
			}
			return all, err
		},
		one: one,
		put: func(ctx context.Context, c app.Caller, id int64, edit edit) (int64, error) {
			return a.App.ProvisionGroup(ctx, c, id, decided(groupOf, reading(ctx, one, id), edit))
		},
		settle: func(_, _ object) {},
		drop: func(ctx context.Context, c app.Caller, id int64, check check) error {
			return a.App.DeprovisionGroup(ctx, c, id, checked(reading(ctx, one, id), check))
		},
	}
}

// viewGroup returns a group as a resource (RFC 7643, section 4.2), given what accounts are called. called has names by
// accounts' ids. Only when a group was created is kept, so there is no lastModified.
func (a *API) viewGroup(g *access.Group, called map[int64]string) object {
	members := []any{}
	for _, m := range g.Members {
		members = append(members, object{
			"value": fmt.Sprint(m.Account), "display": called[m.Account], "type": "User",
			"$ref": located(object{"meta": a.meta("User", "Users", m.Account)}),
		})
	}
	meta := a.meta("Group", "Groups", g.ID)
	meta["created"] = instant(g.CreatedAt)
	o := object{"schemas": []any{groupSchema}, "id": fmt.Sprint(g.ID), "displayName": g.Name, "members": members, "meta": meta}
	if g.ExternalID != "" {
		o["externalId"] = g.ExternalID
	}
	return versioned(o)
}

// groupOf returns what a resource says about a group. Members are the ids of users, as texts. A group in a group is
// refused, since none can be in another here. Whether there are such users is for app to say, which knows the state on
// which is decided. No list of members means that there are none.
func groupOf(o object) (app.ProvisionedGroup, error) {
	in := app.ProvisionedGroup{Name: text(o, "displayName"), ExternalID: text(o, "externalId")}
	if strings.TrimSpace(in.Name) == "" || len(in.ExternalID) > 255 {
		return in, badRequest("invalidValue", "The attribute displayName is required, and externalId has at most 255 bytes.")
	}
	value, _ := field(o, "members")
	list, ok := value.([]any)
	if value != nil && !ok {
		return in, badRequest("invalidValue", "The attribute members is a list.")
	}
	for _, each := range list {
		member, _ := each.(object)
		id, err := strconv.ParseInt(text(member, "value"), 10, 64)
		if err != nil || strings.EqualFold(text(member, "type"), "Group") {
			return in, badRequest("invalidValue", "A member is a user, by its id.")
		}
		in.Members = append(in.Members, id)
	}
	return in, nil
}
