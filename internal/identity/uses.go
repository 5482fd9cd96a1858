package identity

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/quorate/quorate/internal/store"
)

// uses is when each token was last used, by the token's id, as far as this node saw.
type uses struct {
	mu      sync.Mutex
	byToken map[int64]*use
	written map[int64]time.Time // as the database has it
}

func (u *uses) of(token int64) *use {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.byToken == nil {
		u.byToken = make(map[int64]*use)
	}
	there := u.byToken[token]
	if there == nil {
		there = &use{}
		u.byToken[token] = there
	}
	return there
}

// unwritten returns the uses that the database does not have.
func (u *uses) unwritten() map[int64]time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	news := make(map[int64]time.Time)
	for token, use := range u.byToken {
		if at := time.Unix(use.last.Load(), 0).UTC(); at.After(u.written[token]) {
			news[token] = at
		}
	}
	return news
}

func (u *uses) wrote(news map[int64]time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.written == nil {
		u.written = make(map[int64]time.Time)
	}
	maps.Copy(u.written, news)
}

// FlushUses writes down when tokens were last used. What cannot be written now is
// tried again by the next call.
func (i *Identity) FlushUses(ctx context.Context) error {
	news, personal := i.uses.unwritten(), i.personalUses.unwritten()
	if len(news)+len(personal) == 0 {
		return nil
	}
	err := i.db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.PutTokenUses(news); err != nil {
			return err
		}
		return tx.PutPersonalTokenUses(personal)
	})
	if err != nil {
		return fmt.Errorf("identity: flush token uses: %w", err)
	}
	i.uses.wrote(news)
	i.personalUses.wrote(personal)
	return nil
}

// TokenUses returns when tokens were last used, to the second, by their ids: what
// all nodes have written down, and what this one has not yet. Tokens that were never
// used are missing.
func (i *Identity) TokenUses(ctx context.Context) (map[int64]time.Time, error) {
	all, err := i.db.TokenUses(ctx)
	if err != nil {
		return nil, fmt.Errorf("identity: token uses: %w", err)
	}
	for token, at := range i.uses.unwritten() {
		if at.After(all[token]) {
			all[token] = at
		}
	}
	return all, nil
}
