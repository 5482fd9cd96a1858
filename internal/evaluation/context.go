package evaluation

import (
	"net/netip"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
)

// Context is who asks, and the moment of asking. It remembers what it has parsed,
// so that a thousand flags parse an address or a version once; therefore only one
// goroutine may use it at a time. Its fields may be changed between evaluations.
type Context struct {
	// The root fields are texts as the caller sent them. An empty one is missing, as
	// for the Go SDK; to others it is a value.
	UserID        string
	SessionID     string
	RemoteAddress string // an IP address without port
	Environment   string
	AppName       string
	CurrentTime   string // RFC 3339, or milliseconds since 1970

	// Properties are the fields with names of the caller's own. Here an empty value
	// is a value; whoever was sent null leaves the property out.
	Properties map[string]string

	// Now is the time of a context without CurrentTime.
	Now time.Time
	// Random returns a number, each of all equally often. It decides where there is
	// nothing to be sticky to, and must not be nil.
	Random func() uint32
	// Hostname is that of the process that wants to know; empty if nobody knows which
	// one that will be. Only the deprecated strategy applicationHostname asks for it.
	Hostname string

	numbers   memo[float64]
	addresses memo[netip.Addr]
	instants  memo[time.Time]
	versions  memo[*semver.Version]
	lowered   memo[string]
	key       []byte // room for what is hashed
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

// Set gives a field a value: the root field of that name, else a property.
func (c *Context) Set(name, value string) {
	switch fieldNamed(name).root {
	case userID:
		c.UserID = value
	case sessionID:
		c.SessionID = value
	case remoteAddress:
		c.RemoteAddress = value
	case environment:
		c.Environment = value
	case appName:
		c.AppName = value
	case currentTime:
		c.CurrentTime = value
	case noRoot:
		if c.Properties == nil {
			c.Properties = map[string]string{}
		}
		c.Properties[name] = value
	}
}

// number parses a number. The empty text is zero, which its memo would not know.
func (c *Context) number(text string) (float64, bool) {
	if text == "" {
		return 0, true
	}
	return c.numbers.parsed(text, parseNumber)
}

// address parses an IP address.
func (c *Context) address(text string) (netip.Addr, bool) {
	return c.addresses.parsed(text, parseAddress)
}

// instant parses a time.
func (c *Context) instant(text string) (time.Time, bool) {
	return c.instants.parsed(text, parseTime)
}

// version parses a semantic version.
func (c *Context) version(text string) (*semver.Version, bool) {
	return c.versions.parsed(text, parseVersion)
}

// lower maps a text to lower case, letter by letter.
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
