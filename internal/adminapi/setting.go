package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
)

// settings registers what can be set for the whole instance.
//
// Settings about signing in are in sign_on.go, those about change requests in protection.go.
func (a *api) settings() {
	register(a, operation{
		ID: "setCors", Method: http.MethodPost, Path: "/ui-config/cors", Tag: "Admin UI",
		Summary:     "Say which web pages may use the frontend API",
		Permissions: []access.Permission{access.Admin, access.UpdateCORS},
		Status:      http.StatusNoContent,
	}, a.setCORS)
}

// setCors is the body that names web pages.
//
// What is left out is an empty list, which stands for all origins (State.FrontendOrigins).
type setCors struct {
	FrontendAPIOrigins []string `json:"frontendApiOrigins,omitempty" doc:"Origins such as https://shop.example.com, or * for all, as an empty list means, too."`
}

func (a *api) setCORS(ctx context.Context, r request, in *struct{ Body setCors }) (empty, error) {
	return empty{}, a.App.SetFrontendOrigins(ctx, r.Caller, in.Body.FrontendAPIOrigins)
}
