package sdkhttp_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/sdkhttp"
)

func TestMatches(t *testing.T) {
	t.Parallel()
	const strong, weak = `"a:1:v1"`, `W/"f00"`
	for _, c := range []struct {
		header []string
		etag   string
		want   bool
	}{
		{nil, strong, false},
		{[]string{""}, strong, false},
		{[]string{strong}, strong, true},
		{[]string{`W/"a:1:v1"`}, strong, true},
		{[]string{`"x" , "a:1:v1"`}, strong, true},
		{[]string{`"x"`, strong}, strong, true},
		{[]string{"*"}, strong, true},
		{[]string{`a:1:v1`}, strong, false},
		{[]string{`"a:1:v1" x`}, strong, false},
		{[]string{weak}, weak, true},
		{[]string{`"f00"`}, weak, true},
		{[]string{`W/"f0"`}, weak, false},
	} {
		if got := sdkhttp.Matches(c.header, c.etag); got != c.want {
			t.Errorf("%q against %s: got %t, want %t", c.header, c.etag, got, c.want)
		}
	}
}

func TestReadJSON(t *testing.T) {
	t.Parallel()
	for body, c := range map[string]struct {
		want any
		kind fault.Kind
	}{
		"":                                   {nil, ""},
		"  ":                                 {nil, ""},
		"null":                               {nil, ""},
		`{"a":[1.50,null]}`:                  {map[string]any{"a": []any{json.Number("1.50"), nil}}, ""},
		"1 ":                                 {json.Number("1"), ""},
		"{":                                  {nil, fault.BadData},
		"{} {}":                              {nil, fault.BadData},
		"{}]":                                {nil, fault.BadData},
		"nul":                                {nil, fault.BadData},
		`"` + strings.Repeat("x", 100) + `"`: {nil, fault.TooLarge},
		"1" + strings.Repeat(" ", 100):       {nil, fault.TooLarge},
		strings.Repeat("[", 60):              {nil, fault.BadData},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
		got, err := sdkhttp.ReadJSON(httptest.NewRecorder(), r, 64)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q: the value differs (-want +got):\n%s", body, diff)
		}
		if c.kind == "" && err != nil || c.kind != "" && !fault.Is(err, c.kind) {
			t.Errorf("%q: got the error %v, want the kind %q", body, err, c.kind)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value any
		want  string
		ok    bool
	}{
		{"x", "x", true},
		{"", "", true},
		{true, "true", true},
		{json.Number("7"), "7", true},
		{json.Number("7.0"), "7", true},
		{json.Number("-0.50"), "-0.5", true},
		{json.Number("1e3"), "1000", true},
		{json.Number("1e400"), "1e400", true},
		{[]any{json.Number("1"), "b", nil, []any{true}}, "1,b,,true", true},
		{nil, "", false},
		{map[string]any{}, "", false},
	} {
		if got, ok := sdkhttp.Text(c.value); got != c.want || ok != c.ok {
			t.Errorf("%v: got %q, %t, want %q, %t", c.value, got, ok, c.want, c.ok)
		}
	}
}

// clock is a clock that stands until it is moved.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func from(address string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = address
	return r
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	clock := &clock{now: time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)}
	limiter := sdkhttp.NewLimiter(3, clock.Now)
	allowed := func(address string) bool {
		err := limiter.Allow(from(address))
		if err != nil && !fault.Is(err, fault.RateLimit) {
			t.Fatalf("got %v, want a fault of the kind RateLimit", err)
		}
		return err == nil
	}
	for range 3 {
		if !allowed("192.0.2.1:1") {
			t.Fatal("one of three requests is refused")
		}
	}
	if allowed("192.0.2.1:2") {
		t.Error("the fourth request is let through")
	}
	if !allowed("192.0.2.2:1") {
		t.Error("another client is refused")
	}
	clock.now = clock.now.Add(20 * time.Second)
	if !allowed("192.0.2.1:1") || allowed("192.0.2.1:1") {
		t.Error("a third of a minute later, it is not exactly one more request")
	}
	// A client has a whole IPv6 network to itself, and a mapped address is an IPv4 one.
	for i := range 3 {
		if !allowed(fmt.Sprintf("[2001:db8::%d]:1", i+1)) {
			t.Fatal("one of three requests is refused")
		}
	}
	if allowed("[2001:db8::ffff]:1") || !allowed("[2001:db8:0:1::1]:1") || allowed("[::ffff:192.0.2.1]:1") {
		t.Error("addresses are told apart otherwise than by network")
	}
}

func TestNoLimit(t *testing.T) {
	t.Parallel()
	limiter := sdkhttp.NewLimiter(-1, time.Now)
	w := httptest.NewRecorder()
	for range 100 {
		if err := limiter.AllowAndTell(w, from("192.0.2.1:1")); err != nil {
			t.Fatalf("got %v, want no limit", err)
		}
	}
	if len(w.Header()) != 0 {
		t.Errorf("got headers %v, want none", w.Header())
	}
}

// TestLimiterIsBounded: more clients than are told apart do not fill the memory.
func TestLimiterIsBounded(t *testing.T) {
	t.Parallel()
	clock := &clock{now: time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)}
	limiter := sdkhttp.NewLimiter(60, clock.Now)
	for i := range 50_000 {
		clock.now = clock.now.Add(time.Millisecond)
		if err := limiter.Allow(from(fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255))); err != nil {
			t.Fatal(err)
		}
	}
	if got := sdkhttp.Addresses(limiter); got > 20_000 {
		t.Errorf("%d addresses are told apart, want at most 20,000", got)
	}
}
