package adminapi

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/notify"
	"github.com/quorate/quorate/internal/state"
)

const tagUsers = "Users"

// Names, addresses, passwords and sessions are rows that package identity reads, and can be erased; the
// ledger knows an account by its id, its kind and its role (docs/people.md). So what is shown of a
// person comes from two places, and a write is a use case that changes both in one transaction. Reads
// have no use case: they ask for the permission here, and first, so that who lacks it learns nothing of
// who is there.

// people registers how administrators look after people.
func (a *api) people() {
	const path = "/user-admin/{id}"
	admin := []access.Permission{access.Admin}
	register(a, operation{
		ID: "getUsers", Method: http.MethodGet, Path: "/user-admin", Tag: tagUsers,
		Summary: "List the people", Permissions: admin,
	}, a.getUsers)
	register(a, operation{
		ID: "createUser", Method: http.MethodPost, Path: "/user-admin", Tag: tagUsers,
		Summary:     "Create a person",
		Description: "Without a password, `inviteLink` is where the person chooses one within a day; it is shown this once, and mailed to the person unless `sendEmail` is false.",
		Permissions: admin, Status: http.StatusCreated,
	}, a.createUser)
	register(a, operation{
		ID: "searchUsers", Method: http.MethodGet, Path: "/user-admin/search", Tag: tagUsers,
		Summary: "Find people by name, username or e-mail address",
	}, a.searchUsers)
	register(a, operation{
		ID: "getBaseUsersAndGroups", Method: http.MethodGet, Path: "/user-admin/access", Tag: tagUsers,
		Summary: "List the people and groups that roles can be given to",
	}, a.getBaseUsersAndGroups)
	register(a, operation{
		ID: "getAdminCount", Method: http.MethodGet, Path: "/user-admin/admin-count", Tag: tagUsers,
		Summary: "Count the administrators", Permissions: admin,
	}, a.getAdminCount)
	register(a, operation{
		ID: "getInactiveUsers", Method: http.MethodGet, Path: "/user-admin/inactive", Tag: tagUsers,
		Summary: "List the people who have not been here for 180 days", Permissions: admin,
	}, a.getInactiveUsers)
	register(a, operation{
		ID: "deleteInactiveUsers", Method: http.MethodPost, Path: "/user-admin/inactive/delete", Tag: tagUsers,
		Summary: "Delete people", Permissions: admin,
	}, a.deleteInactiveUsers)
	register(a, operation{
		ID: "getUser", Method: http.MethodGet, Path: path, Tag: tagUsers,
		Summary: "Get a person", Permissions: admin,
	}, a.getUser)
	register(a, operation{
		ID: "updateUser", Method: http.MethodPut, Path: path, Tag: tagUsers,
		Summary: "Change a person", Description: "What is left out stays as it is.", Permissions: admin,
	}, a.updateUser)
	register(a, operation{
		ID: "deleteUser", Method: http.MethodDelete, Path: path, Tag: tagUsers,
		Summary: "Delete a person", Permissions: admin,
		Description: "What names the person is erased. The ledger keeps the id. Nobody can delete themselves, nor the last administrator who can sign in.",
	}, a.deleteUser)
}

// PersonAt names a person.
type PersonAt struct {
	ID int64 `path:"id"`
}

// user is a person or a service account.
//
// Unleash's document names the properties. Those without a value of Quorate's, such as SeatType, are
// null: clients look for them.
//
// RootRole is there only where the view looked it up (withRole); ActiveSessions where sessions were
// counted, and DeletedSessions in the answer to signing in.
type user struct {
	ID            int64          `json:"id"`
	AccountType   string         `json:"accountType" enum:"User,Service Account"`
	IsAPI         bool           `json:"isAPI"`
	Name          string         `json:"name,omitempty"`
	Username      string         `json:"username,omitempty"`
	Email         string         `json:"email,omitempty"`
	ImageURL      string         `json:"imageUrl"`
	SeenAt        *instant       `json:"seenAt" nullable:"true" doc:"When the person last signed in."`
	LoginAttempts int            `json:"loginAttempts" doc:"Attempts to sign in that failed since the last that did not."`
	CreatedAt     instant        `json:"createdAt"`
	SCIMID        *string        `json:"scimId" nullable:"true"`
	SeatType      *string        `json:"seatType" nullable:"true"`
	CompanyRole   *string        `json:"companyRole" nullable:"true"`
	UpdatesEmail  *bool          `json:"productUpdatesEmailConsent" nullable:"true"`
	RootRole      *access.RoleID `json:"rootRole,omitempty"`

	ActiveSessions  *int `json:"activeSessions,omitempty"`
	DeletedSessions *int `json:"deletedSessions,omitempty"`
}

