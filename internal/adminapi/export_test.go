package adminapi

// CalendarLine returns a text value as a line of a calendar.
func CalendarLine(name, text string) string { return folded(name + ":" + escaped(text)) }
