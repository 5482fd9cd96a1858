package payload_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/state"
)

func mustStream(t *testing.T, w *world, since int64, env flag.EnvironmentName, projects ...flag.ProjectID) *payload.Stream {
	t.Helper()
	s, err := w.Stream(payload.NewQuery(token(env, projects...)), since)
	if err != nil {
		t.Fatalf("stream: %v", err)
	}
	return s
}

// next returns the data of the message that waits for a stream, which must be there.
func next(t *testing.T, s *payload.Stream) string {
	t.Helper()
	select {
	case text, open := <-s.Messages:
		if !open {
			t.Fatal("the stream has ended")
		}
		return dataOf(t, "unleash-updated", text)
	default:
		t.Fatal("there is no message")
		return ""
	}
}

func mustBeSilent(t *testing.T, s *payload.Stream) {
	t.Helper()
	select {
	case text, open := <-s.Messages:
		t.Errorf("got %q (open %t), want no message", text, open)
	default:
	}
}

func mustHaveEnded(t *testing.T, s *payload.Stream) {
	t.Helper()
	for {
		select {
		case _, open := <-s.Messages:
			if !open {
				return
			}
		default:
			t.Fatal("the stream goes on")
		}
	}
}

func TestStreamTellsWhatItsQuerySees(t *testing.T) {
	t.Parallel()
	w := newWorld(fixture())
	all := mustStream(t, w, 0, development, access.Any)
	inner := mustStream(t, w, 0, development, "inner")
	outer := mustStream(t, w, 0, development, "outer")
	elsewhere := mustStream(t, w, 0, production, access.Any)
	if got := dataOf(t, "unleash-connected", inner.Connected...); !strings.Contains(got, `"hydration"`) || strings.Contains(got, "varied") {
		t.Errorf("got %s, want a hydration of project inner", got)
	}

	w.do(t, flagtest.Toggle(w.state.Flag("on"), development))
	want := `{"events":[{"type":"feature-updated","eventId":18,"feature":` + string(w.Set(development).Flag("on").JSON(false)) + `}]}`
	for name, s := range map[string]*payload.Stream{"all": all, "inner": inner} {
		if got := next(t, s); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	mustBeSilent(t, outer)
	mustBeSilent(t, elsewhere)
}

func TestStreamGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(fixture())
	w.Set(development)
	began := w.state.Revision()
	w.do(t, flagtest.Toggle(w.state.Flag("on"), development))
	w.do(t, flagtest.Toggle(w.state.Flag("varied"), development))

	for name, c := range map[string]struct {
		since    int64
		want     string
		unwanted string
	}{
		"nothing known":      {0, "hydration", "feature-updated"},
		"two changes behind": {began, `"name":"on"`, "hydration"},
		"one change behind":  {began + 1, `"name":"varied"`, `"name":"on"`},
		"up to date":         {began + 2, `{"events":[]}`, "hydration"},
		"of another history": {began + 3, "hydration", "feature-updated"},
		"long forgotten":     {began - 1, "hydration", "feature-updated"},
	} {
		got := dataOf(t, "unleash-connected", mustStream(t, w, c.since, development, access.Any).Connected...)
		if !strings.Contains(got, c.want) || strings.Contains(got, c.unwanted) {
			t.Errorf("%s: got %s, want %s and not %s", name, got, c.want, c.unwanted)
		}
	}
}

func TestSlowStreamIsDropped(t *testing.T) {
	t.Parallel()
	w := newWorld(fixture())
	slow := mustStream(t, w, 0, development, access.Any)
	quick := mustStream(t, w, 0, development, access.Any)
	for range 100 {
		w.do(t, flagtest.Toggle(w.state.Flag("on"), development))
		next(t, quick)
	}
	mustHaveEnded(t, slow)
	if got := w.Streams(); got != 1 {
		t.Errorf("got %d open streams, want 1", got)
	}
	slow.Close() // the client's side notices later
	quick.Close()
	if got := w.Streams(); got != 0 {
		t.Errorf("got %d open streams, want none", got)
	}
}

func TestStreamsAreBounded(t *testing.T) {
	t.Parallel()
	s := fixture()
	w := &world{payload.New(s, payload.Options{MaxStreams: 2}), s}
	first := mustStream(t, w, 0, development, access.Any)
	mustStream(t, w, 0, production, access.Any)
	if _, err := w.Stream(everything(development), 0); !fault.Is(err, fault.RateLimit) {
		t.Errorf("got %v, want a fault of the kind RateLimit", err)
	}
	first.Close()
	mustStream(t, w, 0, development, access.Any)
}

func TestStreamsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(fixture())
	before := mustStream(t, w, 0, development, access.Any)
	w.DisconnectAll()
	mustHaveEnded(t, before)
	after := mustStream(t, w, 0, development, access.Any)
	w.Close()
	mustHaveEnded(t, after)
	if _, err := w.Stream(everything(development), 0); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v, want a fault of the kind Unavailable", err)
	}
}

// TestTooLargeChangeEndsStreams removes an environment of a project with more flags
// than the history takes.
func TestTooLargeChangeEndsStreams(t *testing.T) {
	t.Parallel()
	w := newWorld(fixture())
	var flags []state.Event
	for i := range 10_001 {
		name := flag.Name("many-" + string(rune('a'+i/1000)) + "-" + string(rune('a'+i/40%25)) + string(rune('a'+i%40)))
		flags = append(flags, state.Event{Scope: state.Scope{Project: "inner", Feature: name}, Payload: state.FeatureCreated{
			Flag: flag.Flag{Name: name, Project: "inner", Type: "release", Environments: rows(flag.FlagEnvironment{})},
		}})
	}
	s := mustStream(t, w, 0, development, access.Any)
	w.do(t, flags...)
	mustHaveEnded(t, s)
	if got := dataOf(t, "unleash-connected", mustStream(t, w, w.state.Revision()-1, development, access.Any).Connected...); !strings.Contains(got, `"hydration"`) {
		t.Errorf("got %.100s, want a hydration", got)
	}
}

// TestAllAtOnce changes flags while others poll, stream and evaluate; the race detector
// watches.
func TestAllAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(flagtest.State(1, 30))
	changer := flagtest.NewChanger(1, w.state)
	done := make(chan struct{})
	var running, opening sync.WaitGroup
	for i := range 4 {
		env := []flag.EnvironmentName{development, production}[i%2]
		opening.Add(1)
		running.Go(func() {
			s, err := w.Stream(everything(env), 0)
			opening.Done()
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			for range s.Messages {
			}
		})
		running.Go(func() {
			var known int64
			for {
				select {
				case <-done:
					return
				default:
				}
				set := w.Set(env)
				set.Features(everything(env), i%2 == 0).Body(payload.Gzip)
				set.AppendToggles(nil, everything(env), visitor(), false)
				set.AppendResolutions(nil, everything(env), visitor())
				if delta, ok := set.Since(known, everything(env)); !ok {
					known = set.Head().Revision
				} else if delta.Body != nil {
					known = delta.Revision
				}
			}
		})
	}
	for range 200 {
		w.do(t, changer.Next(w.state)...)
	}
	opening.Wait() // or a closed node would refuse the last ones
	close(done)
	w.Close()
	running.Wait()
}