// viewPerson returns what is shown of a person or a service account, without the role: that is in the
// state.
func viewPerson(p identity.Person) user {
	seen := user{
		ID: p.ID, AccountType: "User", Name: p.Name, Username: p.Username, Email: p.Email, ImageURL: imageOf(p),
		SeenAt: instantOf(p.SeenAt), LoginAttempts: p.LoginAttempts, CreatedAt: instant(p.CreatedAt),
	}
	// SCIM knows people by the same id (docs/scim.md).
	if p.Provisioned != nil {
		seen.SCIMID = new(fmt.Sprint(p.ID))
	}
	if p.Kind == string(access.KindServiceAccount) {
		seen.AccountType, seen.IsAPI = "Service Account", true
	}
	return seen
}

// withRole is viewPerson with the role in the whole instance.
//
// An account that is not in the state, because it was deleted just then, has none.
func withRole(s *state.State, p identity.Person) user {
	seen := viewPerson(p)
	if account := s.Account(p.ID); account != nil {
		seen.RootRole = &account.RootRole
	}
	return seen
}

// imageOf returns where a picture of a person is found: Gravatar's, as in Unleash.
//
// The digest of the address is all that is sent, by the browser that shows the picture. Gravatar shows
// a pattern where nobody has a picture.
func imageOf(p identity.Person) string {
	sum := sha256.Sum256([]byte(strings.ToLower(cmp.Or(p.Email, p.Username))))
	return "https://gravatar.com/avatar/" + hex.EncodeToString(sum[:]) + "?s=42&d=retro&r=g"
}

// users is everyone, with the roles that they can have.
type users struct {
	Users     []user `json:"users"`
	RootRoles []role `json:"rootRoles"`
}

func (a *api) getUsers(ctx context.Context, r request, _ *struct{}) (users, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return users{}, err
	}
	people, err := a.People.People(ctx)
	if err != nil {
		return users{}, err
	}
	sessions, err := a.People.Sessions(ctx)
	if err != nil {
		return users{}, err
	}
	active := map[int64]int{}
	for _, s := range sessions {
		active[s.Account]++
	}
	all := users{Users: []user{}, RootRoles: rootRoles(r.State)}
	for _, p := range people {
		if p.Kind == string(access.KindUser) {
			seen := withRole(r.State, p)
			seen.ActiveSessions = new(active[p.ID])
			all.Users = append(all.Users, seen)
		}
	}
	return all, nil
}

func (a *api) getUser(ctx context.Context, r request, in *PersonAt) (user, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return user{}, err
	}
	return a.showPerson(ctx, r.State, in.ID)
}

// showPerson returns a person with the role in the whole instance.
//
// It reads the database, not what is at hand, since it answers writes as well and must show what was
// just written.
//
// Faults: NotFound, also for the id of a service account.
func (a *api) showPerson(ctx context.Context, s *state.State, id int64) (user, error) {
	p, err := a.People.Person(ctx, id)
	if err == nil && p.Kind != string(access.KindUser) {
		err = fault.New(fault.NotFound, "Could not find user with id %d", id)
	}
	return withRole(s, p), err
}

// roleChoice is a role in the whole instance, by id or by name.
//
// What was sent is kept as it is until a state says which roles there are, and is answered as it came:
// Unleash's answer has it so.
type roleChoice struct {
	sent json.RawMessage
}

// UnmarshalJSON keeps what was sent.
func (c *roleChoice) UnmarshalJSON(data []byte) error {
	c.sent = append(json.RawMessage(nil), data...)
	return nil
}

// MarshalJSON returns what was sent.
func (c roleChoice) MarshalJSON() ([]byte, error) { return c.sent, nil }

// Schema returns that of an id or a name.
func (roleChoice) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Description: "The id of a role in the whole instance, or its name.", AnyOf: []*huma.Schema{{Type: huma.TypeInteger}, {Type: huma.TypeString}}}
}

// in returns which role was chosen. A text that begins with a number is an id, too: forms send one so.
//
// Faults: BadData for what is neither an id nor a name, and what app.RoleNamed says of a name. Whether
// there is a role with an id is for the use case to say.
func (c roleChoice) in(s *state.State) (access.RoleID, error) {
	var id access.RoleID
	if json.Unmarshal(c.sent, &id) == nil {
		return id, nil
	}
	var name string
	if err := json.Unmarshal(c.sent, &name); err != nil {
		return 0, fault.Field("/body/rootRole", "The `/body/rootRole` property must be the id or the name of a role. You sent %s.", c.sent)
	}
	if _, err := fmt.Sscan(name, &id); err == nil {
		return id, nil
	}
	return app.RoleNamed(s, name)
}

// createUser is a person to be.
//
// One of Username and Email is needed, which the use case says. A mail is sent unless SendEmail is
// false.
type createUser struct {
	Username  string     `json:"username,omitempty"`
	Email     string     `json:"email,omitempty"`
	Name      string     `json:"name,omitempty"`
	Password  string     `json:"password,omitempty"`
	RootRole  roleChoice `json:"rootRole"`
	SendEmail *bool      `json:"sendEmail,omitempty"`
}

