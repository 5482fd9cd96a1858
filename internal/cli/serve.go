package cli

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/server"
)

// stopLimit is how long a server that is told to stop may take: what supervisors
// usually wait before they kill, less a little. Requests that are not answered by then are broken off.
const stopLimit = 8 * time.Second

// The variables that name the first person, as Unleash calls them. They go together: a name without a password would be
// somebody whom nobody can be.
const (
	adminUsername = "UNLEASH_DEFAULT_ADMIN_USERNAME"
	adminPassword = "UNLEASH_DEFAULT_ADMIN_PASSWORD"
)

// serve is `quorate serve`. Every setting is a flag and a variable, but secrets, which are variables only (see Help).
// docs/operations.md has them all, which a test holds.
type serve struct {
	storage
	Listen     string        `default:":4242" env:"QUORATE_LISTEN" placeholder:"ADDRESS" help:"Where to listen, HOST:PORT or :PORT (${default}; $$${env})."`
	Demo       bool          `env:"QUORATE_DEMO" help:"On a first start, add a demo project with flags, with tokens and people to try it with, whose passwords everybody knows ($$${env})."`
	BasePath   string        `env:"QUORATE_BASE_PATH" placeholder:"PATH" help:"A path that comes before all others, such as /flags ($$${env})."`
	PublicURL  string        `name:"public-url" env:"QUORATE_PUBLIC_URL,UNLEASH_URL" placeholder:"URL" help:"Where browsers reach the server, such as https://flags.example.com; links begin with it ($$${env})."`
	TrustProxy []network     `env:"QUORATE_TRUST_PROXY" placeholder:"NETWORK" help:"Proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8 ($$${env})."`
	SDKLimit   int           `name:"sdk-limit" env:"SDK_API_RATE_LIMIT_PER_MINUTE" placeholder:"N" help:"How many requests of SDKs one address may send in a minute; 0 means 20000, a negative number any ($$${env})."`
	Grace      time.Duration `name:"schedule-grace" default:"1h" env:"QUORATE_SCHEDULE_GRACE" placeholder:"DURATION" help:"How late a scheduled change request is still applied when no server was running at its time, such as 90m; later, it waits for somebody to decide anew (${default}; $$${env})."`
	Private    bool          `name:"integrations-private" env:"QUORATE_INTEGRATIONS_PRIVATE" help:"Let webhooks and other integrations send to private addresses: this machine, and those beside it ($$${env})."`
	mailFlags
	LogLevel slog.Level `default:"info" env:"QUORATE_LOG_LEVEL" placeholder:"LEVEL" help:"debug, info, warn or error; debug logs the requests of SDKs too (${default}; $$${env})."`
}

// Help says what is not a flag: secrets, which other users of the machine could read there.
func (serve) Help() string {
	return `Secrets are read from the environment only:

  QUORATE_SECRET_KEY         the secret key as base64 text; otherwise it is in the file secret.key of the data folder,
                             made on the first start. All servers on one database need the same.
  QUORATE_SMTP_PASSWORD      the password of --smtp-user; EMAIL_PASSWORD means the same
  EDGE_MASTER_KEY            32 bytes as base64 text, from which the secrets of Edges are derived that may ask for tokens
  INIT_ADMIN_API_TOKENS      tokens, separated by commas, that a first start creates: *:*.TEXT
  INIT_BACKEND_API_TOKENS    the same for server-side SDKs: PROJECT:ENVIRONMENT.TEXT, where * is every project
  INIT_CLIENT_API_TOKENS     the old name of INIT_BACKEND_API_TOKENS
  INIT_FRONTEND_API_TOKENS   the same for SDKs in browsers and on phones
  UNLEASH_DEFAULT_ADMIN_USERNAME and UNLEASH_DEFAULT_ADMIN_PASSWORD
                             the first person, an administrator, created when there is nobody yet
  QUORATE_OIDC_SETTINGS      how people sign in by OpenID Connect, whatever was set before: the JSON that the admin API
                             takes, {"enabled":true,"discoverUrl":…,"clientId":…,"secret":…,…}
  QUORATE_SAML_SETTINGS      the same for SAML, {"enabled":true,"entityId":…,"signOnUrl":…,"certificate":…,…}

A first start without an admin token makes one and prints it, once.`
}

