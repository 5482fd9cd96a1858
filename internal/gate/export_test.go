package gate

import (
	"maps"
	"slices"
)

// EventTypes returns the event types that the table has a row for, sorted.
func EventTypes() []string { return slices.Sorted(maps.Keys(rows)) }

// Why returns the reason that a row gives.
func Why(eventType string) string { return rows[eventType].why }
