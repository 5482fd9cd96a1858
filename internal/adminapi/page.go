package adminapi

import "strconv"

// pageOf returns the part of a list that offset and limit choose. What is no number, or out of range,
// falls back to the default: Unleash's lists answer so and refuse nothing. An offset behind the end is
// an empty page.
func pageOf[T any](list []T, offset, limit string, standard, largest int) []T {
	from, n := pageBounds(offset, limit, standard, largest)
	from = min(from, len(list))
	return list[from:min(from+n, len(list))]
}

// pageBounds returns the numbers that offset and limit mean: offset counts items from 0, and limit is 1
// to largest. A limit above largest is as good as none, and gives standard, not largest.
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
