package app

import (
	"errors"
	"time"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/store"
)

// Away makes an Unavailable fault of an error that is the database's being away, and leaves every other one as it is. What
// writes says so itself; this is for what reads.
func Away(err error) error {
	if fault.As(err) != nil || !errors.Is(err, store.ErrUnavailable) {
		return err
	}
	f := fault.New(fault.Unavailable, "The database is away, so this cannot be looked up now.")
	f.RetryAfter = 2 * time.Second
	return f
}
