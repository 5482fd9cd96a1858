package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/fault"
)

// answerLimit is how long a server may take to answer, and workLimit how long it may if it has
// much to do. Imports and takeovers have much to do; all else is read from memory or is one write.
const (
	answerLimit = time.Minute
	workLimit   = 10 * time.Minute
)

// maxAnswer is how much a server may answer, in bytes: more than an export of 10,000 flags.
const maxAnswer = 64 << 20

// remote is how a subcommand reaches a server, and as whom. A command that embeds it gets its flags. What is not a flag is
// set by the command before it asks.
type remote struct {
	URL   address `name:"url" default:"http://localhost:4242" env:"QUORATE_URL" placeholder:"URL" help:"Where the server is (${default}; $$${env})."`
	Token string  `env:"QUORATE_TOKEN" placeholder:"TOKEN" help:"Your personal token, which other users of the machine can read here, but not in the environment ($$${env})."`
	// propose is the way in which a write to a protected environment is proposed; empty: the
	// operation's own.
	propose string
	// reason says why a write goes past an approval or a window; empty: it does not.
	reason string
	// patience is how long the server may take to answer; 0: answerLimit.
	patience time.Duration
}

// connection is that of a subcommand which prints what the API answers, in one form or the other.
type connection struct {
	remote
	JSON bool `name:"json" help:"Print what the API answers, as it is."`
}

// reasonHeader is where the server takes the reason of a bypass.
const reasonHeader = "Quorate-Reason"

// bypass is a flag of what may go past a window, or an approval. Whether one may is for the server to say (docs/access.md,
// docs/windows.md); a reason that is not needed does nothing.
type bypass struct {
	Reason string `placeholder:"TEXT" help:"Why it is done at once, where a window or a missing approval forbids it and you may go past that."`
}

// offered adds to a refusal that could be passed with a reason how that is given here. command is what was run. The
// server's sentence speaks of its header, which nobody can send by a command. err is changed in place; anything but such a
// refusal stays as it is, nil too.
func (b bypass) offered(err error, command string) {
	if f := fault.As(err); f != nil && b.Reason == "" && strings.Contains(sentence(f), reasonHeader) {
		f.Details = append(f.Details, fault.Detail{Message: fmt.Sprintf("To say why here: %s --reason TEXT", command)})
	}
}

// address is where a server is, base path included. It is a type of its own so that a wrong one is refused with the
// arguments, by name.
type address url.URL

func (a address) String() string { return (*url.URL)(&a).String() }

// UnmarshalText reads an address that begins with http:// or https://.
func (a *address) UnmarshalText(text []byte) error {
	parsed, err := url.Parse(string(text))
	if err != nil || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
		return fmt.Errorf("%q is no address of a server, such as https://quorate.example.com", text)
	}
	*a = address(*parsed)
	return nil
}

// Call sends a request to the admin API, with a body unless it is nil, and returns what is
// answered, which is empty or JSON. The path is given part by part, and may hold anything.
//
// Faults: what the server refuses, in its words; Unauthenticated without a token, Unavailable
// when there is no server.
func (c remote) Call(ctx context.Context, method string, path []string, query url.Values, body any) (json.RawMessage, error) {
	answer, _, err := c.ask(ctx, method, path, query, body)
	return answer, err
}

// write sends a write as Call does, and tells which requests it has suspended or cancelled: beside the result, which may be
// JSON for a program.
func (c remote) write(ctx context.Context, t terminal, method string, path []string, body any) (json.RawMessage, error) {
	answer, header, err := c.ask(ctx, method, path, nil, body)
	if suspended := header.Get("Quorate-Suspended"); suspended != "" {
		_, _ = fmt.Fprintf(t.err, "This suspends the schedules of the change requests %s.\n", readable(suspended)) // the write is done whether or not it can be said
	}
	if cancelled := header.Get("Quorate-Cancelled"); cancelled != "" {
		_, _ = fmt.Fprintf(t.err, "This cancels the change requests %s.\n", readable(cancelled))
	}
	return answer, err
}

// ask sends a request and returns the answer with its headers. The headers are there only without an error.
func (c remote) ask(ctx context.Context, method string, path []string, query url.Values, body any) (json.RawMessage, http.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.patience, answerLimit))
	defer cancel()
	response, err := c.send(ctx, method, path, query, body)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = response.Body.Close() }() // it has been read, or the error says why not
	answer, err := c.read(response)
	if err != nil {
		return nil, nil, err
	}
	if len(answer) > 0 && !json.Valid(answer) {
		return nil, nil, fmt.Errorf("what answers at %s is not Quorate: it sent something else than JSON", c.URL)
	}
	return answer, response.Header, nil
}