// createUserResponse is a person who was just created.
type createUserResponse struct {
	CreatedUser
	RootRole   roleChoice `json:"rootRole"`
	InviteLink string     `json:"inviteLink" doc:"Where the person chooses a password, or signs in."`
	EmailSent  bool       `json:"emailSent"`
}

// CreatedUser is a person without the role, which createUserResponse has in its own form. It is a type
// of its own, and exported, for huma passes over embedded types that are not.
type CreatedUser user

func (c createUserResponse) location() string { return fmt.Sprint(c.ID) }

func (a *api) createUser(ctx context.Context, r request, in *struct{ Body createUser }) (createUserResponse, error) {
	var none createUserResponse
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return none, err
	}
	id, err := in.Body.RootRole.in(r.State)
	if err != nil {
		return none, err
	}
	made, secret, err := a.App.CreateUser(ctx, r.Caller, app.NewUser{
		Name: in.Body.Name, Username: in.Body.Username, Email: in.Body.Email, Password: in.Body.Password, RootRole: id,
	})
	if err != nil {
		return none, err
	}
	p, err := a.People.Person(ctx, made.ID)
	if err != nil {
		return none, err
	}
	link, sent := a.URL, false
	if secret != "" {
		link = a.newUserLink(secret)
		// The person is there by now, whatever becomes of the mail.
		if in.Body.SendEmail == nil || *in.Body.SendEmail {
			if sent, err = a.Notify.SendLink(ctx, p, notify.ToInvite, link); err != nil {
				return none, err
			}
		}
	}
	return createUserResponse{CreatedUser: CreatedUser(viewPerson(p)), RootRole: in.Body.RootRole, InviteLink: link, EmailSent: sent}, nil
}

// newUserLink returns the web app's page on which an invited person chooses a password.
func (a *api) newUserLink(secret string) string { return a.URL + "/new-user?token=" + secret }

// updateUser is what to change of a person.
type updateUser struct {
	Name     *string     `json:"name,omitempty"`
	Email    *string     `json:"email,omitempty"`
	RootRole *roleChoice `json:"rootRole,omitempty"`
}

func (a *api) updateUser(ctx context.Context, r request, in *struct {
	PersonAt
	Body updateUser
},
) (user, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return user{}, err
	}
	change := app.UserChange{Name: in.Body.Name, Email: in.Body.Email}
	if in.Body.RootRole != nil {
		id, err := in.Body.RootRole.in(r.State)
		if err != nil {
			return user{}, err
		}
		change.RootRole = &id
	}
	if _, err := a.App.UpdateUser(ctx, r.Caller, in.ID, change); err != nil {
		return user{}, err
	}
	return a.showPerson(ctx, a.App.State(), in.ID)
}

func (a *api) deleteUser(ctx context.Context, r request, in *PersonAt) (empty, error) {
	return empty{}, a.App.DeleteUsers(ctx, r.Caller, in.ID)
}

// usersSearch is the people who were found.
//
// Everyone who is signed in may search, since roles in a project are given by people who are no
// administrators. An empty text finds nobody.
type usersSearch []user

func (a *api) searchUsers(ctx context.Context, r request, in *struct {
	Q string `query:"q"`
},
) (usersSearch, error) {
	people, err := a.People.SearchPeople(ctx, in.Q)
	found := usersSearch{}
	for _, p := range people {
		if p.Kind == string(access.KindUser) {
			found = append(found, withRole(r.State, p))
		}
	}
	return found, err
}

// usersGroupsBase is everyone that roles can be given to.
type usersGroupsBase struct {
	Users  []baseUser  `json:"users"`
	Groups []baseGroup `json:"groups"`
}

// baseUser is a person or a service account in short.
type baseUser struct {
	ID          int64  `json:"id"`
	Name        string `json:"name,omitempty"`
	Username    string `json:"username,omitempty"`
	Email       string `json:"email,omitempty"`
	AccountType string `json:"accountType"`
	ImageURL    string `json:"imageUrl"`
}

// baseGroup is a group in short.
type baseGroup struct {
	ID          int64   `json:"id"`
	Name        string  `json:"name"`
	Description *string `json:"description" nullable:"true"`
	UserCount   int     `json:"userCount"`
}

func (a *api) getBaseUsersAndGroups(ctx context.Context, r request, _ *struct{}) (usersGroupsBase, error) {
	all := usersGroupsBase{Users: []baseUser{}, Groups: []baseGroup{}}
	people, err := a.People.People(ctx)
	for _, p := range people {
		u := viewPerson(p)
		all.Users = append(all.Users, baseUser{u.ID, u.Name, u.Username, u.Email, u.AccountType, u.ImageURL})
	}
	for g := range r.State.Groups() {
		all.Groups = append(all.Groups, baseGroup{g.ID, g.Name, g.Description, len(g.Members)})
	}
	return all, err
}

