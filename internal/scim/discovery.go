package scim

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/go-chi/chi/v5"

	"github.com/quorate/quorate/internal/fault"
)

// serviceProviderConfig says which parts of SCIM there are (RFC 7643, section 5). It is the same for everyone. The bounds
// in it are those that are held: a directory plans its requests by them.
func serviceProviderConfig(request) (answer, error) {
	yes := object{"supported": true}
	return answer{body: object{
		"schemas":        []any{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"},
		"patch":          object{"supported": true},
		"bulk":           object{"supported": true, "maxOperations": maxBulk, "maxPayloadSize": maxBody},
		"filter":         object{"supported": true, "maxResults": maxPage},
		"changePassword": object{"supported": false}, "sort": yes, "etag": yes,
		"authenticationSchemes": []any{object{
			"type": "oauthbearertoken", "name": "Bearer token", "primary": true,
			"description": "The token that an administrator of Quorate has made for SCIM.",
		}},
	}}, nil
}

// schemasFile has the schemas of users and groups, as far as they are kept here (RFC 7643, section 7).
//
//go:embed schemas.json
var schemasFile []byte

// described returns the schemas, or the resource types that go with them. The file is decoded for each request, because the
// views write into what they are given.
func (a *API) described(view func(schema object) object) []any {
	var schemas []object
	if err := json.Unmarshal(schemasFile, &schemas); err != nil {
		panic(fmt.Sprintf("scim: schemas.json: %v", err)) // it is part of the program, and tested
	}
	var all []any
	for _, schema := range schemas {
		all = append(all, view(schema))
	}
	return all
}

// viewSchema gives a schema what belongs to it as a resource.
func (a *API) viewSchema(schema object) object {
	schema["schemas"] = []any{"urn:ietf:params:scim:schemas:core:2.0:Schema"}
	schema["meta"] = object{"resourceType": "Schema", "location": fmt.Sprintf("%s%s/Schemas/%s", a.URL, root, text(schema, "id"))}
	return schema
}

// viewResourceType returns the resource type of a schema (RFC 7643, section 6): its endpoint is its name with an s.
func (a *API) viewResourceType(schema object) object {
	name := text(schema, "name")
	return object{
		"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:ResourceType"},
		"id":      name, "name": name, "endpoint": "/" + name + "s", "description": text(schema, "description"), "schema": text(schema, "id"),
		"meta": object{"resourceType": "ResourceType", "location": fmt.Sprintf("%s%s/ResourceTypes/%s", a.URL, root, name)},
	}
}

func (a *API) schemas(request) (answer, error) { return everything(a.described(a.viewSchema)) }

func (a *API) resourceTypes(request) (answer, error) {
	return everything(a.described(a.viewResourceType))
}

// everything answers with a list that is always one page; there is nothing to choose from.
func everything(resources []any) (answer, error) {
	return answer{body: object{
		"schemas": []any{listSchema}, "totalResults": len(resources), "startIndex": 1, "itemsPerPage": len(resources), "Resources": resources,
	}}, nil
}

func (a *API) schema(r request) (answer, error) {
	return withID(chi.URLParam(r.Request, "id"), a.described(a.viewSchema))
}

func (a *API) resourceType(r request) (answer, error) {
	return withID(chi.URLParam(r.Request, "id"), a.described(a.viewResourceType))
}

// withID answers with the one that has the id, as it is written.
func withID(id string, resources []any) (answer, error) {
	for _, each := range resources {
		if o, ok := each.(object); ok && o["id"] == id {
			return answer{body: o}, nil
		}
	}
	return answer{}, fault.New(fault.NotFound, "There is no such resource.")
}
