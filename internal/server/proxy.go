package server

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// fromProxies makes RemoteAddr the address of the client behind proxies that are
// trusted: going back through X-Forwarded-For, the first address that is no such
// proxy's. What comes before it in the header, anybody could have written.
func fromProxies(trusted []netip.Prefix, next http.Handler) http.Handler {
	if len(trusted) == 0 {
		return next
	}
	isProxy := func(address netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(address) })
	}
	// A peer that is no trusted proxy may say what it wants: its header is not read.
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && isProxy(peer.Addr().Unmap()) {
			client := behind(peer.Addr().Unmap(), r.Header.Values("X-Forwarded-For"), isProxy)
			// Who reads it expects a port. The client's own is unknown.
			r.RemoteAddr = net.JoinHostPort(client.String(), "0")
		}
		next.ServeHTTP(w, r)
	})
}

// behind goes back from a proxy through the hops that were forwarded.
// A hop that is no address ends it: what is before it is believed by nobody. If all hops are proxies', the client is the outermost of them.
func behind(proxy netip.Addr, forwarded []string, isProxy func(netip.Addr) bool) netip.Addr {
	client := proxy
	for _, hop := range slices.Backward(strings.Split(strings.Join(forwarded, ","), ",")) {
		address, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		client = address.Unmap()
		if !isProxy(client) {
			break
		}
	}
	return client
}
