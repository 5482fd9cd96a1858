package adminapi_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/notify"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// newNotify returns a room that writes mails down, and is not told to send them.
func newNotify(e *engine.Engine, db *store.DB, keyring *identity.Keyring) *notify.Notify {
	return notify.New(notify.Options{
		DB: db, State: e.State, Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }, Keys: keyring,
		Log: slog.New(slog.DiscardHandler), URL: "https://flags.example.com/here",
		Mail: &notify.SMTP{Host: "mail.example.com", Port: 25, Sender: netmail.Address{Address: "flags@example.com"}},
	})
}

// mustBeMailed returns the link in the one mail for an account that has a link.
func (h *house) mustBeMailed(t testing.TB, account string, purpose notify.Purpose) string {
	t.Helper()
	links := h.mailedLinks(t, account, purpose)
	if len(links) != 1 {
		t.Fatalf("got the links %v, want one", links)
	}
	return links[0]
}

// mailedLinks returns the links of a kind that are in mails to an account, the newest first.
func (h *house) mailedLinks(t testing.TB, account string, purpose notify.Purpose) []string {
	t.Helper()
	all, _, err := h.db.Deliveries(t.Context(), store.DeliveryFilter{Target: account, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var links []string
	for _, d := range all {
		var payload struct {
			Link struct {
				Purpose notify.Purpose
				Box     []byte
			}
		}
		if err := json.Unmarshal(d.Payload, &payload); err != nil {
			t.Fatal(err)
		}
		if payload.Link.Purpose != purpose {
			continue
		}
		link, err := h.keyring.Open("mailed link", d.ID, payload.Link.Box)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(d.Payload), string(link)) {
			t.Errorf("got the link in clear: %s", d.Payload)
		}
		links = append(links, string(link))
	}
	return links
}

func notificationScenarios() []scenario {
	const (
		settings = "/user/notification-settings"
		tokens   = `{"name":"ForbiddenError","message":"Only people are told things. You call with a token, or as a service account."}`
	)
	return []scenario{
		{name: "an empty inbox", as: "nothing", method: "GET", path: "/inbox", status: 200, want: `{"waiting":[],"items":[],"total":0,"unread":0}`},
		{name: "the inbox of a token", method: "GET", path: "/inbox", status: 403, want: tokens},
		{name: "read all", as: "nothing", method: "POST", path: "/inbox/read", body: `{"all":true}`, status: 204},
		{name: "read some", as: "nothing", method: "POST", path: "/inbox/read", body: `{"ids":[1,2]}`, status: 204},
		{name: "read neither some nor all", as: "nothing", method: "POST", path: "/inbox/read", body: `{}`, status: 400, want: `{"name":"BadDataError","details":[{"path":"/body/ids"}]}`},
		{name: "read some and all", as: "nothing", method: "POST", path: "/inbox/read", body: `{"ids":[1],"all":true}`, status: 400, want: `{"name":"BadDataError","details":[{"path":"/body/ids"}]}`},
		{name: "read as a token", method: "POST", path: "/inbox/read", body: `{"all":true}`, status: 403, want: tokens},
		{name: "no notifications", as: "nothing", method: "GET", path: "/notifications", status: 200, want: `[]`},
		{name: "notifications of a token", method: "GET", path: "/notifications", status: 403, want: tokens},
		{name: "read notifications", as: "nothing", method: "POST", path: "/notifications/read", body: `{"notifications":[1]}`, status: 200},
		{name: "read no notifications", as: "nothing", method: "POST", path: "/notifications/read", body: `{"notifications":[]}`, status: 200},
		{name: "read notifications that are none", as: "nothing", method: "POST", path: "/notifications/read", body: `{}`, status: 400, want: `{"name":"BadDataError"}`},
		{name: "read notifications as a token", method: "POST", path: "/notifications/read", body: `{"notifications":[1]}`, status: 403, want: tokens},

		{name: "default settings", as: "nothing", method: "GET", path: settings, status: 200, want: `{"timeZone":"UTC","topics":"(present)"}`},
		{name: "settings of a token", method: "GET", path: settings, status: 403, want: tokens},
		{
			name: "choose", as: "nothing", method: "PUT", path: settings, body: `{"timeZone":"Europe/Berlin","topics":[{"topic":"review-requested","mail":"daily"}]}`, status: 200,
			want: `{"timeZone":"Europe/Berlin","topics":"(present)"}`,
		},
		{name: "choose nothing", as: "nothing", method: "PUT", path: settings, body: `{}`, status: 200, want: `{"timeZone":"Europe/Berlin"}`},
		{name: "choose as a token", method: "PUT", path: settings, body: `{}`, status: 403, want: tokens},
		{name: "an unknown zone", as: "nothing", method: "PUT", path: settings, body: `{"timeZone":"Mars/Olympus"}`, status: 400, want: `{"name":"BadDataError","details":[{"path":"/body/timeZone"}]}`},
		{name: "the server's zone", as: "nothing", method: "PUT", path: settings, body: `{"timeZone":"Local"}`, status: 400, want: `{"name":"BadDataError","details":[{"path":"/body/timeZone"}]}`},
		{name: "an unknown topic", as: "nothing", method: "PUT", path: settings, body: `{"topics":[{"topic":"weather","mail":"daily"}]}`, status: 400, want: `{"name":"BadDataError","details":[{"path":"/body/topics"}]}`},
		{name: "a zone and an unknown topic", as: "nothing", method: "PUT", path: settings, body: `{"timeZone":"Asia/Tokyo","topics":[{"topic":"applied","mail":"daily"},{"topic":"weather","mail":"daily"}]}`, status: 400, want: `{"name":"BadDataError","details":[{"path":"/body/topics"}]}`},
		{name: "nothing of it was chosen", as: "nothing", method: "GET", path: settings, status: 200, want: `{"timeZone":"Europe/Berlin"}`},
		{name: "an unknown way", as: "nothing", method: "PUT", path: settings, body: `{"topics":[{"topic":"applied","mail":"pigeon"}]}`, status: 400, want: `{"name":"BadDataError","details":[{"path":"/body/topics/applied"}]}`},

		{name: "subscribe", as: "nothing", method: "PUT", path: "/email-subscription/applied", status: 202},
		{name: "subscribe to nothing", as: "nothing", method: "PUT", path: "/email-subscription/weather", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "subscribe as a token", method: "PUT", path: "/email-subscription/applied", status: 403, want: tokens},
		{name: "unsubscribe", as: "nothing", method: "DELETE", path: "/email-subscription/applied", status: 202},
		{name: "unsubscribe from nothing", as: "nothing", method: "DELETE", path: "/email-subscription/weather", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "unsubscribe as a token", method: "DELETE", path: "/email-subscription/applied", status: 403, want: tokens},

		{name: "deliveries", method: "GET", path: "/deliveries", status: 200, want: `{"deliveries":[],"total":0}`},
		{name: "deliveries, forbidden", as: "nothing", method: "GET", path: "/deliveries", status: 403, want: `{"name":"PermissionError","permissions":["ADMIN"]}`},
		{name: "a test mail", as: "boss", method: "POST", path: "/deliveries/test-mail", status: 202, want: `{"id":"(present)"}`, then: map[string]string{
			"/deliveries?state=waiting": `{"deliveries":[{"kind":"mail","state":"waiting","attempts":0,"lastError":"","doneAt":null}],"total":1}`,
		}},
		{name: "a test mail without an address", as: "root", method: "POST", path: "/deliveries/test-mail", status: 400, want: `{"name":"BadDataError"}`},
		{name: "a test mail to a token", method: "POST", path: "/deliveries/test-mail", status: 403, want: tokens},
		{name: "a test mail, forbidden", as: "nothing", method: "POST", path: "/deliveries/test-mail", status: 403, want: `{"name":"PermissionError","permissions":["ADMIN"]}`},
	}
}

// TestInbox tells somebody things, shows them, and marks them as read, one by one and all. What others were told
// stays theirs.
func TestInbox(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		n := newNotify(w.engine, db, mustKeyring(t))
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(n.Begin(t.Context()))
		// Mark asks olga for reviews of two requests. A third one of his is scheduled, and suspended.
		by := access.NewRef(access.KindUser, mark)
		for i, at := range []changerequest.Place{{Project: "default", Environment: "production"}, {Project: "default", Environment: "development"}, {Project: "other", Environment: "production"}} {
			r := &changerequest.Request{ID: w.engine.State().NextChangeRequestID(), Project: at.Project, Environment: at.Environment}
			facts := []changerequest.Event{
				changerequest.Created{},
				changerequest.Described{Title: new(fmt.Sprintf("Request %d", i+1))},
				changerequest.ReviewersUpdated{Reviewers: []int64{olga}},
				changerequest.SentToReview{Agreements: []changerequest.Agreement{{Place: at, Rule: changerequest.Rule{RequiredApprovals: 1}}}},
			}
			if i == 2 {
				facts[2] = changerequest.ReviewersUpdated{}
				facts = append(facts, changerequest.ApprovedEvent{}, changerequest.ScheduledEvent{At: time.Now().Add(time.Hour)}, changerequest.ScheduleSuspended{Reason: "The flag is archived."})
			}
			var events []state.Event
			for _, fact := range facts {
				events = append(events, decide.RequestEvent(r, fact))
			}
			_, err := w.engine.Do(t.Context(), engine.Command{
				Actor: access.Actor{Ref: by}, Decide: func(*state.State) ([]state.Event, error) { return events, nil },
			})
			must(err)
		}
		must(n.Follow(t.Context()))

		get := func(as, path, want string) answer {
			t.Helper()
			got := w.call(t, as, http.MethodGet, path, "", nil)
			if got.status != http.StatusOK {
				t.Fatalf("%s as %s: got %d %s", path, as, got.status, got.body)
			}
			mustContain(t, got.body, want)
			return got
		}
		const link = "https://flags.example.com/here/projects/default/change-requests/"
		got := get("boss", "/inbox", `{"total":2,"unread":2,
			"waiting":[{"for":"requestedReview","changeRequest":{"id":1},"link":"`+link+`1","deadline":null},{"for":"requestedReview","changeRequest":{"id":2}}],"items":[
			{"topic":"review-requested","message":"person-`+fmt.Sprint(mark)+` asks you to review “Request 2”.","link":"`+link+`2","changeRequest":{"id":2,"title":"Request 2","project":"default","environment":"development"},"createdBy":{"id":`+fmt.Sprint(mark)+`},"readAt":null},
			{"topic":"review-requested","link":"`+link+`1"}]}`)
		get("boss", "/inbox?limit=1&offset=1", `{"total":2,"items":[{"link":"`+link+`1"}]}`)
		get("boss", "/notifications", `[{"link":"/projects/default/change-requests/2","notificationType":"change-request","createdBy":{"username":"person-`+fmt.Sprint(mark)+`","imageUrl":"(present)"},"readAt":null},{}]`)
		get("root", "/inbox", `{"waiting":[{"for":"review","changeRequest":{"id":1}},{"for":"review","changeRequest":{"id":2}}],"total":0}`)
		get("mark", "/inbox", `{"waiting":[{"for":"schedule","changeRequest":{"id":3,"title":"Request 3","project":"other","environment":"production"}}],"items":[{"topic":"suspended"}],"total":1}`)

		var listed struct{ Items []struct{ ID int64 } }
		must(json.Unmarshal(got.body, &listed))
		ids := fmt.Sprintf("[%d]", listed.Items[0].ID)
		for _, as := range []string{"mark", "boss"} {
			if got := w.call(t, as, http.MethodPost, "/inbox/read", `{"ids":`+ids+`}`, nil); got.status != http.StatusNoContent {
				t.Fatalf("got %d %s", got.status, got.body)
			}
			unread := map[string]string{"mark": "2", "boss": "1"}[as] // mark cannot read for olga
			get("boss", "/inbox", `{"unread":`+unread+`}`)
		}
		w.call(t, "boss", http.MethodPost, "/inbox/read", `{"ids":[],"all":true}`, nil)
		get("boss", "/inbox", `{"total":2,"unread":0,"items":[{"readAt":"(present)"},{"readAt":"(present)"}]}`)

		// She is mailed at once: two reviews were asked for.
		all, total, err := db.Deliveries(t.Context(), store.DeliveryFilter{Target: fmt.Sprint(olga), Limit: 10})
		must(err)
		if total != 2 || !slices.ContainsFunc(all, func(d store.Delivery) bool { return d.Kind == "mail" && d.Account == olga }) {
			t.Errorf("got the deliveries %+v, want two mails", all)
		}
	})
}

