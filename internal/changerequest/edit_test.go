package changerequest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
)

// rememberer is a world that remembers which lists of changes it was asked about.
type rememberer struct {
	*world
	asked, copies [][]change.Change
}

func (w *rememberer) Places(r *changerequest.Request) []changerequest.Place {
	w.asked, w.copies = append(w.asked, r.Changes), append(w.copies, slices.Clone(r.Changes))
	return w.world.Places(r)
}

// reviewed returns a request in review that switches the flags a and b on, and the world that it is in.
func reviewed() (*changerequest.Request, *rememberer, access.Actor) {
	w := &rememberer{world: newLife(nil, nil).w}
	r := changerequest.New(1, places[here], changerequest.Open(places[here], w.rules[here]), time.Now(), refOf(0))
	r.State = changerequest.InReview
	r.Changes = []change.Change{switchOn(1, "a"), switchOn(2, "b")}
	return r, w, w.actor(0)
}

func switchOn(id change.ID, name flag.Name) change.Change {
	return change.Change{ID: id, Feature: name, Payload: change.UpdateEnabled{Enabled: true}}
}

// TestListsStay holds that a list of changes that somebody was asked about is not changed afterwards: the
// gate remembers what it leads to.
func TestListsStay(t *testing.T) {
	t.Parallel()
	r, w, author := reviewed()
	add := changerequest.Add{Changes: []change.Change{switchOn(3, "a"), switchOn(4, "b"), switchOn(5, "c")}}
	if _, err := changerequest.Decide(r, add, w, author, time.Now()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w.copies, w.asked); diff != "" {
		t.Errorf("lists have changed (-when asked +now):\n%s", diff)
	}
}

// TestReplaceByAnother holds that editing a change cannot make it one of two that set the same thing.
func TestReplaceByAnother(t *testing.T) {
	t.Parallel()
	r, w, author := reviewed()
	_, err := changerequest.Decide(r, changerequest.Replace{Old: 2, Change: switchOn(3, "a")}, w, author, time.Now())
	if !fault.Is(err, fault.BadData) {
		t.Errorf("edit a change into what another does: got %v, want a %s", err, fault.BadData)
	}
	if _, err := changerequest.Decide(r, changerequest.Replace{Old: 1, Change: switchOn(3, "a")}, w, author, time.Now()); err != nil {
		t.Errorf("edit a change: %v", err)
	}
}
