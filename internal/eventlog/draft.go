package eventlog

import (
	"context"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// drafts knows which events are about drafts that somebody else may not read: a draft is its author's alone until it is
// submitted, and one that was discarded stays so (docs/change-requests.md, Proposing). It is made for one search, by one
// reader.
type drafts struct {
	log    *Log
	state  *state.State
	reader access.Ref
	closed map[changerequest.ID]bool // requests that are not open: whether they were submitted
}

// An empty reader is nobody, from whom all drafts are hidden: integrations, which send to outside, read so.
func (l *Log) drafts(reader access.Ref) *drafts {
	return &drafts{l, l.state(), reader, map[changerequest.ID]bool{}}
}

// hides reports whether what an event says is hidden from the reader. A request that is open says itself whether it is a
// draft. One that is closed has a row if it was ever submitted; one that was discarded as a draft has none. Who did
// something may read what they did. What this node's state does not have yet may be a draft, so no person is shown it;
// integrations wait for the state before they read.
func (d *drafts) hides(ctx context.Context, e *ledger.Event) (bool, error) {
	if e.Group.Kind != state.ChangeRequestGroup || access.Ref(e.Actor) == d.reader {
		return false, nil
	}
	id := changerequest.ID(e.Group.ID)
	if r := d.state.ChangeRequest(id); r != nil {
		return r.State == changerequest.Draft && r.Author != d.reader, nil
	}
	if !d.state.HadChangeRequest(id) {
		return d.reader != "" && e.Revision > d.state.Revision(), nil
	}
	submitted, known := d.closed[id]
	if !known {
		var err error
		if _, submitted, err = d.log.db.ClosedRequest(ctx, int64(id)); err != nil {
			return false, away("closed request", err)
		}
		d.closed[id] = submitted
	}
	return !submitted, nil
}

// hide leaves of an event that there was one. That there was one must show, since counts and pages are made before it is
// known whose it is. Its request, project and environment are no secret; the flag and what was to change are.
func (e *Event) hide(group ledger.Group) {
	e.Data, e.PreData = requestData{ChangeRequestID: changerequest.ID(group.ID)}, nil
	e.FeatureName = nil
}

// draftedFor returns the events of drafts about the features of a query that the reader may not read. That they
// are about these features is what they would tell, so they must not be found by them. Only these two types have a flag
// beside a request that is not submitted. With other filters nothing is told that hide does not hide.
func (l *Log) draftedFor(ctx context.Context, q Query) ([]int64, error) {
	if len(q.Features) == 0 {
		return nil, nil
	}
	changes, err := l.db.Events(ctx, store.EventFilter{
		Features: q.Features, Types: []string{changerequest.ChangeAdded{}.EventType(), changerequest.ChangeEdited{}.EventType()},
	})
	if err != nil {
		return nil, away("drafts", err)
	}
	drafts := l.drafts(q.Reader)
	var drafted []int64
	for i := range changes {
		hidden, err := drafts.hides(ctx, &changes[i])
		if err != nil {
			return nil, err
		}
		if hidden {
			drafted = append(drafted, changes[i].Revision)
		}
	}
	return drafted, nil
}
