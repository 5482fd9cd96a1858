package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
)

// constraints registers how a constraint is checked.
func (a *api) constraints() {
	register(a, operation{
		ID: "validateConstraint", Method: http.MethodPost, Path: "/constraints/validate", Tag: tagFeatures,
		Summary: "Check a constraint", Status: http.StatusNoContent,
	}, a.validateConstraint)
}

// validateConstraint checks a constraint as a strategy's would be, and stores nothing. Its context field need
// not exist: applications may send what nobody has described, and then any value will do. A fault names the
// field below /body, as of a write.
//
// Faults: BadData.
func (a *api) validateConstraint(_ context.Context, r request, in *struct{ Body constraint }) (empty, error) {
	var legal []flag.LegalValue
	if f := r.State.ContextField(in.Body.ContextName); f != nil {
		legal = f.LegalValues
	}
	return empty{}, fault.Invalid(flag.ValidateConstraint("/body", flag.Constraint(in.Body), legal)...)
}
