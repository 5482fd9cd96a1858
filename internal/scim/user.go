package scim

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/state"
)

const userSchema = "urn:ietf:params:scim:schemas:core:2.0:User"

// users are the people of the instance, also those whom no client keeps: so a client finds who
// is there already, and takes them over by its first write. Service accounts are accounts as well, and kept by hand alone:
// there is no user with the id of one.
func (a *API) users() kind {
	one := func(ctx context.Context, s *state.State, id int64) (object, error) {
		p, err := a.People.Person(ctx, id)
		if fault.Is(err, fault.NotFound) || err == nil && p.Kind != string(access.KindUser) {
			return nil, notFound("user")
		}
		if err != nil {
			return nil, err
		}
		return a.viewUser(s, p), nil
	}
	return kind{
		state: a.App.State,
		all: func(ctx context.Context) ([]object, error) {
			s := a.App.State()
			people, err := a.People.People(ctx)
			var all []object
			for _, p := range people {
				if p.Kind == string(access.KindUser) {
					all = append(all, a.viewUser(s, p))
				}
			}
			return all, err
		},
		one: one,
		put: func(ctx context.Context, c app.Caller, id int64, edit edit) (int64, error) {
			return a.App.ProvisionUser(ctx, c, id, decided(userOf, reading(ctx, one, id), edit))
		},
		settle: settleName,
		drop: func(ctx context.Context, c app.Caller, id int64, check check) error {
			return a.App.DeprovisionUser(ctx, c, id, checked(reading(ctx, one, id), check))
		},
	}
}

// viewUser returns a person as a resource (RFC 7643, section 4.1), as they are in a state. Who is suspended, or has no
// account in the state (any more), is not active. lastModified is when a client wrote last, or else when the person came;
// what is changed by hand moves the version, not the time.
func (a *API) viewUser(s *state.State, p identity.Person) object {
	account := s.Account(p.ID)
	client := p.Provisioned
	if client == nil {
		client = &identity.Provisioned{At: p.CreatedAt}
	}
	meta := a.meta("User", "Users", p.ID)
	meta["created"], meta["lastModified"] = instant(p.CreatedAt), instant(client.At)
	o := object{
		"schemas": []any{userSchema}, "id": fmt.Sprint(p.ID), "userName": cmp.Or(p.Username, p.Email), "active": account != nil && !account.Suspended,
		"meta": meta, "emails": []any{}, "groups": []any{},
	}
	if p.Email != "" {
		o["emails"] = []any{object{"value": p.Email, "type": "work", "primary": true}}
	}
	if client.ExternalID != "" {
		o["externalId"] = client.ExternalID
	}
	name := object{}
	for key, value := range map[string]string{"formatted": p.Name, "givenName": client.GivenName, "familyName": client.FamilyName} {
		if value != "" {
			name[key] = value
		}
	}
	if len(name) > 0 {
		o["name"] = name
	}
	if p.Name != "" {
		o["displayName"] = p.Name
	}
	var groups []any
	for g := range s.GroupsOf(p.ID) {
		groups = append(groups, object{"value": fmt.Sprint(g.ID), "display": g.Name, "type": "direct", "$ref": located(object{"meta": a.meta("Group", "Groups", g.ID)})})
	}
	if groups != nil {
		o["groups"] = groups
	}
	return versioned(o)
}

// userOf returns what a resource says about a person. What is not kept here is left out. userName is required, active is
// true unless it is said, and of the names the first counts that there is: displayName, name.formatted, then the parts.
// Which e-mail address counts, says emailOf; whether names and addresses can be had, app.
func userOf(o object) (app.ProvisionedUser, error) {
	in := app.ProvisionedUser{UserName: text(o, "userName"), ExternalID: text(o, "externalId"), Active: true}
	if strings.TrimSpace(in.UserName) == "" {
		return in, badRequest("invalidValue", "The attribute userName is required.")
	}
	if given, _ := field(o, "active"); given != nil {
		active, ok := boolean(given)
		if !ok {
			return in, badRequest("invalidValue", "The attribute active is true or false.")
		}
		in.Active = active
	}
	name := partsOf(o)
	in.GivenName, in.FamilyName = name.given, name.family
	in.Name = cmp.Or(text(o, "displayName"), name.formatted, name.joined())
	in.Email = emailOf(o)
	for attribute, value := range map[string]string{"externalId": in.ExternalID, "name.givenName": in.GivenName, "name.familyName": in.FamilyName} {
		if len(value) > 255 {
			return in, badRequest("invalidValue", "The attribute %s is longer than 255 bytes.", attribute)
		}
	}
	return in, nil
}

// settleName takes away what stands in the way of a patched name, since one name is kept: a display name that was not patched, if
// the formatted name was, or if it was put together from parts that were. Without it, a patch of name.givenName would
// change nothing that is seen: the view shows the one name as displayName, too, and userOf would read it from there first.
func settleName(before, after object) {
	display, key := field(after, "displayName")
	is, was := partsOf(after), partsOf(before)
	switch {
	case display != text(before, "displayName"):
	case is.formatted != was.formatted:
		delete(after, key)
	case is.joined() != was.joined() && display == was.joined():
		delete(after, key)
		name, _ := field(after, "name")
		parts, _ := name.(object)
		assign(parts, "formatted", "remove", nil)
	}
}

// nameParts are the parts of somebody's name that are kept.
type nameParts struct{ formatted, given, family string }

// partsOf returns the parts that a resource has; those that it has not are empty.
func partsOf(o object) nameParts {
	value, _ := field(o, "name")
	name, _ := value.(object)
	return nameParts{text(name, "formatted"), text(name, "givenName"), text(name, "familyName")}
}

// joined returns the name that is put together from the parts, given name first; empty if there are none.
func (n nameParts) joined() string { return strings.TrimSpace(n.given + " " + n.family) }

// boolean reads true and false, also as the texts that Entra sends. ok tells whether it is either.
func boolean(value any) (is, ok bool) {
	switch v := value.(type) {
	case bool:
		return v, true
	case string:
		return strings.EqualFold(v, "true"), strings.EqualFold(v, "true") || strings.EqualFold(v, "false")
	default:
		return false, false
	}
}

// emailOf returns the primary e-mail address of a resource, or else its first; one alone may be a text.
func emailOf(o object) string {
	value, _ := field(o, "emails")
	list, ok := value.([]any)
	if !ok && value != nil {
		list = []any{value}
	}
	first := ""
	for _, each := range list {
		switch e := each.(type) {
		case string:
			first = cmp.Or(first, e)
		case object:
			if primary, _ := field(e, "primary"); primary == true {
				return text(e, "value")
			}
			first = cmp.Or(first, text(e, "value"))
		}
	}
	return first
}
