// Package archtest keeps the house in order. It holds the table of rooms, says
// which rooms each of them may import, and checks the source against it: data
// flows one way, the core stays pure, and every room says what it is for.
//
// A failure names the place, the rule and the reason for the rule. Whoever finds a
// rule in the way changes the table here, with the reason, in the same commit;
// docs/architecture.md is printed from it (go test ./internal/archtest -update).
//
// Rules about the style of code do not belong here but in .golangci.yml; rules that
// one room keeps about its own values belong to that room's tests.
package archtest

import "strings"

// Level says what a room may do with the world.
type Level string

// The levels.
const (
	// Core rooms are pure: values in, values out. Time, ids and randomness are arguments.
	Core Level = "core"
	// Shell rooms are where the world is: clock, database, network, goroutines.
	Shell Level = "shell"
	// Support rooms help tests; only test files and other support rooms import them.
	Support Level = "support"
	// Program rooms are what is built: a main package, or files embedded into it.
	Program Level = "program"
)

// Room is one package of the house, with the packages below it that have no row of
// their own.
type Room struct {
	// Dir is the room's folder, from the root of the repository.
	Dir   string
	Level Level
	// For says in one phrase what the room is for.
	For string
	// May lists the rooms that this one may import, by name. Besides these, a room
	// may import fault, and every core room that a room in the list may import.
	May []string
	// Why is the reason for the list being as short as it is.
	Why string
}

// Name is the room's folder as other rows and the documentation call it: without internal/.
func (r Room) Name() string { return strings.TrimPrefix(r.Dir, "internal/") }

// everyone is the room that all others may import.
const everyone = "fault"

