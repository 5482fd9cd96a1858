package integration

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/quorate/quorate/internal/notify"
)

// Targets are chosen by people who may not administer the server, and the server can often reach more than they can
// (docs/integrations.md, "What keeps it safe"). So what an address leads to is checked twice: as it is written, to tell
// whoever sets it, and as it is dialled, which is what counts.

// Bounds of one request.
const (
	// requestLimit bounds a request from the dial to the end of the answer. An attempt may have several of them (sendSlackApp).
	dialLimit    = 5 * time.Second
	requestLimit = 15 * time.Second
	maxHeaders   = 32 << 10
	maxAnswer    = 64 << 10 // of which anything is read
)

// privateError says that a target may not be reached: it has a private address.
// It does not name the host by which the target was given, which may be secret.
type privateError struct{ address netip.Addr }

// Error says how it can be allowed.
func (e *privateError) Error() string {
	return fmt.Sprintf("%s is a private address. Whoever runs the server can allow those with QUORATE_INTEGRATIONS_PRIVATE.", e.address)
}

// newClient returns what speaks to targets. Redirects are not followed: what is sent is meant for
// the address that was configured. No proxy is asked, since it would be the proxy's address that is checked.
// One idle connection per host is kept, since one thing at a time is sent to an integration.
func newClient(private bool) *http.Client {
	dialer := &net.Dialer{Timeout: dialLimit}
	if !private {
		dialer.Control = notPrivate
	}
	return &http.Client{
		Timeout: requestLimit,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: dialLimit,
			MaxResponseHeaderBytes: maxHeaders, MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// notPrivate refuses connections to private addresses, whatever name led to them.
// It is the dialer's Control, called for each address that a name leads to, after the name was looked up and before
// anything is sent. Whatever answer the name had when the address was set, or has the next moment, does not matter.
func notPrivate(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("integration: dial %s: %w", address, err)
	}
	if isPrivate(at.Addr()) {
		return &privateError{at.Addr().Unmap()}
	}
	return nil
}

// reserved are networks that are not the public Internet, besides those that netip knows; and
// those in which addresses of other networks can be hidden (IANA's special-purpose registries).
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("100::/64"),
}

// isPrivate reports whether an address is not one of the public Internet. IPv4 addresses inside of IPv6 ones count as
// what they lead to.
func isPrivate(address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	if !address.IsGlobalUnicast() || address.IsPrivate() {
		return true
	}
	for _, network := range reserved {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// checkURL says what is wrong with an address, as far as that can be said without looking up its
// name.
// It is for the reader of a form. A name can lead anywhere later, so notPrivate decides.
func (x *Integrations) checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("this is not an address that begins with https:// or http://")
	}
	host := u.Hostname()
	address, err := netip.ParseAddr(host)
	if strings.EqualFold(host, "localhost") {
		address, err = netip.AddrFrom4([4]byte{127, 0, 0, 1}), nil
	}
	if err == nil && !x.Private && isPrivate(address) {
		return &privateError{address}
	}
	return nil
}

// answer is what a target said.
type answer struct {
	status int
	// how long the target wants to be left alone (Retry-After); 0: it did not say
	later time.Duration
	body  []byte // its beginning, as far as it came
}

// post sends a body to an address. Errors and answers name neither the address, which may be
// secret, nor anything of the headers.
//
// An error that is no notify.PermanentError is passing. That there was an answer, whatever its status, is no error.
func (x *Integrations) post(ctx context.Context, to string, headers map[string]string, body []byte) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return answer{}, &notify.PermanentError{Reason: "The address is none."}
	}
	request.Header.Set("User-Agent", "Quorate")
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := x.client.Do(request)
	if err != nil {
		return answer{}, unnamed(err)
	}
	defer func() { _ = response.Body.Close() }()
	// The status says whether it has arrived. If the rest breaks off, sending it again would make it arrive twice.
	said, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return answer{response.StatusCode, x.retryAfter(response.Header.Get("Retry-After")), said}, nil
}

// unnamed returns why a request failed, without the address.
func unnamed(err error) error {
	if private, ok := errors.AsType[*privateError](err); ok {
		return &notify.PermanentError{Reason: private.Error()}
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	return fmt.Errorf("the target could not be reached: %w", err)
}

// retryAfter reads seconds or a date.
// Both forms are HTTP's (RFC 9110, section 10.2.3). 0 means that the target has not said, or nothing that can be read.
func (x *Integrations) retryAfter(text string) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil && seconds > 0 {
		// About twelve days: more would overflow at some point, and notify waits for less anyway.
		return time.Duration(min(seconds, 1<<20)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(x.Now()))
	}
	return 0
}

// verdict says whether an answer's status is good, passing or lasting.
// The table is in docs/integrations.md, "Whether it arrived". 408, 425 and 429 say themselves that another attempt is welcome;
// any other 4xx says that this very request is wrong, and it would be no other the next time.
func (a answer) verdict() error {
	switch {
	case a.status >= 200 && a.status < 300:
		return nil
	case a.status >= 300 && a.status < 400:
		return &notify.PermanentError{Reason: fmt.Sprintf("Status code %d: redirects are not followed. Configure the address that it leads to.", a.status)}
	case a.status == http.StatusRequestTimeout || a.status == http.StatusTooEarly || a.status == http.StatusTooManyRequests || a.status >= 500:
		return &notify.LaterError{After: a.later, Err: fmt.Errorf("Status code %d.", a.status)} //nolint:staticcheck // a sentence for the log
	default:
		return &notify.PermanentError{Reason: fmt.Sprintf("Status code %d.", a.status)}
	}
}
