package evaluation

import (
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
)

// Context is who asks, and the moment of asking. It remembers what it has parsed,
// so that a thousand flags parse an address or a version once; therefore only one
// goroutine may use it at a time. Its fields may be changed between evaluations.
type Context struct {
	// An empty field is a missing one.
	UserID        string
	SessionID     string
	RemoteAddress string
	Environment   string
	AppName       string
	CurrentTime   string // see parseTime; Now when missing

	// Properties are the fields with names of the caller's own. Here an empty value
	// is a value; one that is null is left out.
	Properties map[string]string

	Now time.Time
	// Random returns a uniformly distributed number. It decides where there is
	// nothing to be sticky to, and must not be nil.
	Random func() uint32
	// Hostname is that of this process; only the deprecated strategy applicationHostname asks.
	Hostname string

	numbers   memo[float64]
	addresses memo[netip.Addr]
	instants  memo[time.Time]
	versions  memo[*semver.Version]
	lowered   memo[string]
}

// memo remembers the last text that was parsed and what became of it. The zero memo
// knows that the empty text has no value.
type memo[T any] struct {
	text  string
	value T
	ok    bool
}

// parsed returns parse(text), calling parse only if the text is not the last one's.
func (m *memo[T]) parsed(text string, parse func(string) (T, bool)) (T, bool) {
	if m.text != text {
		m.value, m.ok = parse(text)
		m.text = text
	}
	return m.value, m.ok
}

func (c *Context) number(text string) (float64, bool) {
	if text == "" {
		return 0, true
	}
	return c.numbers.parsed(text, parseNumber)
}

func (c *Context) address(text string) (netip.Addr, bool) {
	return c.addresses.parsed(text, parseAddress)
}

func (c *Context) instant(text string) (time.Time, bool) {
	return c.instants.parsed(text, parseTime)
}

func (c *Context) version(text string) (*semver.Version, bool) {
	return c.versions.parsed(text, parseVersion)
}

func (c *Context) lower(text string) string {
	lowered, _ := c.lowered.parsed(text, func(s string) (string, bool) { return strings.ToLower(s), true })
	return lowered
}

// draw returns a random number of 1..n.
func (c *Context) draw(n uint64) uint64 { return uint64(c.Random())%n + 1 }

// rootField says which of the context's own fields a name means.
type rootField int

const (
	noRoot rootField = iota
	userID
	sessionID
	remoteAddress
	environment
	appName
	currentTime
)

// field is a place in a context where a value is looked for: a root field, then a
// property. Without a property name, only the root field counts.
type field struct {
	root     rootField
	property string
}

// fieldNamed returns the place that a constraint or a stickiness means by a name.
func fieldNamed(name string) field {
	f := field{property: name}
	switch name {
	case "userId":
		f.root = userID
	case "sessionId":
		f.root = sessionID
	case "remoteAddress":
		f.root = remoteAddress
	case "environment":
		f.root = environment
	case "appName":
		f.root = appName
	case "currentTime":
		f.root = currentTime
	}
	return f
}

// resolve returns the value that the context has in a place, and whether it has one.
func (c *Context) resolve(f field) (string, bool) {
	var value string
	switch f.root {
	case noRoot:
	case userID:
		value = c.UserID
	case sessionID:
		value = c.SessionID
	case remoteAddress:
		value = c.RemoteAddress
	case environment:
		value = c.Environment
	case appName:
		value = c.AppName
	case currentTime:
		value = c.CurrentTime
	}
	if value != "" {
		return value, true
	}
	if f.property == "" {
		return "", false
	}
	value, ok := c.Properties[f.property]
	return value, ok
}

// parseAddress reads an IP address. A zone says where a link-local address is valid
// and is no part of it.
func parseAddress(text string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(text)
	return addr.WithZone(""), err == nil
}

// parseVersion reads a semantic version 2.0: three numbers, no leading v.
func parseVersion(text string) (*semver.Version, bool) {
	v, err := semver.StrictNewVersion(text)
	return v, err == nil
}

// parseTime reads an RFC 3339 time. It also takes what clients send in its place: a
// date, a time without seconds or without zone (then UTC), and milliseconds since
// 1970 in at least nine digits, so that no year is taken for one.
func parseTime(text string) (time.Time, bool) {
	for _, layout := range [...]string{
		time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", time.DateOnly,
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) >= 9 {
		return time.UnixMilli(ms), true
	}
	return time.Time{}, false
}

// parseNumber reads a number as JavaScript's Number does, since that is what the
// server and the SDKs of Unleash read numbers with: 12, -1.5e3, 0x1f, white space
// around it ignored, blank text zero. It never returns NaN.
func parseNumber(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	switch text {
	case "":
		return 0, true
	case "Infinity", "+Infinity":
		return math.Inf(1), true
	case "-Infinity":
		return math.Inf(-1), true
	}
	if len(text) > 2 && text[0] == '0' && strings.IndexByte("xXoObB", text[1]) >= 0 {
		n, err := strconv.ParseUint(text, 0, 64)
		return float64(n), err == nil && strings.IndexByte(text, '_') < 0
	}
	for i := range len(text) {
		if c := text[i]; c > '9' && c != 'e' && c != 'E' { // Go's own notations: inf, nan, 1_000, 0x1p-2
			return 0, false
		}
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil || math.IsInf(n, 0) // too large is infinite, not wrong
}