// Rooms returns the table of rooms, from the innermost out. A room may stand in it
// before it is written.
func Rooms() []Room {
	return []Room{
		{
			Dir: "internal/fault", Level: Core,
			For: "kinds of expected failure, each with a sentence for the reader",
			Why: "every room imports it, so it can import none",
		},
		{
			Dir: "internal/flag", Level: Core,
			For: "the model: project, environment, flag, strategy, constraint, segment, variant; validation",
			Why: "the words stand on their own; whoever uses them depends on them, never the other way",
		},
		{
			Dir: "internal/evaluation", Level: Core,
			For: "compile a flag once, evaluate it many times",
			May: []string{"flag"},
			Why: "an answer depends on a flag and a context, on nobody's role and on no history",
		},
		{
			Dir: "internal/access", Level: Core,
			For: "roles, permissions, grants: may this actor do this here?",
			May: []string{"flag"},
			Why: "a permission is decided by who asks and where, not by what is asked",
		},
		{
			Dir: "internal/change", Level: Core,
			For: "the typed changes of requests: effect, diff, inverse, conflict, drift, content id",
			May: []string{"flag"},
			Why: "what a change does is the same whoever proposes it",
		},
		{
			Dir: "internal/changerequest", Level: Core,
			For: "the life of a change request and its rules",
			May: []string{"change", "access"},
			Why: "a request is decided from its own values and the rules, so that a small model can check every step",
		},
		{
			Dir: "internal/window", Level: Core,
			For: "freezes and maintenance windows: when an environment takes changes, and when next",
			May: []string{"flag"},
			Why: "what is open when follows from the windows and the time alone, so that a slow model can check every minute",
		},
		{
			Dir: "internal/ledger", Level: Core,
			For: "bytes, hash chain, batches; knows no nouns",
			Why: "a chain must be verifiable by a release that knows none of its nouns",
		},
		{
			Dir: "internal/state", Level: Core,
			For: "event payloads, the fold, upcasts; queries over a State",
			May: []string{"flag", "access", "change", "changerequest", "window", "ledger"},
			Why: "the fold is the same on every node and in every preview, so it sees values only",
		},
		{
			Dir: "internal/decide", Level: Core,
			For: "what a write leads to: from a state and values to events; shared by direct writes, applying and previews",
			May: []string{"state", "evaluation"},
			Why: "a direct write, an applied request and a preview come to the same events, so none of them decides by itself",
		},
		{
			Dir: "internal/gate", Level: Core,
			For: "(state, actor, events) → direct, propose, bypass, refuse",
			May: []string{"state", "decide"},
			Why: "who may write where is decided from the state alone, and so can be asked about any state",
		},
		{
			Dir: "internal/consequence", Level: Core,
			For: "what a write does to open change requests besides its own events: cancels and suspends",
			May: []string{"state", "decide", "gate"},
			Why: "what a write breaks is decided from the states before and after it, so that it can be asked before as well",
		},
		{
			Dir: "internal/history", Level: Core,
			For: "what the configuration was, and how it differs between two states",
			May: []string{"state"},
			Why: "what was is read off a state, whatever it was made of",
		},
		{
			Dir: "internal/flagtest", Level: Support,
			For: "instances of any size that look like a company's, for tests and benchmarks",
			May: []string{"state"},
			Why: "it makes events and states, so that every room can be tested on the same ones",
		},
		{
			Dir: "internal/store", Level: Shell,
			For: "SQLite and PostgreSQL, one SQL text; migrations",
			May: []string{"ledger"},
			Why: "it keeps batches and rows; if it knew nouns, a new noun would be a new store",
		},
		{
			Dir: "internal/store/storetest", Level: Support,
			For: "the conformance suite, and a database of its own for each test",
			May: []string{"store"},
			Why: "what both databases promise is said without the rooms that rely on it",
		},
		{
			Dir: "internal/engine", Level: Shell,
			For: "the one write path: decide → append → fold → publish; snapshots",
			May: []string{"gate", "consequence", "store"},
			Why: "it carries every decision and knows none of them",
		},
		{
			Dir: "internal/app", Level: Shell,
			For: "what can be done: one file per use case, writes only",
			May: []string{"engine", "store"},
			Why: "a use case hands the engine a decision, and rows for the same transaction; it speaks no HTTP",
		},
		{
			Dir: "internal/identity", Level: Shell,
			For: "who is calling: passwords, sessions, tokens; people",
			May: []string{"access", "state", "store"},
			Why: "who is calling is settled before anything is done, so it can do nothing",
		},
		{
			Dir: "internal/webfault", Level: Shell,
			For: "a fault as an HTTP answer, in the form that Unleash's clients read",
			Why: "every room that speaks HTTP imports it, so it knows none of them",
		},
		{
			Dir: "internal/payload", Level: Shell,
			For: "what SDKs are sent, kept in step with the state; streams",
			May: []string{"evaluation", "state"},
			Why: "no SDK request touches the database, so the room that answers cannot reach it",
		},
		{
			Dir: "internal/usage", Level: Shell,
			For: "metrics that SDKs send; applications",
			May: []string{"store"},
			Why: "counting what was used changes nothing that is served",
		},
		{
			Dir: "internal/eventlog", Level: Shell,
			For: "the public event log: a projection of the ledger's events",
			May: []string{"state", "store"},
			Why: "it tells what happened and can make nothing happen",
		},
		{
			Dir: "internal/requests", Level: Shell,
			For: "where change requests are looked for: open ones in the state, closed ones in their index and events",
			May: []string{"state", "store"},
			Why: "it finds requests and can do nothing with them",
		},
		{
			Dir: "internal/sdkhttp", Level: Shell,
			For: "what the HTTP of all SDKs has in common: tokens, limits, cross-origin requests, contexts",
			May: []string{"evaluation", "identity", "webfault"},
			Why: "it knows no path, so that both protocols can share it",
		},
		{
			Dir: "internal/sdkapi", Level: Shell,
			For: "HTTP for Unleash SDKs",
			May: []string{"payload", "usage", "webfault", "sdkhttp"},
			Why: "SDKs read; an SDK path that could write would be a second door",
		},
		{
			Dir: "internal/ofrep", Level: Shell,
			For: "HTTP for OpenFeature providers (OFREP)",
			May: []string{"payload", "usage", "webfault", "sdkhttp"},
			Why: "providers read; an OFREP path that could write would be a second door",
		},
		{
			Dir: "internal/notify", Level: Shell,
			For: "deliveries: mail, webhooks, chat; cursor and rows in one transaction",
			May: []string{"state", "store"},
			Why: "it follows the ledger behind its own cursor; no write calls it, so nothing is told twice",
		},
		{
			Dir: "internal/integration", Level: Shell,
			For: "webhooks, Slack, Teams, Datadog and New Relic: which events go there, and what they are sent",
			May: []string{"app", "eventlog", "notify", "state", "store"},
			Why: "what is sent is a delivery like a mail: notify's queue says when it is tried, and app who may set it up",
		},
		{
			Dir: "internal/interchange", Level: Shell,
			For: "import and export, takeover from Unleash",
			May: []string{"app"},
			Why: "an import is a command like any other",
		},
		{
			Dir: "internal/adminapi", Level: Shell,
			For: "HTTP for the web app, Terraform, scripts; reads go straight to the state",
			May: []string{"app", "state", "identity", "eventlog", "requests", "usage", "interchange", "integration", "notify", "webfault", "history"},
			Why: "it writes through app only, so that no handler can go round the gate",
		},
		{
			Dir: "internal/sso", Level: Shell,
			For: "single sign-on: browsers to an identity provider and back",
			May: []string{"app", "identity", "state", "webfault"},
			Why: "it checks what a provider vouches for; whom that lets in, app decides, and identity remembers",
		},
		{
			Dir: "internal/scim", Level: Shell,
			For: "SCIM: a company's directory keeps people and groups here as they are there",
			May: []string{"app", "identity", "webfault"},
			Why: "it translates a protocol; what provisioning means for accounts, app decides",
		},
		{
			Dir: "internal/scheduler", Level: Shell,
			For: "when due work is done: jobs again and again, alarms at their time",
			Why: "it knows times and functions; what is due, and what is done then, server hands in",
		},
		{
			Dir: "web", Level: Program,
			For: "the web app's files, embedded",
			Why: "it holds files and decides nothing",
		},
		{
			Dir: "internal/server", Level: Shell,
			For: "puts the rooms together; start, health, Prometheus, stop",
			May: []string{
				"store", "engine", "app", "identity", "payload", "usage", "eventlog", "requests", "webfault",
				"sdkapi", "ofrep", "adminapi", "sso", "scim", "scheduler", "notify", "integration", "web",
			},
			Why: "it is the only room that knows all others; settings reach it as values, from cli",
		},
		{
			Dir: "internal/server/servertest", Level: Support,
			For: "a server inside a test's process, empty or filled",
			May: []string{"server", "app", "identity", "store", "flagtest"},
			Why: "it fills a database and starts a server; what the server does, it leaves to the server",
		},
		{
			Dir: "internal/cli", Level: Shell,
			For: "one file per subcommand; settings",
			May: []string{"server", "app", "interchange", "notify", "history"},
			Why: "a subcommand reads its settings and hands them on",
		},
		{
			Dir: "internal/archtest", Level: Support,
			For: "this table, and the test that holds the house to it",
			Why: "it reads the source of the rooms and runs none of them",
		},
		{
			Dir: "cmd/quorate", Level: Program,
			For: "main: calls cli.Main, nothing else",
			May: []string{"cli"},
			Why: "what main does, no test can call",
		},
	}
}

