package evaluation

import (
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"

	"github.com/quorate/quorate/internal/flag"
)

// test is what an operator asks of a value of the context, with its operands parsed.
type test interface {
	// passes answers for the value in the constraint's field. If present is false,
	// the context has none there and the value is empty.
	passes(ctx *Context, value string, present bool) bool
}

// never is the test of what is not understood: no value passes it, nor does a
// missing one.
type never struct{}

func (never) passes(*Context, string, bool) bool { return false }

// newTextTest returns the test of an operator that compares strings. IN does not
// honour CaseInsensitive, as no SDK does.
func newTextTest(c *flag.Constraint) test {
	values := clean(c.Values)
	switch c.Operator {
	case flag.StrStartsWith:
		return newText(strings.HasPrefix, values, c.CaseInsensitive)
	case flag.StrEndsWith:
		return newText(strings.HasSuffix, values, c.CaseInsensitive)
	case flag.StrContains:
		return newText(strings.Contains, values, c.CaseInsensitive)
	default:
		return newOneOf(values)
	}
}

// oneOf asks whether a value is among a few.
type oneOf []string

// oneOfMany asks the same where searching a list would be slow.
type oneOfMany map[string]struct{}

// few is the length up to which a list is searched faster than a set.
const few = 8

func newOneOf(values []string) test {
	if len(values) <= few {
		return oneOf(values)
	}
	set := make(oneOfMany, len(values))
	for _, v := range values {
		set[v] = struct{}{}
	}
	return set
}

func (values oneOf) passes(_ *Context, value string, present bool) bool {
	return present && slices.Contains(values, value)
}

func (values oneOfMany) passes(_ *Context, value string, present bool) bool {
	_, ok := values[value]
	return present && ok
}

// text asks whether a value starts with, ends with or contains one of some strings.
type text struct {
	matches  func(value, part string) bool
	parts    []string // lower-cased if foldCase
	foldCase bool
}

func newText(matches func(value, part string) bool, parts []string, foldCase bool) *text {
	if foldCase {
		for i, p := range parts {
			parts[i] = strings.ToLower(p)
		}
	}
	return &text{matches, parts, foldCase}
}

func (t *text) passes(ctx *Context, value string, present bool) bool {
	if !present {
		return false
	}
	if t.foldCase {
		value = ctx.lower(value)
	}
	for _, p := range t.parts {
		if t.matches(value, p) {
			return true
		}
	}
	return false
}

// order is a set of results of a comparison, of which one is asked for.
type order uint8

const (
	less order = 1 << iota
	equal
	greater
)

// has reports whether the set holds a result as package cmp gives it: -1, 0 or 1.
func (o order) has(result int) bool { return o&(1<<(result+1)) != 0 }

// ordering returns what an operator asks of the comparison of value and operand.
func ordering(o flag.Operator) order {
	switch o {
	case flag.NumEq, flag.SemverEq:
		return equal
	case flag.NumGt, flag.SemverGt, flag.DateAfter:
		return greater
	case flag.NumGte, flag.SemverGte:
		return greater | equal
	case flag.NumLt, flag.SemverLt, flag.DateBefore:
		return less
	case flag.NumLte, flag.SemverLte:
		return less | equal
	default:
		return 0
	}
}

// number compares a value with a number. What is not a number is neither less nor
// greater nor equal.
type number struct {
	order   order
	operand float64
}

func (t number) passes(ctx *Context, value string, present bool) bool {
	if !present {
		return false
	}
	n, ok := ctx.number(value)
	return ok && t.order.has(cmp.Compare(n, t.operand))
}

// date compares a value with an instant. Where the context has no value, its time is
// compared. (Unleash's Node SDK compares the time always, whatever the field.)
type date struct {
	order   order
	operand time.Time
}

func (t date) passes(ctx *Context, value string, present bool) bool {
	if !present {
		value = ctx.CurrentTime
	}
	now, ok := ctx.Now, true
	if value != "" {
		now, ok = ctx.instant(value)
	}
	return ok && t.order.has(now.Compare(t.operand))
}

// version compares a value with a semantic version by precedence: a pre-release is
// less than its release, build metadata does not count.
type version struct {
	order   order
	operand *semver.Version
}

func (t version) passes(ctx *Context, value string, _ bool) bool {
	v, ok := ctx.version(value)
	return ok && t.order.has(v.Compare(t.operand))
}

// pattern searches a value for a regular expression.
type pattern struct{ *regexp.Regexp }

func (t pattern) passes(_ *Context, value string, present bool) bool {
	return present && t.MatchString(value)
}

// networks asks whether a value is an address in one of some networks. IPv4 and
// IPv6 are never mixed.
type networks []netip.Prefix

// newNetworks reads networks and single addresses. It leaves out what is neither,
// and complains about it.
func newNetworks(list []string) (networks, []string) {
	var complaints []string
	nets := make(networks, 0, len(list))
	for _, text := range list {
		if prefix, err := netip.ParsePrefix(text); err == nil {
			nets = append(nets, prefix)
		} else if addr, ok := parseAddress(text); ok {
			nets = append(nets, netip.PrefixFrom(addr, addr.BitLen()))
		} else {
			complaints = append(complaints, fmt.Sprintf("%q is neither an IP address nor a network.", text))
		}
	}
	return nets, complaints
}

func (nets networks) passes(ctx *Context, value string, _ bool) bool {
	addr, ok := ctx.address(value)
	return ok && nets.contain(addr)
}

// contain reports whether an address lies in one of the networks.
func (nets networks) contain(addr netip.Addr) bool {
	for _, n := range nets {
		if n.Contains(addr) {
			return true
		}
	}
	return false
}
