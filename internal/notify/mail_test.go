package notify_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	netmail "net/mail"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/notify"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// mailServer is a mail server in a process of its own; see e2e/mail/server.mjs.
type mailServer struct {
	t       *testing.T
	process *exec.Cmd
	out     *bufio.Scanner
	port    int
}

// taken is a mail that the server has taken.
type taken struct {
	To     []string
	From   string
	Raw    string
	Secure bool
	User   string
}

// mailOptions are what server.mjs reads.
type mailOptions struct {
	Port     int    `json:"port"`
	Key      string `json:"key,omitempty"`
	Cert     string `json:"cert,omitempty"`
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
	TLS      bool   `json:"tls,omitempty"` // from the first byte
}

// mustStartMailServer starts the process, which ends with the test. Without Node or the library the
// test is skipped, but in CI it fails.
func mustStartMailServer(t *testing.T, o mailOptions) *mailServer {
	t.Helper()
	const script, library = "../../e2e/mail/server.mjs", "../../e2e/sdk/node_modules/smtp-server"
	missing := t.Skipf
	if os.Getenv("CI") != "" {
		missing = t.Fatalf
	}
	node, err := exec.LookPath("node")
	if err != nil {
		missing("Node is missing: %v", err)
	}
	if _, err := os.Stat(library); err != nil {
		missing("the mail server is missing; run npm ci in e2e/sdk: %v", err)
	}
	options, err := json.Marshal(o)
	must(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	s := &mailServer{t: t, process: exec.CommandContext(ctx, node, script, string(options))}
	s.process.Stderr = os.Stderr
	out, err := s.process.StdoutPipe()
	must(t, err)
	must(t, s.process.Start())
	t.Cleanup(func() {
		cancel()
		_ = s.process.Wait() // killed
	})
	s.out = bufio.NewScanner(out)
	s.out.Buffer(nil, 1<<20)
	var listening struct{ Port int }
	s.next(&listening)
	s.port = listening.Port
	return s
}

func (s *mailServer) next(line any) {
	s.t.Helper()
	if !s.out.Scan() {
		s.t.Fatalf("the mail server is gone: %v", s.out.Err())
	}
	must(s.t, json.Unmarshal(s.out.Bytes(), line))
}

// mail returns the next mail that the server has taken.
func (s *mailServer) mail() (taken, *netmail.Message) {
	s.t.Helper()
	var m taken
	s.next(&m)
	parsed, err := netmail.ReadMessage(strings.NewReader(m.Raw))
	must(s.t, err)
	return m, parsed
}

// smtp returns how to send mails to a server of this machine.
func smtp(port int) *notify.SMTP {
	return &notify.SMTP{Host: "127.0.0.1", Port: port, TLS: notify.NoTLS, Sender: netmail.Address{Name: "Quorate", Address: "quorate@flags.example.com"}}
}

// freePort returns a port on which nobody listens.
func freePort(t *testing.T) int {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { must(t, listener.Close()) }()
	return listener.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // it is TCP
}

// TestMailSurvives holds that a mail outlives a mail server that is away for hours and a node that is restarted
// meanwhile, and that it arrives once, with what it should say.
func TestMailSurvives(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, nodes []*store.DB) {
		port := freePort(t)
		w := newWorld(t, nodes[0], smtp(port))
		w.submit(t, production, "Summer\r\nBcc: eve@example.com", changerequest.ReviewersUpdated{Reviewers: []int64{bo}})
		must(t, w.Follow(t.Context()))
		for range 6 {
			must(t, w.Deliver(t.Context()))
			w.pass(time.Hour)
		}
		waiting := w.mails(t, store.DeliveryWaiting)
		if len(waiting) != 1 || waiting[0].Attempts != 6 || !strings.Contains(waiting[0].LastError, "connection refused") {
			t.Fatalf("got %+v, want one mail that was tried six times", waiting)
		}

		server := mustStartMailServer(t, mailOptions{Port: port})
		restarted := openWorld(t, nodes[1], smtp(port)) // the first node is gone
		restarted.now = w.clock().Add(2 * time.Hour)
		must(t, restarted.Begin(t.Context()))
		must(t, restarted.Follow(t.Context()))
		must(t, restarted.Deliver(t.Context()))
		m, parsed := server.mail()
		if want := "<" + waiting[0].ID + "@flags.example.com>"; parsed.Header.Get("Message-ID") != want {
			t.Errorf("got the Message-ID %s, want %s", parsed.Header.Get("Message-ID"), want)
		}
		if diff := cmp.Diff([]string{"bo@example.com"}, m.To); diff != "" || m.From != "quorate@flags.example.com" {
			t.Errorf("from %s (-want +got):\n%s", m.From, diff)
		}
		for header, want := range map[string]string{
			"Subject": "Review requested: Summer  Bcc: eve@example.com", "Bcc": "", "From": `"Quorate" <quorate@flags.example.com>`,
			"To": "<bo@example.com>", "Auto-Submitted": "auto-generated", "List-Unsubscribe": "<https://flags.example.com/profile/notifications>",
		} {
			if got := parsed.Header.Get(header); got != want {
				t.Errorf("%s: got %q, want %q", header, got, want)
			}
		}
		body, err := io.ReadAll(parsed.Body)
		must(t, err)
		for _, want := range []string{"text/plain", "text/html", "https://flags.example.com/projects/shop/change-requests/1"} {
			if !strings.Contains(strings.ReplaceAll(string(body), "=\r\n", ""), want) {
				t.Errorf("got %s, want %s in it", body, want)
			}
		}
		must(t, restarted.Deliver(t.Context()))
		if got := restarted.mails(t, store.DeliveryDelivered); len(got) != 1 || got[0].Attempts != 7 || got[0].LastError != "" || got[0].DoneAt == nil {
			t.Errorf("got %+v, want one mail that was delivered", got)
		}
	})
}

