package adminapi

import "strconv"

// pageOf returns the part of a list that offset and limit choose. What is no number, or
// out of range, falls back to the default (reference/platform.md, section 5.4).
func pageOf[T any](list []T, offset, limit string, standard, largest int) []T {
	from, n := pageBounds(offset, limit, standard, largest)
	from = min(from, len(list))
	return list[from:min(from+n, len(list))]
}

// pageBounds returns the numbers that offset and limit mean.
func pageBounds(offset, limit string, standard, largest int) (from, n int) {
	from, err := strconv.Atoi(offset)
	if err != nil || from < 0 {
		from = 0
	}
	n, err = strconv.Atoi(limit)
	if err != nil || n < 1 || n > largest {
		n = standard
	}
	return from, n
}
