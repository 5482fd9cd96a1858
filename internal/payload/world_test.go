package payload_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/state"
)

const (
	development = flagtest.Development
	production  = flagtest.Production
)

// world is a payload and the state that it follows.
type world struct {
	*payload.Payload
	state *state.State
}

func newWorld(s *state.State) *world {
	return &world{payload.New(s, payload.Options{}), s}
}

// do makes a batch happen.
func (w *world) do(t testing.TB, events ...state.Event) {
	t.Helper()
	next, applied, err := state.Fold(w.state, flagtest.Seal(w.state, events...))
	if err != nil {
		t.Fatalf("fold: %v", err)
	}
	w.state = next
	w.Follow(next, applied)
}

// everything is the query of a token that sees all projects.
func everything(env flag.EnvironmentName) payload.Query {
	return payload.NewQuery(token(env, access.Any))
}

func token(env flag.EnvironmentName, projects ...flag.ProjectID) *access.APIToken {
	return &access.APIToken{Type: access.TokenBackend, Environment: env, Projects: projects}
}

// answer is a full answer as a client reads it.
type answer struct {
	Version  int
	Features []feature
	Query    map[string]any
	Segments []segment
	Meta     struct {
		RevisionID int64
		ETag       string
		QueryHash  string
	}
}

// feature is a flag as a client reads it; what its text says is compared whole.
type feature struct {
	Name    string
	Project string
	text    string
}

func (f *feature) UnmarshalJSON(text []byte) error {
	type plain feature
	f.text = string(text)
	return json.Unmarshal(text, (*plain)(f))
}

// segment is a segment as a client reads it.
type segment struct {
	ID   int64
	Name string
	text string
}

func (s *segment) UnmarshalJSON(text []byte) error {
	type plain segment
	s.text = string(text)
	return json.Unmarshal(text, (*plain)(s))
}

// uses returns the ids of the segments that the flag names.
func (f *feature) uses(t fataler) []int64 {
	var parsed struct{ Strategies []struct{ Segments []int64 } }
	mustUnmarshal(t, []byte(f.text), &parsed)
	var ids []int64
	for _, s := range parsed.Strategies {
		ids = append(ids, s.Segments...)
	}
	return ids
}

// fataler is a *testing.T or a *rapid.T.
type fataler interface {
	Fatalf(format string, args ...any)
}

func mustUnmarshal(t fataler, text []byte, into any) {
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func bodyOf(a *payload.Answer) string { return string(a.Body(payload.Identity).Bytes) }

// visitor returns a context that an evaluation needs no chance for.
func visitor() *evaluation.Context {
	return &evaluation.Context{
		UserID: "user-7", SessionID: "session-7", RemoteAddress: "192.0.2.7", AppName: "shop",
		Properties: map[string]string{"country": "NO", "plan": "pro", "appVersion": "2.4.0", "sessionLength": "300", "tenantId": "eu-7"},
		Now:        time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC),
		Random:     func() uint32 { return 7 },
	}
}