// TestMailRepeated holds that a mail of which nobody knows whether it has arrived is sent again with the same
// Message-ID, and that refusals are final only where the server says so.
func TestMailRepeated(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		server := mustStartMailServer(t, mailOptions{})
		w := newWorld(t, db, smtp(server.port))
		for id, name := range map[int64]string{bo: "lost", cy: "refused", dee: "busy", eve: ""} {
			address := name
			if name != "" {
				address += "@example.com"
			}
			must(t, db.Update(t.Context(), func(tx *store.Tx) error { return tx.UpdatePerson(id, store.PersonChange{Email: &address}) }))
		}
		w.submit(t, production, "Summer", changerequest.ReviewersUpdated{Reviewers: []int64{bo, cy, dee, eve, fay}})
		must(t, w.Follow(t.Context()))
		// Whoever loses the address has no mail any more; for whoever has none, none is written.
		must(t, db.Update(t.Context(), func(tx *store.Tx) error { return tx.UpdatePerson(fay, store.PersonChange{Email: new("")}) }))
		must(t, w.Deliver(t.Context()))
		states := map[string]string{}
		for _, d := range w.mails(t, "") {
			states[d.Target] = fmt.Sprintf("%s %d %t", d.State, d.Attempts, d.LastError != "")
		}
		want := map[string]string{
			fmt.Sprint(bo): "waiting 1 true", fmt.Sprint(cy): "dead 1 true", fmt.Sprint(dee): "waiting 1 true", fmt.Sprint(fay): "dead 1 true",
		}
		if diff := cmp.Diff(want, states); diff != "" {
			t.Errorf("after one attempt (-want +got):\n%s", diff)
		}
		_, first := server.mail()
		w.pass(time.Minute)
		must(t, w.Deliver(t.Context()))
		_, second := server.mail()
		if a, b := first.Header.Get("Message-ID"), second.Header.Get("Message-ID"); a != b || a == "" {
			t.Errorf("got the Message-IDs %s and %s, want the same", a, b)
		}
		// Whoever is deleted leaves no mail behind.
		must(t, db.Update(t.Context(), func(tx *store.Tx) error { return tx.DeletePerson(dee) }))
		for range 100 {
			w.pass(time.Hour)
			must(t, w.Deliver(t.Context()))
		}
		if waiting := w.mails(t, store.DeliveryWaiting); len(waiting) != 0 {
			t.Errorf("got %+v, want nothing that waits", waiting)
		}
	})
}

// TestMailGivenUp holds that a mail is given up when it expires, and says why.
func TestMailGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t, storetest.SQLite(t)), smtp(freePort(t)))
	w.submit(t, production, "Summer", changerequest.ReviewersUpdated{Reviewers: []int64{bo}})
	must(t, w.Follow(t.Context()))
	for range 80 {
		must(t, w.Deliver(t.Context()))
		w.pass(time.Hour)
	}
	dead := w.mails(t, store.DeliveryDead)
	if len(dead) != 1 || dead[0].Attempts < 30 || dead[0].Attempts > 50 || !strings.HasPrefix(dead[0].LastError, "Given up after ") {
		t.Fatalf("got %+v, want one mail that was given up after dozens of attempts", dead)
	}
	w.pass(29 * 24 * time.Hour)
	must(t, w.Forget(t.Context()))
	if got := len(w.mails(t, "")); got != 1 {
		t.Errorf("got %d mails after 29 days, want it still there", got)
	}
	w.pass(30 * 24 * time.Hour)
	must(t, w.Forget(t.Context()))
	if got := len(w.mails(t, "")); got != 0 {
		t.Errorf("got %d mails after a month, want none", got)
	}
}