// download asks for a file of whatever length, and writes it as it comes. There is no bound to its length and none to its
// time: it is as long as the log. What was written before an error stays there.
func (c remote) download(ctx context.Context, path []string, query url.Values, to io.Writer) error {
	response, err := c.send(ctx, http.MethodGet, path, query, nil)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }() // it has been read, or the error says why not
	if _, err := io.Copy(to, response.Body); err != nil {
		return fmt.Errorf("the file is not whole: %w", c.unreachable(err))
	}
	return nil
}

// send sends a request, and returns the answer unless it is a refusal. The answer's status is below 300, and whoever gets
// it closes its body. Anything else is an error: a redirect too, since the token would go along.
func (c remote) send(ctx context.Context, method string, path []string, query url.Values, body any) (*http.Response, error) {
	if c.Token == "" {
		return nil, fault.New(fault.Unauthenticated, "Say who you are: put a personal token into QUORATE_TOKEN. POST /api/admin/user/tokens makes one.")
	}
	target := (*url.URL)(&c.URL).JoinPath("api", "admin")
	// A part may hold a slash, and must stay one.
	for _, part := range path {
		target = target.JoinPath(url.PathEscape(part))
	}
	target.RawQuery = query.Encode()
	var content io.Reader = http.NoBody
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("cli: encode the request: %w", err)
		}
		content = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, target.String(), content)
	if err != nil {
		return nil, fmt.Errorf("cli: make the request: %w", err)
	}
	request.Header.Set("Authorization", c.Token)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.propose != "" {
		request.Header.Set("Quorate-Change-Request", c.propose)
	}
	if c.reason != "" {
		request.Header.Set(reasonHeader, c.reason)
	}
	response, err := staying.Do(request)
	if err != nil {
		return nil, c.unreachable(err)
	}
	if response.StatusCode < http.StatusMultipleChoices {
		return response, nil
	}
	defer func() { _ = response.Body.Close() }() // it has been read, or the error says why not
	// The common case is http where the server wants https: with the address it leads to, people can put theirs right.
	if to, err := response.Location(); err == nil {
		return nil, fmt.Errorf("what answers at %s leads to %s. Nothing was sent there; if that is the server, name it instead", c.URL, to.Redacted())
	}
	answer, err := c.read(response)
	if err != nil {
		return nil, err
	}
	return nil, c.refusal(response, answer)
}

// staying sends requests and follows nobody elsewhere: what they carry, tokens among it, is for one server.
var staying = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// read returns the body of an answer. More than maxAnswer is refused, whatever is behind the address.
func (c remote) read(response *http.Response) ([]byte, error) {
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return nil, c.unreachable(err)
	}
	if len(answer) > maxAnswer {
		return nil, fmt.Errorf("what answers at %s sent more than %d MB", c.URL, maxAnswer>>20)
	}
	return answer, nil
}

// get asks for something and decodes it. It returns what was decoded, and the answer as it came, for --json.
func get[T any](ctx context.Context, c remote, path []string, query url.Values) (T, json.RawMessage, error) {
	answer, err := c.Call(ctx, http.MethodGet, path, query, nil)
	if err != nil {
		var none T
		return none, nil, err
	}
	value, err := decoded[T](answer)
	return value, answer, err
}

// decoded returns a value that a server has sent.
func decoded[T any](answer json.RawMessage) (T, error) {
	var value T
	if err := json.Unmarshal(answer, &value); err != nil {
		return value, fmt.Errorf("cli: the server sent something unexpected: %w", err)
	}
	return value, nil
}

// unreachable returns the fault of a server that does not answer. Its sentence names the address, which is what is wrong
// most often.
func (c remote) unreachable(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // without the method and the address, which the sentence has
	}
	return fault.New(fault.Unavailable, "There is no answer from %s: %v.", c.URL, err)
}

// refusal returns what a server refused as the fault that it was there. Its kind is the name in the answer
// (docs/errors.md), so that callers can tell kinds apart as in the server. Of the details, those are left out that say the
// message again. What has no such form was not said by Quorate.
func (c remote) refusal(response *http.Response, answer []byte) error {
	var body struct {
		Name    fault.Kind     `json:"name"`
		Message string         `json:"message"`
		Details []fault.Detail `json:"details"`
		DriftID string         `json:"driftId"`
	}
	if json.Unmarshal(answer, &body) != nil || body.Message == "" {
		return fmt.Errorf("what answers at %s is not Quorate: it said %s", c.URL, response.Status)
	}
	f := fault.New(body.Name, "%s", body.Message)
	f.DriftID = body.DriftID
	// The server speaks of signing in, which nobody does here.
	if response.StatusCode == http.StatusUnauthorized {
		f.Details = []fault.Detail{{Message: "The server does not know the token in QUORATE_TOKEN, or it has expired."}}
	}
	for _, detail := range body.Details {
		if detail.Message != body.Message {
			f.Details = append(f.Details, detail)
		}
	}
	return f
}
