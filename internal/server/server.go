// Package server puts the rooms together: it opens the database, catches up with the
// ledger, and serves every API on one address until it is told to stop.
//
// It also answers what belongs to no API: whether the node is alive and ready, and what
// Prometheus asks. What a path answers belongs in sdkapi, ofrep and adminapi; settings
// reach this room as values, from cli; nothing is decided here.
package server

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/eventlog"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/integration"
	"github.com/quorate/quorate/internal/notify"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/usage"
)

// Settings say how a server runs. Storage, Listen, Version, Log and Out are required.
type Settings struct {
	Storage

	// SecretKey is the master key as base64 text; empty: it is in the data folder.
	SecretKey string
	// Listen is the address to listen on; port 0 is any that is free.
	Listen string
	// BasePath comes before every path, such as /flags.
	BasePath string
	// PublicURL is where browsers reach the server, with the base path and without a slash at
	// its end; links begin with it, and cookies are kept to https if it is. Empty: the
	// address that it listens on.
	PublicURL string
	// TrustedProxies are believed what they say about a client's address.
	TrustedProxies []netip.Prefix
	// Mail says how mails are sent; nil: there are none.
	Mail *notify.SMTP
	// PrivateTargets lets integrations send to private addresses.
	PrivateTargets bool
	// SDKPerMinute bounds the requests of SDKs from one address; 0: 20,000, negative: not.
	SDKPerMinute int
	// ScheduleGrace is how late a scheduled change request may be applied, if no node was running at
	// its time; later, its schedule is suspended.
	ScheduleGrace time.Duration
	// EdgeMasterKey is what the secrets of Edges are derived from; empty: none gets tokens.
	EdgeMasterKey []byte
	// FirstTokens are created if there are no tokens yet.
	FirstTokens app.FirstTokens
	// FirstAdmin is the first person, an administrator, if there is nobody yet.
	FirstAdmin FirstAdmin
	// OIDC, if it is given, is how people sign in by OpenID Connect, whatever was set before.
	OIDC *OIDC
	// SAML is the same for SAML.
	SAML *state.SAML
	// Demo asks a first start for a demo project and tokens to try it with.
	Demo    bool
	Version string
	Log     *slog.Logger
	// Out is where a first start says which tokens it made: their only showing.
	Out io.Writer
}

// FirstAdmin is how the first person signs in; the zero value is nobody.
type FirstAdmin struct{ Username, Password string }

// How often jobs are done.
const (
	flushEvery  = time.Minute
	expireEvery = 5 * time.Second
	// A search counts in the database what was appended since, so it must not become much.
	rememberEvery = time.Minute
	forgetEvery   = time.Hour
	remindEvery   = time.Minute
	digestEvery   = time.Minute
)

// Server is one running node.
// Its fields are set by open, listen and serve, in this order, and not changed after.
type Server struct {
	settings Settings
	db       *store.DB
	engine   *engine.Engine
	app      *app.App
	identity *identity.Identity
	payload  *payload.Payload
	usage    *usage.Usage
	notify   *notify.Notify
	events   *eventlog.Log // what is searched; its links are relative to the host
	// integrations bring events to the outside.
	integrations *integration.Integrations
	keys         *identity.Keyring

	http     *http.Server
	listener net.Listener

	// quit ends the work in the background, and work waits for it.
	quit context.CancelFunc
	work sync.WaitGroup
	// failed is closed when a part ends that should not; failure says which and why.
	failed  chan struct{}
	fail    sync.Once
	failure error
}
