package adminapi_test

import (
	"fmt"
	"testing"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestDelegation follows a role from who makes it to who uses it.
func TestDelegation(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		root := h.browser().mustSignIn(t, "root", adminPassword)
		bob := h.mustInvite(t, root)
		const (
			api    = "/api/admin"
			shop   = api + "/projects/shop"
			toggle = shop + "/features/cart/environments/%s/off"
		)
		// Who creates a project owns it.
		root.must(t, "POST", api+"/projects", `{"id":"shop","name":"Shop","mode":"private"}`, 201, `{}`)
		root.must(t, "GET", shop+"/access", "", 200, `{"users":[{"id":1,"roles":[4]}],"groups":[]}`)
		root.must(t, "GET", shop+"/overview", "", 200, `{"members":1,"stats":{"projectMembersAddedCurrentWindow":1}}`)
		root.must(t, "POST", shop+"/features", `{"name":"cart"}`, 201, `{}`)
		for _, env := range []string{"development", "production"} {
			root.must(t, "POST", shop+"/features/cart/environments/"+env+"/on", "", 200, "")
		}
		root.must(t, "GET", api+"/projects", "", 200, `{"projects":[{"id":"default","owners":[{"ownerType":"system"}]},
			{"id":"shop","memberCount":1,"owners":[{"ownerType":"user","name":"root","imageUrl":"(present)"}]}]}`)

		// A Viewer sees nothing of it, until a role is given.
		bob.must(t, "GET", shop+"/overview", "", 404, `{"name":"NotFoundError"}`)
		bob.must(t, "GET", api+"/projects", "", 200, `{"projects":[{"id":"default"}]}`)
		root.must(t, "POST", api+"/roles", `{"name":"Switcher","permissions":[{"name":"UPDATE_FEATURE"},{"name":"UPDATE_FEATURE_ENVIRONMENT","environment":"development"}]}`, 200, `{"roles":{"id":7}}`)
		root.must(t, "POST", api+"/roles", `{"name":"Gatekeeper","permissions":[{"name":"PROJECT_USER_ACCESS_WRITE"},{"name":"UPDATE_FEATURE_ENVIRONMENT_VARIANTS"}]}`, 200, `{"roles":{"id":8}}`)
		root.must(t, "PUT", shop+"/users/2/roles", `{"roles":[7]}`, 200, "")
		bob.must(t, "GET", shop+"/overview", "", 200, `{"members":2}`)
		bob.must(t, "GET", api+"/user", "", 200, `{"permissions":[{"permission":"UPDATE_FEATURE","project":"shop","environment":"(absent)"},
			{"permission":"UPDATE_FEATURE_ENVIRONMENT","project":"shop","environment":"development"}]}`)
		bob.must(t, "GET", api+"/user/roles?projectId=shop", "", 200, `{"roles":[{"id":7,"name":"Switcher"}]}`)
		bob.must(t, "POST", fmt.Sprintf(toggle, "development"), "", 200, "")
		bob.must(t, "POST", fmt.Sprintf(toggle, "production"), "", 403, `{"permissions":["UPDATE_FEATURE_ENVIRONMENT"]}`)
		bob.must(t, "POST", shop+"/access", `{"roles":[7],"users":[2],"groups":[]}`, 403, `{"permissions":["UPDATE_PROJECT","PROJECT_USER_ACCESS_WRITE"]}`)

		// Who may give roles gives what they have themselves.
		root.must(t, "POST", shop+"/access", `{"roles":[8],"users":[2],"groups":[]}`, 200, "")
		bob.must(t, "GET", api+"/user", "", 200, `{"permissions":[{"project":"shop"},{"project":"shop"},
			{"permission":"PROJECT_USER_ACCESS_WRITE","project":"shop","environment":"(absent)"},{"permission":"UPDATE_FEATURE_ENVIRONMENT_VARIANTS","project":"shop","environment":"*"}]}`)
		root.must(t, "POST", userAdmin, `{"username":"carla","rootRole":3,"password":"`+nextPassword+`"}`, 201, `{"id":3}`)
		bob.must(t, "PUT", shop+"/users/3/roles", `{"roles":[6,7,8]}`, 200, "")
		bob.must(t, "PUT", shop+"/users/3/roles", `{"roles":[6,7,8,5]}`, 403, `{"name":"InvalidOperationError"}`)
		bob.must(t, "PUT", shop+"/users/2/roles", `{"roles":[4]}`, 403, `{"name":"InvalidOperationError"}`)
		// Nobody is kept from leaving others what they have.
		bob.must(t, "PUT", shop+"/access", `{"roles":[{"id":4,"users":[1]},{"id":8,"users":[2]}]}`, 200, "")
		bob.must(t, "DELETE", shop+"/users/1/roles", "", 409, `{"name":"ProjectWithoutOwnerError"}`)

		// A group does what a person does.
		carla := h.browser().mustSignIn(t, "carla", nextPassword)
		carla.must(t, "GET", shop+"/overview", "", 404, `{"name":"NotFoundError"}`)
		root.must(t, "POST", api+"/groups", `{"name":"Guests","users":[{"user":{"id":3}}]}`, 201, `{"id":1,"createdBy":"root","users":[{"user":{"username":"carla"}}]}`)
		root.must(t, "PUT", shop+"/groups/1/roles", `{"roles":[6]}`, 200, "")
		carla.must(t, "GET", shop+"/overview", "", 200, `{"members":3}`)
		root.must(t, "PUT", api+"/groups/1", `{"name":"Guests","users":[]}`, 200, `{"userCount":0,"projects":["shop"]}`)
		carla.must(t, "GET", shop+"/overview", "", 404, `{"name":"NotFoundError"}`)
		root.must(t, "PUT", api+"/groups/1", `{"name":"Guests","users":[{"user":{"id":3}}],"rootRole":2}`, 200, `{"rootRole":2}`)
		carla.must(t, "POST", fmt.Sprintf(toggle, "production"), "", 200, "")

		// A group of whom somebody else may approve can be asked for a review.
		reviewers := shop + "/change-requests/available-reviewers/production"
		root.must(t, "GET", reviewers, "", 200, `{"reviewers":[],"reviewerGroups":[]}`)
		root.must(t, "POST", api+"/roles", `{"name":"Approver","permissions":[{"name":"APPROVE_CHANGE_REQUEST","environment":"production"}]}`, 200, `{"roles":{"id":9}}`)
		root.must(t, "POST", shop+"/access", `{"roles":[9],"users":[],"groups":[1]}`, 200, "")
		root.must(t, "GET", reviewers, "", 200, `{"reviewers":[{"id":3}],"reviewerGroups":[{"id":1,"name":"Guests"}]}`)
		carla.must(t, "GET", reviewers, "", 200, `{"reviewers":[{"id":1}],"reviewerGroups":[]}`)
	})
}