// certificate returns a key and a certificate for 127.0.0.1, and what trusts it.
func certificate(t *testing.T) (key, cert string, trust *tls.Config) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	must(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	must(t, err)
	parsed, err := x509.ParseCertificate(der)
	must(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	encode := func(kind string, data []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}))
	}
	return encode("PRIVATE KEY", pkcs8), encode("CERTIFICATE", der), &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
}

// TestTLS sends over a connection that is encrypted after its greeting or from its first byte, with a password; and
// sends nothing over one that cannot be, or to a server that the machine does not trust.
func TestTLS(t *testing.T) {
	t.Parallel()
	for _, mode := range []notify.TLS{notify.StartTLS, notify.FullTLS} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			testTLS(t, mode)
		})
	}
}

func testTLS(t *testing.T, mode notify.TLS) {
	key, cert, trust := certificate(t)
	server := mustStartMailServer(t, mailOptions{Key: key, Cert: cert, User: "quorate", Password: "secret", TLS: mode == notify.FullTLS})
	plain := mustStartMailServer(t, mailOptions{})
	over := func(port int, password string, trust *tls.Config) []store.Delivery {
		t.Helper()
		settings := smtp(port)
		settings.TLS, settings.User, settings.Password, settings.Trust = mode, "quorate", password, trust
		w := newWorld(t, storetest.Open(t, storetest.SQLite(t)), settings)
		to, err := w.db.Person(t.Context(), bo)
		must(t, err)
		_, err = w.SendTest(t.Context(), to)
		must(t, err)
		must(t, w.Deliver(t.Context()))
		return w.mails(t, "")
	}
	if got := over(server.port, "secret", trust); got[0].State != store.DeliveryDelivered {
		t.Fatalf("got %+v, want it delivered", got)
	}
	if m, parsed := server.mail(); !m.Secure || m.User != "quorate" || parsed.Header.Get("Subject") != "Test mail" {
		t.Errorf("got %+v, want it over TLS, with the password", m)
	}
	for what, got := range map[string][]store.Delivery{
		"a wrong password":  over(server.port, "wrong", trust),
		"an unknown server": over(server.port, "secret", nil),
		"a server in clear": over(plain.port, "secret", trust),
	} {
		// That passes, or is put right: the mail waits.
		if got[0].State != store.DeliveryWaiting || got[0].LastError == "" {
			t.Errorf("%s: got %+v, want it to wait", what, got)
		}
	}
}

// recorder is a Sender that keeps what it is given, and fails as it is told.
type recorder struct {
	sent chan store.Delivery
	fail func(store.Delivery) error
}

func (r recorder) Send(_ context.Context, d store.Delivery) error {
	if r.fail != nil {
		if err := r.fail(d); err != nil {
			return err
		}
	}
	r.sent <- d
	return nil
}

// TestTwoNodes holds that of several nodes that follow and deliver at the same time, each tells its part and
// nobody is told twice.
func TestTwoNodes(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 3, func(t *testing.T, dbs []*store.DB) {
		const requests = 40
		sent := make(chan store.Delivery, 10*requests)
		first := newWorld(t, dbs[0], smtp(1))
		for i := range requests {
			id := first.submit(t, production, fmt.Sprint("Request ", i), changerequest.ReviewersUpdated{Reviewers: []int64{bo}, ReviewerGroups: []int64{team}})
			first.say(t, ada, id, production, changerequest.CancelledEvent{})
		}
		nodes := []*world{first}
		for _, db := range dbs[1:] {
			nodes = append(nodes, openWorld(t, db, smtp(1)))
		}
		failed := make(chan error, len(nodes))
		for _, w := range nodes {
			w.SetSender("mail", recorder{sent: sent})
			go func() {
				for range 3 {
					if err := w.Follow(t.Context()); err != nil {
						failed <- err
						return
					}
					if err := w.Deliver(t.Context()); err != nil {
						failed <- err
						return
					}
				}
				failed <- nil
			}()
		}
		for range nodes {
			must(t, <-failed)
		}
		must(t, first.Deliver(t.Context()))
		close(sent)
		got := map[string]int{}
		for d := range sent {
			var payload struct{ Notification notify.Notification }
			must(t, json.Unmarshal(d.Payload, &payload))
			got[fmt.Sprintf("%d %s %d", d.Account, payload.Notification.Topic, payload.Notification.Request)]++
		}
		if want := requests * 3 * 2; len(got) != want {
			t.Errorf("got %d different mails, want %d", len(got), want)
		}
		for what, times := range got {
			if times != 1 {
				t.Errorf("%s was told %d times", what, times)
			}
		}
	})
}