// Ban keeps a library, or a part of the standard library, out of the rooms that
// have no need of it. Core rooms need no bans: what they may import is listed in Pure.
type Ban struct {
	// Path is an import path; with "/..." at its end, it covers what lies below too.
	Path string
	// Except lists the rooms that may import it, by name.
	Except []string
	// Tests says that the ban holds for test files and support rooms too.
	Tests  bool
	Reason string
}

// Bans returns the libraries that are kept to the rooms named here.
func Bans() []Ban {
	const (
		onlyTests = "test helpers stay out of the program that people run"
		oneStore  = "one room knows which databases there are"
		oneSSO    = "one room speaks with identity providers"
	)
	return []Ban{
		{Path: "log", Tests: true, Reason: "log/slog writes one structured event, not lines of text"},
		{Path: "math/rand", Tests: true, Reason: "math/rand/v2 takes its seed as a value; secrets come from crypto/rand"},
		{Path: "unsafe", Tests: true, Reason: "nothing here is worth an invalid pointer"},
		{Path: "encoding/gob", Tests: true, Reason: "stored bytes must be readable by a program that has other types"},
		{
			Path: "net/http", Except: []string{"identity", "webfault", "sdkhttp", "sdkapi", "ofrep", "adminapi", "sso", "scim", "notify", "integration", "server", "cli"},
			Reason: "the rooms that speak HTTP are at the edge; inside, a request is a Go value",
		},
		{Path: "modernc.org/sqlite/...", Except: []string{"store"}, Reason: oneStore},
		{Path: "github.com/jackc/pgx/v5/...", Except: []string{"store"}, Reason: oneStore},
		{Path: "github.com/pressly/goose/v3/...", Except: []string{"store"}, Reason: "migrations are the store's"},
		{Path: "github.com/alecthomas/kong", Except: []string{"cli"}, Reason: "other rooms get their settings as values"},
		{
			Path: "github.com/danielgtaylor/huma/v2/...", Except: []string{"adminapi"},
			Reason: "only the admin API is described by OpenAPI; SDK paths serve kept bytes",
		},
		{Path: "github.com/coreos/go-oidc/v3/...", Except: []string{"sso"}, Reason: oneSSO},
		{Path: "golang.org/x/oauth2/...", Except: []string{"sso"}, Reason: oneSSO},
		{Path: "github.com/crewjam/saml/...", Except: []string{"sso"}, Reason: oneSSO},
		{Path: "github.com/russellhaering/goxmldsig/...", Except: []string{"sso"}, Reason: oneSSO},
		{Path: "github.com/beevik/etree/...", Except: []string{"sso"}, Reason: oneSSO},
		{Path: "github.com/wneessen/go-mail/...", Except: []string{"notify"}, Reason: "one room sends mails"},
		{Path: "github.com/cbroglie/mustache/...", Except: []string{"integration"}, Reason: "templates of bodies are the business of webhooks"},
		{Path: "github.com/standard-webhooks/standard-webhooks/libraries/...", Reason: onlyTests},
		{Path: "github.com/yuin/goldmark/...", Except: []string{"notify"}, Reason: "only mails need comments as HTML; the web app renders them itself"},
		{Path: "testing/...", Reason: onlyTests},
		{Path: "github.com/getkin/kin-openapi/...", Reason: onlyTests},
		{Path: "github.com/arran4/golang-ical", Reason: onlyTests},
		{Path: "github.com/google/go-cmp/...", Reason: onlyTests},
		{Path: "github.com/rogpeppe/go-internal/...", Reason: onlyTests},
		{Path: "go.uber.org/goleak", Reason: onlyTests},
		{Path: "pgregory.net/rapid", Reason: onlyTests},
	}
}

