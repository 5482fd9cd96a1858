package eventlog

// SetBlockSize sets how many events are tallied together.
func SetBlockSize(l *Log, events int64) { l.blockSize = events }