// Run serves until ctx is done. Settings are all read before the server is started, so a wrong one starts nothing and
// leaves nothing behind. An error names the setting.
func (c serve) Run(ctx context.Context, t terminal) error {
	log := slog.New(slog.NewTextHandler(t.err, &slog.HandlerOptions{Level: c.LogLevel}))
	admin := server.FirstAdmin{Username: os.Getenv(adminUsername), Password: os.Getenv(adminPassword)}
	if (admin.Username == "") != (admin.Password == "") {
		return fmt.Errorf("%s and %s go together: set both, or none", adminUsername, adminPassword)
	}
	if c.Grace < time.Second { // a request is applied within a second of its time, so less would keep it from being applied
		return fmt.Errorf("--schedule-grace is a second or more, not %s", c.Grace)
	}
	public, err := publicURL(c.PublicURL)
	if err != nil {
		return err
	}
	oidc, err := oidcSettings()
	if err != nil {
		return err
	}
	edge, err := edgeMasterKey()
	if err != nil {
		return err
	}
	mails, err := c.mailFlags.settings()
	if err != nil {
		return err
	}
	saml, err := samlSettings()
	if err != nil {
		return err
	}
	proxies := make([]netip.Prefix, len(c.TrustProxy))
	for i, n := range c.TrustProxy {
		proxies[i] = netip.Prefix(n)
	}
	s, err := server.Start(ctx, server.Settings{
		Storage:        c.storage.settings(),
		SecretKey:      os.Getenv("QUORATE_SECRET_KEY"),
		Listen:         c.Listen,
		BasePath:       c.BasePath,
		PublicURL:      public,
		TrustedProxies: proxies,
		SDKPerMinute:   c.SDKLimit,
		ScheduleGrace:  c.Grace,
		EdgeMasterKey:  edge,
		PrivateTargets: c.Private,
		Mail:           mails,
		// Only a first start looks at them (see Help): later ones would bring back what was deleted.
		FirstTokens: app.FirstTokens{
			Admin:    split(os.Getenv("INIT_ADMIN_API_TOKENS")),
			Backend:  append(split(os.Getenv("INIT_BACKEND_API_TOKENS")), split(os.Getenv("INIT_CLIENT_API_TOKENS"))...),
			Frontend: split(os.Getenv("INIT_FRONTEND_API_TOKENS")),
		},
		FirstAdmin: admin,
		OIDC:       oidc,
		SAML:       saml,
		Demo:       c.Demo,
		Version:    version,
		Log:        log,
		Out:        t.out,
	})
	if err != nil {
		return err
	}
	// Whichever comes first: somebody stops the server, or it cannot go on. Stop says why in the second case.
	select {
	case <-ctx.Done():
	case <-s.Failed():
	}
	// The context is over by now if the process was told to stop, but stopping needs one that is not.
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
	defer cancel()
	return s.Stop(stopping)
}

// edgeMasterKey reads EDGE_MASTER_KEY, which may be missing. No error repeats it. nil: there is none. An error would end in
// a log.
func edgeMasterKey() ([]byte, error) {
	text := os.Getenv("EDGE_MASTER_KEY")
	if text == "" {
		return nil, nil
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != 32 {
		return nil, errors.New("EDGE_MASTER_KEY must be 32 bytes as base64 text, as openssl rand -base64 32 makes them")
	}
	return key, nil
}

// network is an address or a network, 192.0.2.7 or 192.0.2.0/24. An address is a network of one.
type network netip.Prefix

// UnmarshalText reads either form.
func (n *network) UnmarshalText(text []byte) error {
	if address, err := netip.ParseAddr(string(text)); err == nil {
		*n = network(netip.PrefixFrom(address, address.BitLen()))
		return nil
	}
	prefix, err := netip.ParsePrefix(string(text))
	if err != nil {
		return fmt.Errorf("%q is no address and no network", text)
	}
	*n = network(prefix)
	return nil
}

// split returns the values of a list with commas, without white space and empty ones.
func split(list string) []string {
	var values []string
	for value := range strings.SplitSeq(list, ",") {
		if value = strings.TrimSpace(value); value != "" {
			values = append(values, value)
		}
	}
	return values
}

// publicURL returns an address of a web server without a slash at its end. An empty text is not set. What cannot begin a
// link (a query, a fragment, a user) is refused.
func publicURL(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", fmt.Errorf("the public URL must be an address such as https://flags.example.com, not %q", text)
	}
	return strings.TrimRight(text, "/"), nil
}
