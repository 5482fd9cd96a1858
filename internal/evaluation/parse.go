package evaluation

import (
	"math"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
)

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

// parsePattern reads a pattern of RE2, which is searched for anywhere in a value.
func parsePattern(text string, caseInsensitive bool) (*regexp.Regexp, bool) {
	if text == "" {
		return nil, false
	}
	if caseInsensitive {
		text = "(?i)" + text
	}
	p, err := regexp.Compile(text)
	return p, err == nil
}
