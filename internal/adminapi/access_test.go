package adminapi_test

import (
	"fmt"
	"testing"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// The accounts of the story. Those from 7 on are Viewers, who call under the names that
// actors gives them.
const (
	olga    = 2 // owns the project other
	mark    = 3 // is on call
	robot   = 4 // a service account that approves in the project other
	editor  = 5 // is an Editor
	auditor = 6 // reads roles

	approver   access.RoleID = 7
	auditing   access.RoleID = 8
	unused     access.RoleID = 9
	onCall                   = 1
	idle                     = 2
	lastOfThem               = 12
)

// accessStory is who there is, and who may do what.
func accessStory() []state.Event {
	var events []state.Event
	add := func(p state.Payload, project flag.ProjectID) {
		events = append(events, state.Event{Scope: state.Scope{Project: project}, Payload: p})
	}
	for _, role := range access.BuiltInRoles() {
		add(state.RoleCreated{Role: role}, "")
	}
	add(state.RoleCreated{Role: access.Role{
		ID: approver, Name: "Approver", Description: "Agrees to changes.", Type: access.CustomProjectRole,
		Permissions: []access.RolePermission{{Permission: access.ReadProjectAccess}, {Permission: access.ApproveChangeRequest, Environment: "production"}},
	}}, "")
	add(state.RoleCreated{Role: access.Role{ID: auditing, Name: "Auditor", Type: access.CustomRootRole, Permissions: []access.RolePermission{{Permission: access.ReadRole}}}}, "")
	add(state.RoleCreated{Role: access.Role{ID: unused, Name: "Unused", Type: access.CustomProjectRole}}, "")
	for id := int64(1); id <= lastOfThem; id++ {
		switch id {
		case 1:
			add(state.UserCreated{ID: id, RootRole: access.RoleAdmin}, "")
		case robot:
			add(state.ServiceAccountCreated{ID: id, RootRole: access.RoleViewer}, "")
		case editor:
			add(state.UserCreated{ID: id, RootRole: access.RoleEditor}, "")
		case auditor:
			add(state.UserCreated{ID: id, RootRole: auditing}, "")
		default:
			add(state.UserCreated{ID: id, RootRole: access.RoleViewer}, "")
		}
	}
	add(state.GroupCreated{Group: access.Group{
		ID: onCall, Name: "On call", MappingsSSO: []string{"oncall"}, CreatedAt: began, CreatedBy: "user:1",
		Members: []access.Member{{Account: mark, JoinedAt: began, AddedBy: "user:1"}},
	}}, "")
	add(state.GroupCreated{Group: access.Group{ID: idle, Name: "Idle", CreatedAt: began, CreatedBy: access.SystemRef}}, "")
	add(state.ProjectAccessAdded{Subjects: []state.Subject{state.AccountSubject(olga)}, Roles: []access.RoleID{access.RoleOwner}}, "other")
	add(state.ProjectAccessAdded{Subjects: []state.Subject{state.AccountSubject(robot)}, Roles: []access.RoleID{approver}}, "other")
	add(state.ProjectAccessAdded{Subjects: []state.Subject{state.GroupSubject(onCall)}, Roles: []access.RoleID{access.RoleMember}}, "other")
	return events
}

// mustBeKnown gives the accounts of the story names.
func (w *world) mustBeKnown(t testing.TB) {
	t.Helper()
	err := w.db.Update(t.Context(), func(tx *store.Tx) error {
		for id := int64(1); id <= lastOfThem; id++ {
			p := store.Person{ID: id, Kind: string(access.KindUser), Username: fmt.Sprintf("person-%d", id), CreatedAt: began}
			switch id {
			case olga:
				p.Name, p.Email = "Olga", "olga@example.com"
			case robot:
				p.Kind = string(access.KindServiceAccount)
			}
			if err := tx.AddPerson(p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func roleScenarios() []scenario {
	const (
		all     = "/roles"
		own     = "/roles/7"
		builtIn = "/roles/4"
	)
	approverPermissions := `[{"id":50,"name":"PROJECT_USER_ACCESS_READ","displayName":"See who has access to the project","type":"project","environment":"(absent)"},
		{"name":"APPROVE_CHANGE_REQUEST","displayName":"Approve and reject change requests","type":"environment","environment":"production"}]`
	return []scenario{
		{
			name: "list the permissions", method: "GET", path: "/permissions", status: 200,
			want: `{"version":1,"permissions":{"root":"(present)","project":"(present)","environments":[
				{"name":"development","permissions":[
					{"name":"CREATE_FEATURE_STRATEGY","environment":"development","type":"environment"},{"name":"UPDATE_FEATURE_STRATEGY"},{"name":"DELETE_FEATURE_STRATEGY"},
					{"name":"UPDATE_FEATURE_ENVIRONMENT"},{"name":"UPDATE_FEATURE_ENVIRONMENT_VARIANTS"},{"name":"APPROVE_CHANGE_REQUEST"},{"name":"APPLY_CHANGE_REQUEST"},{"name":"SKIP_CHANGE_REQUEST"}]},
				{"name":"production"}]}}`,
		},
		{
			name: "list the roles", as: "nothing", method: "GET", path: all, status: 200,
			want: `{"version":1,"roles":[{"id":1,"name":"Admin","type":"root"},{"id":2,"type":"root"},{"id":3,"type":"root"},{"id":4,"name":"Owner","type":"project"},{"id":5,"type":"project"},{"id":6,"type":"project"},
				{"id":7,"name":"Approver","type":"custom","description":"Agrees to changes.","project":null},{"id":8,"type":"root-custom"},{"id":9}]}`,
		},
		{name: "get a role", method: "GET", path: own, status: 200, want: `{"id":7,"name":"Approver","type":"custom","description":"Agrees to changes.","permissions":` + approverPermissions + `}`},
		{name: "get a role as somebody who may read roles", as: "auditor", method: "GET", path: own, status: 200, want: `{"id":7}`},
		{name: "get no role", method: "GET", path: "/roles/99", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "get a role without its number", method: "GET", path: "/roles/x", status: 400, want: `{"details":[{"path":"/params/roleId"}]}`},
		{
			name: "where a role is held", as: "auditor", method: "GET", path: "/projects/roles/7/access", status: 200,
			want: `{"projects":[{"project":"other","role":7,"userCount":0,"serviceAccountCount":1,"groupCount":0}]}`,
		},
		{
			name: "where a role of groups is held", method: "GET", path: "/projects/roles/5/access", status: 200,
			want: `{"projects":[{"project":"other","role":5,"userCount":0,"serviceAccountCount":0,"groupCount":1}]}`,
		},
		{name: "where an unused role is held", method: "GET", path: "/projects/roles/9/access", status: 200, want: `{"projects":[]}`},
		{name: "where no role is held", method: "GET", path: "/projects/roles/99/access", status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "what a person may do", method: "GET", path: "/user-admin/3/permissions?project=other&environment=production", status: 200,
			want: `{"overview":{"root":"(present)","project":"(present)","environment":[
					{"name":"CREATE_FEATURE_STRATEGY","type":"environment","environment":"production","hasPermission":true},{"hasPermission":true},{"hasPermission":true},{"hasPermission":true},{"hasPermission":true},
					{"name":"APPROVE_CHANGE_REQUEST","hasPermission":false},{"hasPermission":false},{"hasPermission":false}]},
				"user":{"id":3,"username":"person-3"},"rootRole":{"id":3,"name":"Viewer"},"projectRoles":[{"id":5,"name":"Member","project":"other","permissions":"(present)"}]}`,
		},
		{
			name: "what a person may do in no project", method: "GET", path: "/user-admin/3/permissions", status: 200,
			want: `{"overview":{"environment":[{"environment":"(absent)","hasPermission":false},{},{},{},{},{},{},{}]},"projectRoles":[]}`,
		},
		{
			name: "what a service account may do", method: "GET", path: "/service-account/4/permissions?project=other&environment=production", status: 200,
			want: `{"overview":{"environment":[{"hasPermission":false},{},{},{},{},{"name":"APPROVE_CHANGE_REQUEST","hasPermission":true},{},{}]},"projectRoles":[{"id":7}],"user":{"id":4,"accountType":"Service Account"}}`,
		},
		{name: "what a service account may do, asked for as a person", method: "GET", path: "/user-admin/4/permissions", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "what a person may do, asked for as a service account", method: "GET", path: "/service-account/3/permissions", status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "create a role for projects", method: "POST", path: all, status: 200,
			body: `{"name":" Releaser ","description":"d","permissions":[{"name":"UPDATE_FEATURE"},{"name":"UPDATE_FEATURE","environment":null},{"name":"APPLY_CHANGE_REQUEST","environment":"production"},{"name":"UPDATE_FEATURE_ENVIRONMENT","environment":""}]}`,
			want: `{"version":1,"roles":{"id":10,"name":"Releaser","type":"custom","description":"d"}}`, events: []string{"role-created"},
			then: map[string]string{"/roles/10": `{"permissions":[{"name":"UPDATE_FEATURE","environment":"(absent)"},{"name":"APPLY_CHANGE_REQUEST","environment":"production"},{"name":"UPDATE_FEATURE_ENVIRONMENT","environment":"(absent)"}]}`},
		},
		{
			name: "create a role for the instance", method: "POST", path: all, status: 200,
			body: `{"name":"Logs","type":"root-custom","permissions":[{"name":"READ_LOGS"}]}`,
			want: `{"roles":{"type":"root-custom","description":""}}`, events: []string{"role-created"},
		},
		{
			name: "create a role from numbers", method: "POST", path: all, status: 200,
			body: `{"name":"Numbers","permissions":[{"id":50}]}`, want: `{}`, events: []string{"role-created"},
			then: map[string]string{"/roles/10": `{"permissions":[{"id":50,"name":"PROJECT_USER_ACCESS_READ"}]}`},
		},
		{name: "create a role without a name", method: "POST", path: all, body: `{}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{name: "create a role with a blank name", method: "POST", path: all, body: `{"name":" "}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{name: "create a role that is built in", method: "POST", path: all, body: `{"name":"x","type":"root"}`, status: 400, want: `{"details":[{"path":"type"}]}`},
		{name: "create a role of what there is not", method: "POST", path: all, body: `{"name":"x","permissions":[{"name":"FLY"},{"id":99}]}`, status: 400, want: `{"details":[{"path":"/body/permissions/0/name"},{"path":"/body/permissions/1/name"}]}`},
		{name: "create a role for projects that administers", method: "POST", path: all, body: `{"name":"x","permissions":[{"name":"ADMIN"}]}`, status: 400, want: `{"details":[{"path":"/body/permissions/0/name"}]}`},
		{name: "create a role for the instance that changes flags", method: "POST", path: all, body: `{"name":"x","type":"root-custom","permissions":[{"name":"UPDATE_FEATURE_ENVIRONMENT"}]}`, status: 400, want: `{"details":[{"path":"/body/permissions/0/name"}]}`},
		{name: "create a role that is bound where it cannot be", method: "POST", path: all, body: `{"name":"x","permissions":[{"name":"UPDATE_FEATURE","environment":"production"}]}`, status: 400, want: `{"details":[{"path":"/body/permissions/0/environment"}]}`},
		{name: "create a role for no environment", method: "POST", path: all, body: `{"name":"x","permissions":[{"name":"APPLY_CHANGE_REQUEST","environment":"none"}]}`, status: 400, want: `{"details":[{"path":"/body/permissions/0/environment"}]}`},
		{name: "create a role whose name is taken", method: "POST", path: all, body: `{"name":"owner"}`, status: 409, want: `{"name":"NameExistsError"}`},

		{name: "check a role", method: "POST", path: all + "/validate", body: `{"name":"x","permissions":[{"name":"UPDATE_FEATURE"}]}`, status: 200},
		{name: "check a bad role", method: "POST", path: all + "/validate", body: `{"name":"x","permissions":[{"name":"FLY"}]}`, status: 400, want: `{"details":[{"path":"/body/permissions/0/name"}]}`},
		{name: "check a role whose name is taken", method: "POST", path: all + "/validate", body: `{"name":"Approver"}`, status: 409, want: `{"name":"NameExistsError"}`},

		{
			name: "change a role", method: "PUT", path: own, body: `{"name":"Agrees","type":"custom","permissions":[]}`, status: 200,
			want: `{"version":1,"roles":{"id":7,"name":"Agrees","description":"Agrees to changes."}}`, events: []string{"role-updated"},
			then: map[string]string{own: `{"permissions":[]}`},
		},
		{name: "change a role to what it is", method: "PUT", path: own, body: `{"name":"Approver"}`, status: 200, want: `{"roles":{"id":7}}`},
		{name: "change the type of a role", method: "PUT", path: own, body: `{"name":"Approver","type":"root-custom"}`, status: 400, want: `{"details":[{"path":"/body/type"}]}`},
		{name: "change the name of a role to a blank one", method: "PUT", path: own, body: `{"name":""}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{name: "change the name of a role to one that is taken", method: "PUT", path: own, body: `{"name":"Unused"}`, status: 409, want: `{"name":"NameExistsError"}`},
		{name: "change a role that is built in", method: "PUT", path: builtIn, body: `{"name":"x"}`, status: 403, want: `{"name":"InvalidOperationError","message":"The role \"Owner\" is built in and cannot be changed."}`},
		{name: "change no role", method: "PUT", path: "/roles/99", body: `{"name":"x"}`, status: 404, want: `{"name":"NotFoundError"}`},

		{name: "delete a role", method: "DELETE", path: "/roles/9", status: 200, events: []string{"role-deleted"}},
		{name: "delete a role that somebody has", method: "DELETE", path: own, status: 400, want: `{"name":"RoleInUseError","message":"Role is in use by users(1) or groups(0). You cannot delete a role that is in use without first removing the role from the users and groups."}`},
		{name: "delete a role that somebody has in the instance", method: "DELETE", path: "/roles/8", status: 400, want: `{"name":"RoleInUseError"}`},
		{name: "delete a role that is built in", method: "DELETE", path: builtIn, status: 403, want: `{"name":"InvalidOperationError","message":"The role \"Owner\" is built in and cannot be deleted."}`},
		{name: "delete no role", method: "DELETE", path: "/roles/99", status: 404, want: `{"name":"NotFoundError"}`},
	}
}

func groupScenarios() []scenario {
	const (
		all = "/groups"
		one = "/groups/1"
	)
	return []scenario{
		{
			name: "list the groups", as: "nothing", method: "GET", path: all, status: 200,
			want: `{"groups":[{"id":1,"name":"On call","description":null,"mappingsSSO":["oncall"],"rootRole":null,"createdBy":"person-1","createdAt":"2026-03-01T12:00:00.000Z","scimId":null,"projects":["other"],"userCount":1,
					"users":[{"joinedAt":"2026-03-01T12:00:00.000Z","createdBy":"person-1","user":{"id":3,"username":"person-3"}}]},
				{"id":2,"name":"Idle","users":[],"projects":[],"userCount":0,"createdBy":"unleash_system_user"}]}`,
		},
		{name: "get a group", as: "nothing", method: "GET", path: one, status: 200, want: `{"id":1,"name":"On call"}`},
		{name: "get no group", method: "GET", path: "/groups/99", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "get a group without its number", method: "GET", path: "/groups/x", status: 400, want: `{"details":[{"path":"/params/groupId"}]}`},
		{
			name: "create a group", method: "POST", path: all, status: 201,
			body: `{"name":"Support","description":"d","mappingsSSO":["b","a","a"],"rootRole":2,"users":[{"user":{"id":4}},{"user":{"id":2}},{"user":{"id":2}}]}`,
			want: `{"id":3,"name":"Support","description":"d","mappingsSSO":["b","a"],"rootRole":2,"createdBy":"terraform","userCount":2,"users":[{"user":{"id":4}},{"user":{"id":2}}],"projects":[]}`, events: []string{"group-created"},
			then: map[string]string{"/groups/3": `{"userCount":2}`},
		},
		{name: "create a group without members", method: "POST", path: all, body: `{"name":"Support"}`, status: 201, want: `{"users":[],"rootRole":null,"description":null}`, events: []string{"group-created"}},
		{name: "create a group without a name", method: "POST", path: all, body: `{"users":[]}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{name: "create a group with a blank name and no such member", method: "POST", path: all, body: `{"name":" ","users":[{"user":{"id":99}}]}`, status: 400, want: `{"details":[{"path":"/body/name"},{"path":"/body/users/0/user/id"}]}`},
		{name: "create a group with a role for projects", method: "POST", path: all, body: `{"name":"x","rootRole":4}`, status: 400, want: `{"details":[{"path":"/body/rootRole"}]}`},
		{name: "create a group whose name is taken", method: "POST", path: all, body: `{"name":"on CALL"}`, status: 409, want: `{"name":"NameExistsError"}`},
		{
			name: "change a group", method: "PUT", path: one, body: `{"name":"Awake","users":[{"user":{"id":3}},{"user":{"id":2}}]}`, status: 200,
			want: `{"id":1,"name":"Awake","mappingsSSO":["oncall"],"users":[{"user":{"id":3},"createdBy":"person-1","joinedAt":"2026-03-01T12:00:00.000Z"},{"user":{"id":2},"createdBy":"terraform"}]}`, events: []string{"group-updated"},
		},
		{name: "empty a group", method: "PUT", path: one, body: `{"name":"On call","users":[],"mappingsSSO":[],"rootRole":3}`, status: 200, want: `{"users":[],"mappingsSSO":[],"rootRole":3}`, events: []string{"group-updated"}},
		{name: "change a group to what it is", method: "PUT", path: one, body: `{"name":"On call"}`, status: 200, want: `{"userCount":1}`},
		{name: "change a group to a bad one", method: "PUT", path: one, body: `{"name":"On call","users":[{"user":{}}]}`, status: 400, want: `{"details":[{"path":"/body/users/0/user/id"}]}`},
		{name: "change the name of a group to one that is taken", method: "PUT", path: one, body: `{"name":"Idle"}`, status: 409, want: `{"name":"NameExistsError"}`},
		{name: "change no group", method: "PUT", path: "/groups/99", body: `{"name":"x"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "delete a group", method: "DELETE", path: one, status: 200, events: []string{"group-deleted"},
			then: map[string]string{"/projects/other/access": `{"groups":[]}`},
		},
		{name: "delete no group", method: "DELETE", path: "/groups/99", status: 404, want: `{"name":"NotFoundError"}`},
	}
}

func projectAccessScenarios() []scenario {
	const (
		all   = "/projects/other/access"
		user  = "/projects/other/users/"
		group = "/projects/other/groups/"
		ours  = "/projects/guarded/access"
	)
	return []scenario{
		{
			name: "who has access", method: "GET", path: all, status: 200,
			want: `{"roles":[{"id":4,"name":"Owner"},{"id":5},{"id":6},{"id":7,"name":"Approver"},{"id":9}],
				"users":[{"id":2,"name":"Olga","username":"person-2","email":"olga@example.com","imageUrl":"(present)","addedAt":"(present)","roleId":4,"roles":[4],"isAPI":false},{"id":4,"name":"(absent)","roles":[7],"isAPI":true}],
				"groups":[{"id":1,"name":"On call","roleId":5,"roles":[5],"addedAt":"(present)","users":[{"user":{"id":3}}]}]}`,
		},
		{name: "who has access, as who may see it", as: "access reader", method: "GET", path: all, status: 200, want: `{"groups":"(present)"}`},
		{name: "who has access to no project", method: "GET", path: "/projects/none/access", status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "give access", method: "POST", path: all, body: `{"roles":[5,6],"users":[3,2,3],"groups":[2]}`, status: 200,
			events: []string{"project-access-added other"},
			then:   map[string]string{all: `{"users":[{"id":2,"roles":[4,5,6]},{"id":3,"roles":[5,6]},{"id":4}],"groups":[{"id":1,"roles":[5]},{"id":2,"roles":[5,6]}]}`},
		},
		{name: "give what they have", method: "POST", path: all, body: `{"roles":[4],"users":[2],"groups":[]}`, status: 200},
		{name: "give nobody access", method: "POST", path: all, body: `{"roles":[4],"users":[],"groups":[]}`, status: 200},
		{name: "give no role", method: "POST", path: all, body: `{"roles":[],"users":[3],"groups":[]}`, status: 400, want: `{"details":[{"path":"/body/roles"}]}`},
		{
			name: "give what there is not", method: "POST", path: all, body: `{"roles":[2,99],"users":[2,99],"groups":[99]}`, status: 400,
			want: `{"details":[{"path":"/body/roles/0","message":"Could not find a project role with id 2."},{"path":"/body/roles/1"},{"path":"/body/users/1"},{"path":"/body/groups/0"}]}`,
		},
		{name: "give access without saying whom", method: "POST", path: all, body: `{"roles":[5]}`, status: 400, want: `{"details":[{"path":"/body/users"},{"path":"/body/groups"}]}`},
		{name: "give access to no project", method: "POST", path: "/projects/none/access", body: `{"roles":[5],"users":[3],"groups":[]}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "give access to an archived project", method: "POST", path: "/projects/shelved/access", body: `{"roles":[5],"users":[3],"groups":[]}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "give a role that gives nothing", as: "owner", method: "POST", path: ours, body: `{"roles":[6],"users":[3],"groups":[]}`, status: 200, events: []string{"project-access-added guarded"}},
		{
			name: "give what one does not have", as: "owner", method: "POST", path: ours, body: `{"roles":[6,5],"users":[3],"groups":[]}`, status: 403,
			want: `{"name":"InvalidOperationError","message":"You cannot give the role \"Member\": it has the permission \"CREATE_FEATURE\" in the project, which you do not have yourself. An administrator, or somebody who has it, can give the role."}`,
		},
		{
			name: "give what one has elsewhere", as: "owner", method: "POST", path: all, body: `{"roles":[6],"users":[3],"groups":[]}`, status: 403,
			want: `{"name":"PermissionError","permissions":["UPDATE_PROJECT","PROJECT_USER_ACCESS_WRITE"]}`,
		},
		{
			name: "give what one has in another environment", as: "approver", method: "PUT", path: "/projects/guarded/users/3/roles", body: `{"roles":[7]}`, status: 403,
			want: `{"message":"You cannot give the role \"Approver\": it has the permission \"APPROVE_CHANGE_REQUEST\" in the environment \"production\", which you do not have yourself. An administrator, or somebody who has it, can give the role."}`,
		},

		{
			name: "replace who has access", method: "PUT", path: all, body: `{"roles":[{"id":4,"users":[3],"groups":[1]},{"id":6,"users":[3]},{"id":5}]}`, status: 200,
			events: []string{"project-access-updated other"},
			then:   map[string]string{all: `{"users":[{"id":3,"roles":[4,6]}],"groups":[{"id":1,"roles":[4]}]}`},
		},
		{name: "replace who has access by who has it", method: "PUT", path: all, body: `{"roles":[{"id":5,"groups":[1]},{"id":7,"users":[4]},{"id":4,"users":[2]}]}`, status: 200},
		{name: "replace all owners", method: "PUT", path: all, body: `{"roles":[{"id":5,"users":[2]}]}`, status: 409, want: `{"name":"ProjectWithoutOwnerError"}`},
		{
			name: "replace who has access by what there is not", method: "PUT", path: all, body: `{"roles":[{"id":4,"users":[2]},{"id":1,"users":[99],"groups":[99]}]}`, status: 400,
			want: `{"details":[{"path":"/body/roles/1/id"},{"path":"/body/roles/1/users/0"},{"path":"/body/roles/1/groups/0"}]}`,
		},
		{name: "replace who has access by nothing", method: "PUT", path: all, body: `{}`, status: 400, want: `{"details":[{"path":"/body/roles"}]}`},
		{name: "keep what others have and give what one does not have", as: "owner", method: "PUT", path: ours, body: `{"roles":[{"id":5,"users":[3]}]}`, status: 403, want: `{"name":"InvalidOperationError"}`},

		{
			name: "set the roles of a person", method: "PUT", path: user + "3/roles", body: `{"roles":[6,5,5]}`, status: 200, events: []string{"project-access-user-roles-updated other"},
			then: map[string]string{all: `{"users":[{"id":2},{"id":3,"roles":[5,6]},{"id":4}]}`},
		},
		{name: "set the roles of a person to what they are", method: "PUT", path: user + "2/roles", body: `{"roles":[4]}`, status: 200},
		{name: "set the roles of the last owner", method: "PUT", path: user + "2/roles", body: `{"roles":[5]}`, status: 409, want: `{"name":"ProjectWithoutOwnerError"}`},
		{name: "set no roles of a person", method: "PUT", path: user + "3/roles", body: `{"roles":[]}`, status: 400, want: `{"details":[{"path":"/body/roles"}]}`},
		{name: "set roles of a person that there are not", method: "PUT", path: user + "3/roles", body: `{"roles":[5,2]}`, status: 400, want: `{"details":[{"path":"/body/roles/1"}]}`},
		{name: "set the roles of nobody", method: "PUT", path: user + "99/roles", body: `{"roles":[5]}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "take access from a person", method: "DELETE", path: user + "4/roles", status: 200, events: []string{"project-access-user-roles-deleted other"}},
		{name: "take access from a person who has none", method: "DELETE", path: user + "3/roles", status: 200},
		{name: "take access from the last owner", method: "DELETE", path: user + "2/roles", status: 409, want: `{"name":"ProjectWithoutOwnerError","message":"A project must have at least one owner. Give somebody else the role Owner first."}`},
		{name: "take access from nobody", method: "DELETE", path: user + "99/roles", status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "set the roles of a group", method: "PUT", path: group + "1/roles", body: `{"roles":[4]}`, status: 200, events: []string{"project-access-group-roles-updated other"},
			then: map[string]string{all: `{"groups":[{"id":1,"roles":[4]}]}`},
		},
		{name: "set no roles of a group", method: "PUT", path: group + "1/roles", body: `{"roles":[]}`, status: 400, want: `{"details":[{"path":"/body/roles"}]}`},
		{name: "set the roles of no group", method: "PUT", path: group + "99/roles", body: `{"roles":[5]}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "take access from a group", method: "DELETE", path: group + "1/roles", status: 200, events: []string{"project-access-group-roles-deleted other"}},
		{name: "take access from a group that has none", method: "DELETE", path: group + "2/roles", status: 200},
		{name: "take access from no group", method: "DELETE", path: group + "99/roles", status: 404, want: `{"name":"NotFoundError"}`},
	}
}

func uiConfigScenarios() []scenario {
	return []scenario{
		{
			name: "ask what the instance is", as: "nothing", method: "GET", path: "/ui-config", status: 200,
			want: `{"name":"Quorate","version":"1.2.3","versionInfo":{"current":{"oss":"1.2.3","enterprise":"1.2.3"},"latest":{},"isLatest":true,"instanceId":"(present)"},"unleashUrl":"https://flags.example.com/here","baseUriPath":"/here",
				"authenticationType":"enterprise","disablePasswordAuth":false,"frontendApiOrigins":["*"],"flags":{"RE":true},"resourceLimits":{"projects":500,"segments":300,"constraintValues":250,"featureFlags":2147483647,"releaseTemplates":0}}`,
		},
		{
			name: "ask how much there is", as: "nothing", method: "GET", path: "/instance-admin/statistics", status: 200,
			want: `{"instanceId":"(present)","versionOSS":"1.2.3","versionEnterprise":"1.2.3","projects":6,"segments":4,"featureToggles":9,"archivedFeatureToggles":1}`,
		},
	}
}
