package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/quorate/quorate/internal/server"
	"github.com/quorate/quorate/internal/state"
)

// oidcVariable holds how people sign in by OpenID Connect, with a secret: so it is no flag.
const oidcVariable = "QUORATE_OIDC_SETTINGS"

// oidcSettings returns what the environment says about OpenID Connect; nil: nothing.
func oidcSettings() (*server.OIDC, error) {
	var settings server.OIDC
	given, err := fromEnvironment(oidcVariable, &settings)
	if !given || err != nil {
		return nil, err
	}
	return &settings, nil
}

// samlVariable holds how people sign in by SAML.
const samlVariable = "QUORATE_SAML_SETTINGS"

// samlSettings returns what the environment says about SAML; nil: nothing.
func samlSettings() (*state.SAML, error) {
	var settings state.SAML
	given, err := fromEnvironment(samlVariable, &settings)
	if !given || err != nil {
		return nil, err
	}
	return &settings, nil
}

// fromEnvironment reads a variable that holds a JSON object, and reports whether it is set. Unknown fields are refused,
// unlike in the API: a misspelt one would be a setting that never holds, and nobody would see it.
func fromEnvironment(variable string, into any) (bool, error) {
	text := strings.TrimSpace(os.Getenv(variable))
	if text == "" {
		return false, nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		// A decoder stops behind the first value; a second would be passed over.
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("there is something behind the object")
		}
	}
	if err != nil {
		return false, fmt.Errorf("%s is not the JSON object that it should be: %w", variable, err)
	}
	return true, nil
}
