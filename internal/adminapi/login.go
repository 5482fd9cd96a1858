package adminapi

import (
	"cmp"
	"context"
	"net/http"
	"strconv"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/identity"
)

// logins registers who has signed in.
//
// It is plain rows and not the ledger's: who tried to sign in from where names a person
// (docs/people.md, "Signing in").
func (a *api) logins() {
	register(a, operation{
		ID: "getLoginHistory", Method: http.MethodGet, Path: "/logins", Tag: "Instance Admin",
		Summary: "Who has tried to sign in, the newest first",
		Description: "Of the last 14 days, 10,000 at most. What somebody has typed who is nobody here is not kept: it may be a password. " +
			"As CSV for who accepts `text/csv`.",
		Permissions: []access.Permission{access.ReadLogs},
	}, a.getLogins)
	register(a, operation{
		ID: "getLoginHistoryCsv", Method: http.MethodGet, Path: "/logins/csv", Tag: "Instance Admin",
		Summary: "Who has tried to sign in, as CSV", Files: []string{csvType},
		Permissions: []access.Permission{access.ReadLogs},
	}, a.getLoginsCSV)
}

// maxLogins is how many attempts to sign in are shown, and how many tell insights who was active. They
// are kept for 14 days, and a flood of wrong passwords must not fill the memory.
const maxLogins = 10_000

// loginHistory is who has tried to sign in.
type loginHistory struct {
	Events []loginEvent `json:"events"`
}

// loginEvent is an attempt to sign in.
//
// Its ids are not the database's: an attempt has none. The time names it well enough for lists, where
// Unleash's clients want a number.
type loginEvent struct {
	ID            int64   `json:"id" doc:"The time of the attempt, in microseconds."`
	Username      string  `json:"username" doc:"Empty if nobody has the name."`
	AuthType      string  `json:"auth_type" doc:"simple for a password, else the kind of identity provider: oidc or saml."`
	CreatedAt     instant `json:"created_at"`
	Successful    bool    `json:"successful"`
	IP            string  `json:"ip"`
	FailureReason *string `json:"failure_reason,omitempty"`
}

// table returns the attempts as CSV, by the names and in the order of the JSON.
func (h loginHistory) table() table {
	rows := table{{"id", "username", "auth_type", "created_at", "successful", "ip", "failure_reason"}}
	for _, e := range h.Events {
		why := ""
		if e.FailureReason != nil {
			why = *e.FailureReason
		}
		rows = append(rows, []string{
			strconv.FormatInt(e.ID, 10), e.Username, e.AuthType, e.CreatedAt.String(), strconv.FormatBool(e.Successful), e.IP, why,
		})
	}
	return rows
}

func (a *api) getLogins(ctx context.Context, r request, _ *struct{}) (loginHistory, error) {
	list := loginHistory{[]loginEvent{}}
	if err := r.Caller.Actor.Require("", "", access.ReadLogs); err != nil {
		return list, err
	}
	attempts, err := a.People.Logins(ctx, maxLogins)
	if err != nil {
		return list, err
	}
	people, err := a.People.People(ctx)
	if err != nil {
		return list, err
	}
	names := map[int64]string{}
	for _, p := range people {
		// Attempts of a person who is deleted are gone with the person; who has no account has id 0 and
		// no name.
		names[p.ID] = cmp.Or(p.Username, p.Email)
	}
	for _, attempt := range attempts {
		list.Events = append(list.Events, viewLogin(attempt, names[attempt.Account]))
	}
	return list, nil
}

func (a *api) getLoginsCSV(ctx context.Context, r request, _ *struct{}) (streamed, error) {
	list, err := a.getLogins(ctx, r, nil)
	return streamed{list.table()}, err
}

func viewLogin(l identity.Login, name string) loginEvent {
	e := loginEvent{
		ID: l.At.UnixMicro(), Username: name, AuthType: cmp.Or(l.Provider, "simple"), CreatedAt: instant(l.At), Successful: l.Successful, IP: l.IP,
	}
	if !l.Successful {
		e.FailureReason = &l.Failure
	}
	return e
}
