package eventlog

import "context"

// SetBlockSize sets how many events are tallied together.
func SetBlockSize(l *Log, events int64) { l.blockSize = events }

// Tally counts the block of events that begins with a revision.
func Tally(ctx context.Context, l *Log, first int64) error { return l.tally(ctx, first) }
