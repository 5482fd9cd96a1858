package payload

// KeptAnswers returns how many answers are kept beside a set.
func KeptAnswers(s *Set) int {
	s.kept.mu.RLock()
	defer s.kept.mu.RUnlock()
	return len(s.kept.answers)
}