// TestRest holds that a target that has just failed is left alone for a while, whatever waits for it, and others are not.
func TestRest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db, smtp(1))
		var tried []string
		var mu sync.Mutex
		w.SetSender("mail", recorder{sent: make(chan store.Delivery, 10), fail: func(d store.Delivery) error {
			mu.Lock()
			defer mu.Unlock()
			tried = append(tried, d.ID)
			if d.Target == "silent" {
				return errors.New("no answer")
			}
			return nil
		}})
		must(t, db.Update(t.Context(), func(tx *store.Tx) error {
			for _, d := range []store.Delivery{{ID: "a", Target: "silent"}, {ID: "b", Target: "silent"}, {ID: "c", Target: "good"}, {ID: "d", Target: "good"}} {
				d.Kind, d.Payload, d.CreatedAt, d.DueAt, d.ExpiresAt = "mail", []byte("{}"), w.Now(), w.Now(), w.Now().Add(time.Hour)
				must(t, tx.AddDelivery(d))
			}
			return nil
		}))
		for _, step := range []struct {
			after time.Duration
			want  []string
		}{{0, []string{"a", "c", "d"}}, {14 * time.Second, nil}, {time.Second, []string{"b"}}, {15 * time.Second, []string{"a"}}, {15 * time.Second, []string{"b"}}} {
			tried = nil
			w.pass(step.after)
			must(t, w.Deliver(t.Context()))
			slices.Sort(tried)
			if diff := cmp.Diff(step.want, tried); diff != "" {
				t.Errorf("%s later (-want +got):\n%s", step.after, diff)
			}
		}
	})
}

// TestLease holds that a delivery whose node has died is tried by another when the lease has ended, and that the
// first can note nothing any more.
func TestLease(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, dbs []*store.DB) {
		w, other := newWorld(t, dbs[0], smtp(1)), openWorld(t, dbs[1], smtp(1))
		w.submit(t, production, "Summer", changerequest.ReviewersUpdated{Reviewers: []int64{bo}})
		must(t, w.Follow(t.Context()))
		sent := make(chan store.Delivery, 10)
		other.SetSender("mail", recorder{sent: sent})
		begun, wait := make(chan struct{}), make(chan struct{})
		w.SetSender("mail", recorder{sent: sent, fail: func(store.Delivery) error {
			close(begun)
			<-wait
			return notify.Permanent("too late")
		}})
		stuck := make(chan error)
		go func() { stuck <- w.Deliver(t.Context()) }()
		<-begun
		must(t, other.Deliver(t.Context()))
		other.pass(4 * time.Minute)
		must(t, other.Deliver(t.Context()))
		close(wait)
		must(t, <-stuck)
		if got := w.mails(t, store.DeliveryDelivered); len(got) != 1 || got[0].Attempts != 2 || len(sent) != 1 {
			t.Errorf("got %+v and %d mails, want one that the second attempt has delivered", w.mails(t, ""), len(sent))
		}
	})
}