// TestInvitationMail holds that who is created without a password is mailed a link, unless told not to.
func TestInvitationMail(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		root := h.browser().mustSignIn(t, "root", adminPassword)
		made := root.must(t, "POST", userAdmin, `{"email":"eve@example.com","rootRole":3}`, 201, `{"id":2,"emailSent":true}`)
		if got, want := h.mustBeMailed(t, "2", notify.ToInvite), field(t, made, "inviteLink"); got != want {
			t.Errorf("got the link %s, want %s", got, want)
		}
		root.must(t, "POST", userAdmin, `{"email":"fay@example.com","rootRole":3,"sendEmail":false}`, 201, `{"id":3,"emailSent":false}`)
		root.must(t, "POST", userAdmin, `{"username":"gus","rootRole":3}`, 201, `{"id":4,"emailSent":false}`)
		if _, total, err := db.Deliveries(t.Context(), store.DeliveryFilter{Limit: 1}); total != 1 || err != nil {
			t.Errorf("got %d deliveries, %v, want one", total, err)
		}
		// Who is deleted leaves nothing behind.
		root.must(t, "DELETE", userAdmin+"/2", "", 200, "")
		if _, total, err := db.Deliveries(t.Context(), store.DeliveryFilter{Limit: 1}); total != 0 || err != nil {
			t.Errorf("got %d deliveries, %v, want none", total, err)
		}
	})
}
