package sdkhttp

// Addresses returns how many clients a limiter tells apart.
func Addresses(l *Limiter) int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.byAddress)
}
