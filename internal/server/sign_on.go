package server

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/state"
)

// OIDC is how people sign in by OpenID Connect, with the client's secret.
// It is read from the settings of the server as JSON (docs/single-sign-on.md).
type OIDC struct {
	state.OIDC
	Secret string `json:"secret"`
}

// fixSignOn makes what is set about identity providers what the server's settings say. What is so
// already is not written again, so nodes may do this one after the other.
// The admin API then refuses to change it (adminapi.ConfiguredElsewhere).
func (s *Server) fixSignOn(ctx context.Context) error {
	system := app.Caller{Actor: access.System()}
	if fixed := s.settings.OIDC; fixed != nil {
		secret := fixed.Secret
		if known, err := s.identity.SignOnSecret(ctx, state.OIDCSetting); err == nil && known == secret {
			secret = ""
		}
		if err := s.app.SetOIDC(ctx, system, fixed.OIDC, secret); err != nil {
			return fmt.Errorf("server: the settings of OpenID Connect: %w", err)
		}
	}
	if fixed := s.settings.SAML; fixed != nil {
		if err := s.app.SetSAML(ctx, system, *fixed); err != nil {
			return fmt.Errorf("server: the settings of SAML: %w", err)
		}
	}
	return nil
}

// Rescue lets an administrator in again who cannot sign in: it opens the storage, which no
// running server may use if it is SQLite, and returns the secret of a link to choose a password.
// The server is opened and not started: nothing follows the ledger, and no request is answered.
func Rescue(ctx context.Context, storage Storage, secretKey, name string) (secret string, err error) {
	if err := storage.exists(); err != nil {
		return "", err
	}
	s := &Server{settings: Settings{Storage: storage, SecretKey: secretKey, Log: slog.New(slog.DiscardHandler)}}
	defer func() {
		if closing := s.close(); err == nil {
			err = closing
		}
	}()
	if err := s.open(ctx); err != nil {
		return "", err
	}
	return s.app.Rescue(ctx, name)
}
