package sdkapi

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/sdkhttp"
)

// How an Edge asks for tokens without having one (docs/sdk-api.md, "For Edge"; docs/adr/0026). Its requests are signed with a secret that
// it shares with this server: METHOD, path, time, nonce and the body's digest, each on a line. Whoever can listen cannot repeat one, since
// each is taken once and only for a short time; nonces are remembered by this node alone, so another node would take it once more, and
// answer with the same tokens.

// EdgeTokens are how Edge gets the backend tokens that it needs.
type EdgeTokens struct {
	// MasterKey is what each Edge's own secret is derived from; empty: none is issued.
	MasterKey []byte
	// Issue returns the backend token for some projects in an environment, with its secret, and
	// makes it if there is none. Errors are faults.
	// It is called again for the same scope by every Edge, and every time one starts.
	Issue func(ctx context.Context, env flag.EnvironmentName, projects []flag.ProjectID) (*access.APIToken, string, error)
}

// ClientSecret returns the secret by which an Edge signs its requests: what HMAC-SHA-256 makes of
// its id and the master key (docs/adr/0026-secrets-of-edge.md).
func (e *EdgeTokens) ClientSecret(id string) []byte {
	mac := hmac.New(sha256.New, e.MasterKey)
	mac.Write([]byte(id))
	return mac.Sum(nil)
}

const (
	// edgeWindow is how far off the clock of an Edge may be.
	edgeWindow = 5 * time.Minute
	// maxNonces bounds how many requests are remembered, so that none is taken twice.
	maxNonces = 10_000
	// maxEdgeName bounds what an Edge chooses, in bytes.
	maxEdgeName = 200
)

// nonces remember which requests have been seen, for as long as their time is one that is taken.
type nonces struct {
	mu   sync.Mutex
	seen map[string]time.Time // until when
}

// take reports whether a nonce is new, and remembers it.
// When as many are remembered as can be, and all of them are still of use, no request is taken: it could not be told from a repetition.
func (n *nonces) take(nonce string, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.seen == nil {
		n.seen = map[string]time.Time{}
	}
	if until, there := n.seen[nonce]; there && now.Before(until) {
		return false
	}
	if len(n.seen) >= maxNonces {
		for known, until := range n.seen {
			if !now.Before(until) {
				delete(n.seen, known)
			}
		}
	}
	if len(n.seen) >= maxNonces {
		return false
	}
	// Twice, since the time of a request may lie as far ahead of the clock here as behind it.
	n.seen[nonce] = now.Add(2 * edgeWindow)
	return true
}

// edgeIssueToken answers POST /edge/issue-token: an Edge asks for backend tokens, which are made
// if there are none. It proves who it is by a signature.
// All tokens are issued or, with the first that cannot be, none are told: those that were made before it stay, and are found the next time.
func (a *API) edgeIssueToken(w http.ResponseWriter, r *http.Request) {
	if !a.within(a.limits.register, w, r) {
		return
	}
	if len(a.Edge.MasterKey) == 0 {
		fail(w, r, fault.New(fault.InvalidOperation, "This server does not issue tokens to Edge: it has no EDGE_MASTER_KEY. "+
			"Create a backend token and give it to Edge in its settings, or ask who runs the server to set the key."))
		return
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		refuseEdge(w, "The body cannot be read.")
		return
	}
	if why := a.checkEdge(r, text); why != "" {
		refuseEdge(w, why)
		return
	}
	// It was read for the signature, and is read again as JSON.
	r.Body = io.NopCloser(bytes.NewReader(text))
	body, ok := readObject(w, r, maxBody)
	if !ok {
		return
	}
	body.require("tokens")
	wanted := body.objects("tokens")
	if len(wanted) > maxEdgeTokens {
		body.complain("tokens", "must NOT have more than %d items. You sent %d.", maxEdgeTokens, len(wanted))
	}
	type scope struct {
		environment flag.EnvironmentName
		projects    []flag.ProjectID
	}
	var scopes []scope
	for _, o := range wanted {
		one := scope{environment: flag.EnvironmentName(o.name("environment"))}
		for _, id := range o.texts("projects") {
			one.projects = append(one.projects, flag.ProjectID(id))
		}
		if len(one.projects) == 0 {
			o.complain("projects", "must NOT have fewer than 1 items. You sent [].")
		}
		scopes = append(scopes, one)
	}
	if !body.accepted(w, r) {
		return
	}
	// An empty list, not null.
	issued := []edgeToken{}
	for _, one := range scopes {
		token, secret, err := a.Edge.Issue(r.Context(), one.environment, one.projects)
		if err != nil {
			fail(w, r, err)
			return
		}
		issued = append(issued, edgeToken{secret, token.Type, token.Projects, token.Environment})
	}
	sendEdgeTokens(w, r, issued)
}

// refuseEdge answers an Edge that has not proved who it is.
// Its body has the form that Edge logs.
func refuseEdge(w http.ResponseWriter, why string) {
	text, _ := json.Marshal(map[string]string{"error": why}) // it is text
	w.Header()["Content-Type"] = sdkhttp.JSONType
	w.WriteHeader(http.StatusUnauthorized)
	w.Write(text)
}

// checkEdge says what is wrong with a request that is not signed by an Edge, just now, and for
// the first time; empty: nothing is.
// The nonce comes last: only a request with a good signature can use up the room that there is for nonces.
func (a *API) checkEdge(r *http.Request, body []byte) string {
	scheme, credentials, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	client, signature, ok := strings.Cut(credentials, ":")
	if !strings.EqualFold(scheme, "HMAC") || !ok || client == "" || len(client) > maxEdgeName {
		return "The request is not signed: Authorization must be HMAC CLIENT:SIGNATURE."
	}
	stamp, nonce, hash := r.Header.Get("X-Timestamp"), r.Header.Get("X-Nonce"), r.Header.Get("Content-Sha256")
	at, err := time.Parse(time.RFC3339Nano, stamp)
	if now := a.Now(); err != nil || at.Before(now.Add(-edgeWindow)) || at.After(now.Add(edgeWindow)) {
		return "x-timestamp is not a time within five minutes of the server's."
	}
	if nonce == "" || len(nonce) > maxEdgeName {
		return "x-nonce is missing or too long."
	}
	// The digest is that of the JSON without spaces, however it was sent.
	var compact bytes.Buffer
	if err := json.Compact(&compact, body); err != nil {
		return "The body is not JSON."
	}
	sum := sha256.Sum256(compact.Bytes())
	if subtle.ConstantTimeCompare([]byte(hash), []byte(hex.EncodeToString(sum[:]))) != 1 {
		return "content-sha256 is not the digest of the body."
	}
	mac := hmac.New(sha256.New, a.Edge.ClientSecret(client))
	// The path is written out: behind a base path, r.URL has another.
	mac.Write([]byte(r.Method + "\n/edge/issue-token\n" + stamp + "\n" + nonce + "\n" + hash))
	given, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(signature, "="))
	if err != nil || !hmac.Equal(given, mac.Sum(nil)) {
		return "The signature is wrong."
	}
	if !a.nonces.take(client+"\n"+nonce, a.Now()) {
		return "x-nonce was used before."
	}
	return ""
}
