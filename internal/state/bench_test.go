package state_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/state"
)

// large returns an instance with 10,000 flags in three environments.
var large = sync.OnceValue(func() *state.State { return flagtest.State(1, 10_000) })

// BenchmarkFold folds one change of a flag, in instances of two sizes: it should cost what it touches.
func BenchmarkFold(b *testing.B) {
	for _, flags := range []int{100, 10_000} {
		b.Run(fmt.Sprint("flags=", flags), func(b *testing.B) {
			s := flagtest.State(1, flags)
			changer := flagtest.NewChanger(1, s)
			batch := flagtest.Seal(s, changer.Next(s)...)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := state.Fold(s, batch); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPreview shows one change of a flag in 10,000, which is not sealed for that.
func BenchmarkPreview(b *testing.B) {
	s := large()
	events := flagtest.NewChanger(1, s).Next(s)
	at := state.Place{At: s.At(), Actor: string(flagtest.Author)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := state.Preview(s, events, at); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSnapshot writes 10,000 flags down.
func BenchmarkSnapshot(b *testing.B) {
	s := large()
	size := 0
	for b.Loop() {
		data, err := state.Snapshot(s)
		if err != nil {
			b.Fatal(err)
		}
		size = len(data)
	}
	b.ReportMetric(float64(size), "bytes")
}

// BenchmarkRestore reads 10,000 flags, and says how much memory they take.
func BenchmarkRestore(b *testing.B) {
	data, err := state.Snapshot(large())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var s *state.State
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for b.Loop() {
		if s, err = state.Restore(data); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc), "live-bytes")
	runtime.KeepAlive(s)
}

// BenchmarkActor looks up somebody who is a member of 200 projects, as every request does.
func BenchmarkActor(b *testing.B) {
	s := &state.State{}
	events := []state.Event{{Payload: state.LedgerCreated{ID: "0190b5a0-0000-7000-8000-000000000000", Format: 1}}}
	for _, role := range access.BuiltInRoles() {
		events = append(events, state.Event{Payload: state.RoleCreated{Role: role}})
	}
	events = append(events, state.Event{Payload: state.UserCreated{ID: 1, RootRole: access.RoleViewer}})
	for n := range 200 {
		at := state.Scope{Project: flag.ProjectID(fmt.Sprintf("project-%d", n))}
		events = append(events,
			state.Event{Scope: at, Payload: state.ProjectCreated{Project: flag.Project{ID: at.Project, Name: "p", Mode: flag.ModeOpen}}},
			state.Event{Scope: at, Payload: state.ProjectAccessAdded{Subjects: []state.Subject{state.AccountSubject(1)}, Roles: []access.RoleID{access.RoleMember}}})
	}
	s, err := state.Preview(s, events, state.Place{At: noon})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if actor, known := s.Actor(1); !known || len(actor.Projects) != 200 {
			b.Fatalf("got %v", actor)
		}
	}
}