// TestChannels holds that each is told as they choose, the inbox has everything, and a daily mail has what was told
// since the last one and what its reader may still see.
func TestChannels(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, dbs []*store.DB) {
		w, other := newWorld(t, dbs[0], smtp(1)), openWorld(t, dbs[1], smtp(1))
		sent := make(chan store.Delivery, 100)
		w.SetSender("mail", recorder{sent: sent})
		choose := func(id int64, zone string, channel notify.Channel) {
			t.Helper()
			_, err := w.ChangeSetting(t.Context(), id, notify.SettingChange{Zone: &zone, Topics: map[notify.Topic]notify.Channel{notify.Closed: channel, notify.ReviewRequested: channel}})
			must(t, err)
		}
		choose(bo, "America/New_York", notify.Daily)
		choose(cy, "", notify.InboxOnly)
		choose(dee, "", notify.Immediately)
		for range 2 {
			id := w.submit(t, production, "Summer", changerequest.ReviewersUpdated{Reviewers: []int64{bo, cy, dee, eve}})
			w.say(t, ada, id, production, changerequest.CancelledEvent{})
		}
		must(t, w.Follow(t.Context()))
		targets := func() []string {
			t.Helper()
			for _, node := range []*world{w, other} {
				must(t, node.Digest(t.Context()))
			}
			must(t, w.Deliver(t.Context()))
			var all []string
			for len(sent) > 0 {
				d := <-sent
				var payload struct{ Digest []notify.Notification }
				must(t, json.Unmarshal(d.Payload, &payload))
				all = append(all, fmt.Sprintf("%s %d", names[d.Account], len(payload.Digest)))
			}
			slices.Sort(all)
			return all
		}
		want := func(want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, targets()); diff != "" {
				t.Errorf("at %s (-want +got):\n%s", w.clock(), diff)
			}
		}
		want("dee 0", "dee 0", "dee 0", "dee 0", "eve 0", "eve 0", "eve 0", "eve 0")
		pass := func(d time.Duration) { w.pass(d); other.pass(d) }
		pass(59 * time.Minute) // 12:59 UTC, which is 07:59 in New York
		want()
		pass(time.Minute)
		want("bo 4")
		pass(24 * time.Hour)
		want()
		for _, id := range []int64{bo, cy, dee, eve} {
			if _, total, unread, err := w.Inbox(t.Context(), id, 0, 1); total != 4 || unread != 4 || err != nil {
				t.Errorf("%s: got %d items, %d unread, %v, want 4", names[id], total, unread, err)
			}
		}
	})
}

// TestSettingsAtOnce has one person choose for every topic and a zone at the same time, on two nodes, first with nothing chosen
// before: none of the choices is lost.
func TestSettingsAtOnce(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, dbs []*store.DB) {
		nodes := []*world{newWorld(t, dbs[0], smtp(1)), openWorld(t, dbs[1], smtp(1))}
		for round, channel := range []notify.Channel{notify.Daily, notify.InboxOnly, notify.Immediately} {
			zone := []string{"Europe/Oslo", "Asia/Tokyo", ""}[round]
			changes := []notify.SettingChange{{Zone: &zone}}
			for _, topic := range notify.Topics() {
				changes = append(changes, notify.SettingChange{Topics: map[notify.Topic]notify.Channel{topic.Topic: channel}})
			}
			failed := make(chan error)
			for i, change := range changes {
				go func() {
					_, err := nodes[i%2].ChangeSetting(t.Context(), bo, change)
					failed <- err
				}()
			}
			for range changes {
				must(t, <-failed)
			}
			got, err := nodes[0].Setting(t.Context(), bo)
			must(t, err)
			want := notify.Setting{Zone: zone, Topics: map[notify.Topic]notify.Channel{}}
			for _, topic := range notify.Topics() {
				want.Topics[topic.Topic] = channel
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", channel, diff)
			}
		}
	})
}

// TestNothingBehind holds that a delivery of another kind waits for its sender, and that whoever is deleted leaves
// nothing behind.
func TestNothingBehind(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db, smtp(1))
		w.submit(t, production, "Summer", changerequest.ReviewersUpdated{Reviewers: []int64{bo, cy}})
		must(t, w.Follow(t.Context()))
		_, err := w.ChangeSetting(t.Context(), bo, notify.SettingChange{Topics: map[notify.Topic]notify.Channel{notify.Applied: notify.Daily}})
		must(t, err)
		must(t, db.Update(t.Context(), func(tx *store.Tx) error { return tx.DeletePerson(bo) }))
		_, total, _, err := w.Inbox(t.Context(), bo, 0, 10)
		must(t, err)
		setting, err := w.Setting(t.Context(), bo)
		must(t, err)
		if mails := w.mails(t, ""); total != 0 || len(setting.Topics) != 0 || len(mails) != 1 || mails[0].Account != cy {
			t.Errorf("got %d items, %+v and the mails %+v, want cy's mail alone", total, setting, mails)
		}
	})
}

// TestPause holds how long is waited between attempts.
func TestPause(t *testing.T) {
	t.Parallel()
	var got []string
	for _, tried := range []int{1, 2, 3, 8, 9, 1000} {
		got = append(got, notify.PauseAfter(tried).String())
	}
	if diff := cmp.Diff([]string{"30s", "1m0s", "2m0s", "1h4m0s", "2h0m0s", "2h0m0s"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