// adminCount counts administrators.
//
// It tells, before passwords are turned off, how many would have to come in by another way.
type adminCount struct {
	Password   int `json:"password" doc:"People who can sign in by a password."`
	NoPassword int `json:"noPassword" doc:"People who cannot."`
	Service    int `json:"service" doc:"Service accounts."`
}

func (a *api) getAdminCount(ctx context.Context, r request, _ *struct{}) (adminCount, error) {
	var count adminCount
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return count, err
	}
	people, err := a.People.People(ctx)
	for _, p := range people {
		// By all that they may do, a group's role included; who is suspended counts as nobody.
		actor, _ := r.State.Actor(p.ID)
		switch {
		case !actor.IsAdmin():
		case p.Kind == string(access.KindServiceAccount):
			count.Service++
		case p.PasswordHash != "":
			count.Password++
		default:
			count.NoPassword++
		}
	}
	return count, err
}

// inactiveAfter is how long somebody stays away before counting as inactive.
const inactiveAfter = 180 * 24 * time.Hour

// inactiveUsers is the people who have not been here for long.
//
// To have been here is to have been created, to have signed in, or to have used a personal token.
type inactiveUsers struct {
	Version       int            `json:"version"`
	InactiveUsers []inactiveUser `json:"inactiveUsers"`
}

// inactiveUser is a person who has not been here for long.
type inactiveUser struct {
	ID        int64    `json:"id"`
	Name      string   `json:"name,omitempty"`
	Username  string   `json:"username,omitempty"`
	Email     string   `json:"email,omitempty"`
	SeenAt    *instant `json:"seenAt" nullable:"true"`
	CreatedAt instant  `json:"createdAt"`
	PATSeenAt *instant `json:"patSeenAt" nullable:"true" doc:"When one of the person's tokens was last used."`
}

// everybody returns all people and service accounts, and when personal tokens were last used, by
// their ids: for administrators.
//
// It asks for the permission on behalf of its callers, which are for administrators alone.
func (a *api) everybody(ctx context.Context, r request) ([]identity.Person, map[int64]time.Time, error) {
	if err := r.Caller.Actor.Require("", "", access.Admin); err != nil {
		return nil, nil, err
	}
	people, err := a.People.People(ctx)
	if err != nil {
		return nil, nil, err
	}
	uses, err := a.People.PersonalTokenUses(ctx)
	return people, uses, err
}

func (a *api) getInactiveUsers(ctx context.Context, r request, _ *struct{}) (inactiveUsers, error) {
	list := inactiveUsers{Version: 1, InactiveUsers: []inactiveUser{}}
	people, uses, err := a.everybody(ctx, r)
	if err != nil {
		return list, err
	}
	since := a.App.Now().Add(-inactiveAfter)
	for _, p := range people {
		// The newest use of any of the person's tokens.
		var used *time.Time
		for t := range r.State.PersonalTokens(p.ID) {
			if at, ok := uses[t.ID]; ok && (used == nil || at.After(*used)) {
				used = &at
			}
		}
		here := p.CreatedAt.After(since) || p.SeenAt != nil && p.SeenAt.After(since) || used != nil && used.After(since)
		if !here && p.Kind == string(access.KindUser) {
			list.InactiveUsers = append(list.InactiveUsers, inactiveUser{p.ID, p.Name, p.Username, p.Email, instantOf(p.SeenAt), instant(p.CreatedAt), instantOf(used)})
		}
	}
	return list, nil
}

// ids names people.
type ids struct {
	IDs []int64 `json:"ids"`
}

// deleteInactiveUsers deletes the people who are named, whether or not they are inactive, as in
// Unleash: somebody may have signed in since the list was read. All are deleted, or none.
func (a *api) deleteInactiveUsers(ctx context.Context, r request, in *struct{ Body ids }) (empty, error) {
	return empty{}, a.App.DeleteUsers(ctx, r.Caller, in.Body.IDs...)
}

// whoever is who calls: an account, or an admin token.
//
// Exactly one is set. Clients tell them apart by the properties, as in Unleash, where a token stands in
// the place of a person.
type whoever struct {
	account *user
	token   *tokenUser
}

// MarshalJSON returns the one that it is.
func (w whoever) MarshalJSON() ([]byte, error) {
	if w.account != nil {
		return json.Marshal(w.account)
	}
	return json.Marshal(w.token)
}

// Schema returns that of either.
func (whoever) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{AnyOf: []*huma.Schema{
		r.Schema(reflect.TypeFor[user](), true, ""),
		r.Schema(reflect.TypeFor[tokenUser](), true, ""),
	}}
}
