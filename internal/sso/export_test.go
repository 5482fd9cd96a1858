package sso

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/quorate/quorate/internal/state"
)

// Believes reports whether a provider's text would be believed: as an answer that lets somebody in, or as a message
// that signs somebody out.
func Believes(ctx context.Context, issuer, certificate string, answer []byte, form url.Values) (in, out bool, err error) {
	sp, err := (&SSO{Options: Options{URL: "https://flags.example.com"}}).serviceProvider(ctx, state.SAML{EntityID: issuer, Certificate: certificate})
	if err != nil {
		return false, false, err
	}
	signing, err := certificateIn(certificate)
	if err != nil {
		return false, false, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(form.Encode()))
	if err != nil {
		return false, false, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_, refusedIn := assertionIn(sp, answer, "request")
	_, refusedOut := byForm(signing, r)
	return refusedIn == nil, refusedOut == nil, nil
}