// Pure returns the packages outside the house that core rooms may import. Each
// computes from its arguments alone; what few of them can do beyond that, Impure names.
func Pure() []string {
	return []string{
		"archive/zip", "bytes", "cmp", "crypto/hmac", "crypto/sha256", "crypto/subtle", "embed", "encoding", "encoding/base64",
		"encoding/binary", "encoding/hex", "encoding/json", "errors", "fmt", "hash", "hash/fnv", "io", "iter", "maps",
		"math", "math/big", "math/bits", "net/netip", "net/url", "path", "regexp", "regexp/syntax", "slices",
		"strconv", "strings", "time", "unicode", "unicode/utf8",

		"github.com/Masterminds/semver/v3",           // versions, compared as SDKs compare them
		"github.com/google/uuid",                     // parsing and formatting; ids are minted in the shell
		"github.com/hashicorp/go-immutable-radix/v2", // the persistent maps of a State
		"github.com/twmb/murmur3",                    // the hash by which SDKs spread users
	}
}

// Impure returns, for packages that core rooms may import, the names in them that
// reach for the clock, for randomness or for the world.
func Impure() map[string][]string {
	return map[string][]string{
		"time": {
			"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker",
			"Local", "LoadLocation",
		},
		"archive/zip": {
			"OpenReader",
		},
		"fmt": {
			"Print", "Printf", "Println", "Scan", "Scanf", "Scanln",
		},
		"github.com/google/uuid": {
			"New", "NewString", "NewRandom", "NewUUID", "NewV6", "NewV7", "NewDCEGroup", "NewDCEPerson", "NewDCESecurity",
		},
	}
}
