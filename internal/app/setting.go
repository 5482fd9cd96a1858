package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
)

// SetFrontendOrigins says which web pages may read answers of the frontend API: "*" for
// all, or origins such as https://shop.example.com.
// No origin at all means all as well. The order is kept.
//
// Faults: BadData.
func (a *App) SetFrontendOrigins(ctx context.Context, c Caller, origins []string) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin, access.UpdateCORS); err != nil {
			return err
		}
		for _, origin := range origins {
			if !isOrigin(origin) {
				return fault.Field("/body/frontendApiOrigins", "Invalid origin: %s", origin)
			}
		}
		if slices.Equal(d.FrontendOrigins(), origins) {
			return nil
		}
		after, err := json.Marshal(append([]string{}, origins...))
		if err != nil {
			return fmt.Errorf("app: setting: %w", err)
		}
		d.Add(state.Scope{}, state.SettingUpdated{
			ID: state.FrontendOriginsSetting, Before: d.Setting(state.FrontendOriginsSetting), After: string(after),
		})
		return nil
	})
	return err
}

// isOrigin reports whether a text is "*" or scheme, host and port as a browser sends them.
// The Fetch standard writes an origin without a path and without a slash at the end; what differs would never match.
func isOrigin(text string) bool {
	if text == "*" {
		return true
	}
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && text == u.Scheme+"://"+u.Host
}