// TestLastAdministrator holds that neither roles nor groups are changed so that nobody administers who can sign in.
func TestLastAdministrator(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		root := h.browser().mustSignIn(t, "root", adminPassword)
		h.mustInvite(t, root)
		token := h.browser()
		token.token = "*:*.admin"
		const (
			roles  = "/api/admin/roles"
			groups = "/api/admin/groups"
			refuse = `{"name":"InvalidOperationError","message":"This is the last administrator who can sign in. Give somebody else the role Admin and a password first."}`
		)
		// bob administers by his group alone, and root no more.
		token.must(t, "POST", groups, `{"name":"Admins","rootRole":1,"users":[{"user":{"id":2}}]}`, 201, `{"id":1}`)
		token.must(t, "PUT", userAdmin+"/1", `{"rootRole":3}`, 200, `{}`)
		token.must(t, "PUT", groups+"/1", `{"name":"Admins","users":[]}`, 403, refuse)
		token.must(t, "PUT", groups+"/1", `{"name":"Admins","rootRole":null}`, 403, refuse)
		token.must(t, "DELETE", groups+"/1", "", 403, refuse)

		// root administers by a role of one's own, and bob no more.
		token.must(t, "POST", roles, `{"name":"Chief","type":"root-custom","permissions":[{"name":"ADMIN"}]}`, 200, `{"roles":{"id":7}}`)
		token.must(t, "PUT", userAdmin+"/1", `{"rootRole":7}`, 200, `{}`)
		token.must(t, "DELETE", groups+"/1", "", 200, "")
		token.must(t, "PUT", roles+"/7", `{"name":"Chief","permissions":[{"name":"READ_LOGS"}]}`, 403, refuse)
		root.must(t, "GET", userAdmin, "", 200, `{}`)
	})
}
