package app

import (
	"context"
	"errors"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
)

// ExpireRequests cancels the change requests whose approvals have not come in time. One that is
// approved or closed meanwhile, here or by another node, is left alone.
func (a *App) ExpireRequests(ctx context.Context) error {
	s, now := a.State(), a.now()
	if s.ChangeRequests().Disabled {
		return nil
	}
	var failed error
	for r := range s.OpenRequests() {
		if deadline := r.Deadline(); deadline.IsZero() || now.Before(deadline) {
			continue
		}
		_, err := a.CommandRequest(ctx, Caller{Actor: access.System()}, r.Project, r.ID, changerequest.Expire{})
		if err != nil && !fault.Is(err, fault.BadData) && !fault.Is(err, fault.NotFound) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}
