package identity

import (
	"context"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/store"
)

// Feedback is what a person has answered to a question of a web app.
type Feedback = store.Feedback

// Shown is what a web app has shown and asked a person.
type Shown struct {
	Splashes  []string // that the person has seen, by name
	Feedbacks []Feedback
}

// maxShown bounds how many splash screens and questions each are remembered of a person.
const maxShown = 100

// Shown returns an account's.
func (i *Identity) Shown(ctx context.Context, account int64) (Shown, error) {
	splashes, err := i.db.Splashes(ctx, account)
	if err != nil {
		return Shown{}, away(err)
	}
	feedbacks, err := i.db.Feedbacks(ctx, account)
	return Shown{splashes, feedbacks}, away(err)
}

// SeeSplash notes that an account has seen a splash screen.
//
// Faults: ExceedsLimit.
func (i *Identity) SeeSplash(ctx context.Context, account int64, name string) error {
	seen, err := i.db.Splashes(ctx, account)
	if err != nil {
		return away(err)
	}
	if !slices.Contains(seen, name) && len(seen) >= maxShown {
		return flag.ExceedsLimit("splash", maxShown)
	}
	return away(i.db.Update(ctx, func(tx *store.Tx) error { return tx.PutSplash(account, name, i.now()) }))
}

// GiveFeedback notes what an account answers to a question. edit is handed what it has answered before, nothing if it
// has not.
//
// Faults: ExceedsLimit.
func (i *Identity) GiveFeedback(ctx context.Context, account int64, name string, edit func(f *Feedback, now time.Time)) (Feedback, error) {
	all, err := i.db.Feedbacks(ctx, account)
	if err != nil {
		return Feedback{}, away(err)
	}
	f := Feedback{Account: account, Name: name}
	if at := slices.IndexFunc(all, func(f Feedback) bool { return f.Name == name }); at >= 0 {
		f = all[at]
	} else if len(all) >= maxShown {
		return f, flag.ExceedsLimit("feedback", maxShown)
	}
	edit(&f, i.now())
	return f, away(i.db.Update(ctx, func(tx *store.Tx) error { return tx.PutFeedback(f) }))
}
