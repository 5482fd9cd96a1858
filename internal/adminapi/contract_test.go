package adminapi_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/quorate/quorate/internal/adminapi"
)

// contract is the document, as a client of another language would read it.
var contract = sync.OnceValues(func() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(adminapi.OpenAPI())
	if err != nil {
		return nil, err
	}
	return doc, doc.Validate(context.Background())
})

var contractRouter = sync.OnceValues(func() (routers.Router, error) {
	doc, err := contract()
	if err != nil {
		return nil, err
	}
	return legacy.NewRouter(doc)
})

// operationOf returns what the document says about a request; nil if it is for no operation.
func operationOf(t testing.TB, r *http.Request) (*routers.Route, map[string]string) {
	t.Helper()
	router, err := contractRouter()
	if err != nil {
		t.Fatalf("the document is not in order: %v", err)
	}
	route, parameters, err := router.FindRoute(r)
	if err != nil {
		return nil, nil
	}
	return route, parameters
}

// mustKeepContract fails the test if an answer is not one that the document promises.
func mustKeepContract(t testing.TB, r *http.Request, a answer) {
	t.Helper()
	route, parameters := operationOf(t, r)
	if route == nil || a.status == http.StatusNotModified {
		return
	}
	promised := route.Operation.Responses.Status(a.status)
	if promised == nil {
		t.Errorf("%s answered %d, which the document does not name", route.Operation.OperationID, a.status)
		return
	}
	if a.status == http.StatusAccepted && len(a.body) == 0 {
		return // archiving answers so; with a body, it was put into a change request
	}
	if len(promised.Value.Content) == 0 {
		if len(a.body) > 0 {
			t.Errorf("%s answered %d with the body %s, and the document says that there is none", route.Operation.OperationID, a.status, a.body)
		}
		return
	}
	if media, _, _ := strings.Cut(a.header.Get("Content-Type"), ";"); promised.Value.Content[media] != nil && promised.Value.Content[media].Schema == nil {
		return // a file
	}
	if got := a.header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
		t.Errorf("%s answered %d as %q, want JSON", route.Operation.OperationID, a.status, got)
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters, Route: route},
		Status:                 a.status,
		Header:                 a.header,
		Options:                &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	input.SetBodyBytes(a.body)
	if err := openapi3filter.ValidateResponse(t.Context(), input); err != nil {
		t.Errorf("%s answered %d with %s, which is not what the document promises: %v", route.Operation.OperationID, a.status, a.body, err)
	}
}
