package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

func ann() store.Person {
	return store.Person{ID: 1, Kind: "user", Name: "Ann", Email: "Ann@Example.com", Username: "ann", PasswordHash: "h0", CreatedAt: noon}
}

func TestPerson(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		bob := store.Person{ID: 2, Kind: "user", Username: "Émile", InviteLink: "x", CreatedAt: noon}
		mustUpdate(t, db, func(tx *store.Tx) error { return errors.Join(tx.AddPerson(ann()), tx.AddPerson(bob)) })
		for name, want := range map[string]store.Person{"ann@example.COM": ann(), " ANN ": ann(), "éMILE": bob} {
			got, err := db.PersonNamed(ctx, name)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("person named %q: %v (-want +got):\n%s", name, err, diff)
			}
		}
		if got, err := db.PersonNamed(ctx, ""); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("nobody's name: got %v %v, want ErrNotFound", got, err)
		}
		for _, taken := range []store.Person{
			{ID: 3, Username: "ANN"}, {ID: 3, Email: "ann@EXAMPLE.com"}, {ID: 3, Email: "émile"}, {ID: 3, Username: "ann@example.com"},
		} {
			if err := db.Update(ctx, func(tx *store.Tx) error { return tx.AddPerson(taken) }); !errors.Is(err, store.ErrTaken) {
				t.Errorf("add %+v: got %v, want ErrTaken", taken, err)
			}
		}
		mustUpdate(t, db, func(tx *store.Tx) error {
			return tx.UpdatePerson(1, store.PersonChange{Name: new("Anna"), Username: new("")})
		})
		mustUpdate(t, db, func(tx *store.Tx) error { return errors.Join(tx.NoteFailure(1), tx.NoteFailure(1), tx.NoteFailure(99)) })
		want := ann()
		want.Name, want.Username, want.LoginAttempts = "Anna", "", 2
		all, err := db.People(ctx)
		if diff := cmp.Diff([]store.Person{want, bob}, all); diff != "" || err != nil {
			t.Errorf("people: %v (-want +got):\n%s", err, diff)
		}
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.NoteSignIn(1, noon) })
		want.LoginAttempts, want.SeenAt = 0, new(noon)
		if got, err := db.Person(ctx, 1); cmp.Diff(want, got) != "" || err != nil {
			t.Errorf("after signing in: got %+v %v, want %+v", got, err, want)
		}
		for err, change := range map[error]store.PersonChange{store.ErrTaken: {Email: new("ÉMILE")}, nil: {Email: new("ann@example.com")}} {
			if got := db.Update(ctx, func(tx *store.Tx) error { return tx.UpdatePerson(1, change) }); !errors.Is(got, err) {
				t.Errorf("update: got %v, want %v", got, err)
			}
		}
		if err := db.Update(ctx, func(tx *store.Tx) error { return tx.UpdatePerson(99, store.PersonChange{}) }); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("update of nobody: got %v, want ErrNotFound", err)
		}
	})
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.AddPerson(ann()) })
		token := store.ResetToken{Digest: store.DigestOf("a"), Account: 1, CreatedBy: "system", CreatedAt: noon, ExpiresAt: noon.Add(time.Hour)}
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.PutResetToken(token) })
		for i := 1; i <= 4; i++ {
			mustUpdate(t, db, func(tx *store.Tx) error {
				return tx.SetPassword(1, fmt.Sprintf("h%d", i), noon.Add(time.Duration(i)*time.Minute), 2)
			})
		}
		old, err := db.OldPasswords(t.Context(), 1)
		if diff := cmp.Diff([]string{"h2", "h3"}, old); diff != "" || err != nil {
			t.Errorf("old passwords: %v (-want +got):\n%s", err, diff)
		}
		if got, err := db.Person(t.Context(), 1); got.PasswordHash != "h4" || err != nil {
			t.Errorf("got %+v %v, want the hash h4", got, err)
		}
		if _, err := db.ResetToken(t.Context(), token.Digest); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a link that was not used: got %v, want ErrNotFound after a new password", err)
		}
		mustUpdate(t, db, func(tx *store.Tx) error {
			if n, err := tx.WithPassword([]int64{1, 2}); n != 1 || err != nil {
				t.Errorf("got %d %v with a password, want 1", n, err)
			}
			return nil
		})
	})
}

func TestResetToken(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		token := func(text string) store.ResetToken {
			return store.ResetToken{Digest: store.DigestOf(text), Account: 1, CreatedBy: "user:2", CreatedAt: noon, ExpiresAt: noon.Add(time.Hour)}
		}
		mustUpdate(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.PutResetToken(token("old")), tx.PutResetToken(token("new")))
		})
		use := func(text string, at time.Time) error {
			return db.Update(t.Context(), func(tx *store.Tx) error { return tx.UseResetToken(token(text).Digest, at) })
		}
		if err := use("old", noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("use of the older link: got %v, want ErrNotFound", err)
		}
		if err := use("new", noon.Add(time.Hour)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("use of a link that has expired: got %v, want ErrNotFound", err)
		}
		if err := use("new", noon.Add(time.Minute)); err != nil {
			t.Errorf("first use: got %v, want nil", err)
		}
		if err := use("new", noon.Add(time.Minute)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("second use: got %v, want ErrNotFound", err)
		}
		want := token("new")
		want.UsedAt = new(noon.Add(time.Minute))
		got, err := db.ResetToken(t.Context(), want.Digest)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("after use: %v (-want +got):\n%s", err, diff)
		}
	})
}

func TestSession(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		session := func(n int) store.Session {
			at := noon.Add(time.Duration(n) * time.Minute)
			return store.Session{
				ID: fmt.Sprint(n), Digest: store.DigestOf(fmt.Sprint(n)), Account: 1,
				CreatedAt: at, ExpiresAt: at.Add(48 * time.Hour), IP: "192.0.2.1", UserAgent: "test",
			}
		}
		for i := 1; i <= 4; i++ {
			mustUpdate(t, db, func(tx *store.Tx) error {
				active, deleted, err := tx.AddSession(session(i), 3)
				if active != min(i, 3) || deleted != max(0, i-3) {
					t.Errorf("session %d: got %d active and %d deleted, want %d and %d", i, active, deleted, min(i, 3), max(0, i-3))
				}
				return err
			})
		}
		got, err := db.Sessions(t.Context(), noon)
		if diff := cmp.Diff([]store.Session{session(4), session(3), session(2)}, got); diff != "" || err != nil {
			t.Errorf("sessions: %v (-want +got):\n%s", err, diff)
		}
		keep := session(3).Digest
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.DeleteSessions(1, &keep) })
		if got, err := db.Session(t.Context(), keep); cmp.Diff(session(3), got) != "" || err != nil {
			t.Errorf("the session that was kept: got %+v %v, want %+v", got, err, session(3))
		}
		if _, err := db.Session(t.Context(), session(4).Digest); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a session that was ended: got %v, want ErrNotFound", err)
		}
		if n, err := db.ForgetSessions(t.Context(), noon.Add(100*time.Hour)); n != 1 || err != nil {
			t.Errorf("forget: got %d %v, want 1", n, err)
		}
	})
}

// TestErase holds that nothing is left of a person who is deleted.
func TestErase(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		digest := store.DigestOf("x")
		mustUpdate(t, db, func(tx *store.Tx) error {
			_, _, err := tx.AddSession(store.Session{ID: "s", Digest: digest, Account: 1, CreatedAt: noon, ExpiresAt: noon.Add(time.Hour)}, 9)
			return errors.Join(err, tx.AddPerson(ann()), tx.SetPassword(1, "h1", noon, 4),
				tx.PutResetToken(store.ResetToken{Digest: digest, Account: 1, CreatedAt: noon, ExpiresAt: noon.Add(time.Hour)}),
				tx.AddLogin(store.Login{ID: "l", Account: 1, At: noon, IP: "192.0.2.1"}))
		})
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.DeletePerson(1) })
		people, _ := db.People(t.Context())
		old, _ := db.OldPasswords(t.Context(), 1)
		sessions, _ := db.Sessions(t.Context(), noon)
		logins, _ := db.Logins(t.Context(), 9)
		_, reset := db.ResetToken(t.Context(), digest)
		if len(people)+len(old)+len(sessions)+len(logins) > 0 || !errors.Is(reset, store.ErrNotFound) {
			t.Errorf("got people %v, passwords %v, sessions %v, logins %v and link %v, want none", people, old, sessions, logins, reset)
		}
	})
}

// TestEraseFiles holds that SQLite's files hold nothing of a person who is deleted, by a write to plain tables and beside events,
// while the server runs; and that nobody else on the machine may read them.
func TestEraseFiles(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"update", "append"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			url := storetest.SQLite(t)
			db := storetest.Open(t, url)
			for id := range int64(40) {
				p := store.Person{ID: id + 1, Kind: "user", Name: "Somebody", Email: fmt.Sprintf("stays%d@example.com", id), CreatedAt: noon}
				if id == 20 {
					p.Name, p.Email = "Trace Leaver", "trace@example.com"
				}
				mustUpdate(t, db, func(tx *store.Tx) error {
					return errors.Join(tx.AddPerson(p), tx.SetPassword(p.ID, "hash-of-"+p.Email, noon, 4))
				})
			}
			mustUpdate(t, db, func(tx *store.Tx) error {
				return tx.UpdatePerson(21, store.PersonChange{Email: new("trace2@example.com")})
			})
			if !inFiles(t, url, "trace@example.com") || !inFiles(t, url, "Trace Leaver") {
				t.Fatal("the person was never in the files")
			}
			erase := func(tx *store.Tx) error { return tx.DeletePerson(21) }
			if path == "update" {
				mustUpdate(t, db, erase)
			} else {
				entries, _ := ledger.Seal(ledger.Head{}, newBatch())
				if err := db.Append(t.Context(), ledger.Head{}, entries, erase); err != nil {
					t.Fatal(err)
				}
			}
			for _, text := range []string{"trace", "Trace Leaver"} {
				if inFiles(t, url, text) {
					t.Errorf("the files still hold %q", text)
				}
			}
			if !inFiles(t, url, "stays7@example.com") {
				t.Error("the files hold nobody any more")
			}
		})
	}
}

// inFiles says whether any file of an SQLite database holds a text. It fails the test if others may read one.
func inFiles(t *testing.T, url, text string) bool {
	t.Helper()
	files, err := filepath.Glob(strings.TrimPrefix(url, "sqlite:") + "*")
	if err != nil || len(files) == 0 {
		t.Fatalf("got files %v %v", files, err)
	}
	found := false
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: got mode %v %v, want 0600", file, info.Mode(), err)
		}
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found = found || bytes.Contains(content, []byte(text))
	}
	return found
}

func TestInviteLink(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		link := store.InviteLink{ID: "l", Digest: store.DigestOf("x"), Name: "team", Enabled: true, CreatedBy: "user:1", CreatedAt: noon, ExpiresAt: noon.Add(time.Hour)}
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.PutInviteLink(link) })
		link.Enabled, link.ExpiresAt = false, noon.Add(2*time.Hour)
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.PutInviteLink(link) })
		all, err := db.InviteLinks(t.Context())
		if diff := cmp.Diff([]store.InviteLink{link}, all); diff != "" || err != nil {
			t.Errorf("invite links: %v (-want +got):\n%s", err, diff)
		}
		if got, err := db.InviteLink(t.Context(), link.Digest); got != link || err != nil {
			t.Errorf("got %+v %v, want %+v", got, err, link)
		}
	})
}

func TestLogins(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		failed := store.Login{ID: "1", At: noon, Failure: "unknown", IP: "192.0.2.1"}
		done := store.Login{ID: "2", Account: 1, At: noon.Add(time.Hour), Successful: true, IP: "192.0.2.1", Provider: "oidc"}
		mustUpdate(t, db, func(tx *store.Tx) error { return errors.Join(tx.AddLogin(failed), tx.AddLogin(done)) })
		all, err := db.Logins(t.Context(), 5)
		if diff := cmp.Diff([]store.Login{done, failed}, all); diff != "" || err != nil {
			t.Errorf("logins: %v (-want +got):\n%s", err, diff)
		}
		if n, err := db.ForgetLogins(t.Context(), done.At); n != 1 || err != nil {
			t.Errorf("forget: got %d %v, want 1", n, err)
		}
	})
}

func TestUseAssertion(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		use := func(id string) bool {
			var fresh bool
			mustUpdate(t, db, func(tx *store.Tx) (err error) {
				fresh, err = tx.UseAssertion(store.DigestOf(id), noon)
				return err
			})
			return fresh
		}
		if !use("a") || use("a") || !use("b") {
			t.Error("an assertion is fresh once")
		}
		if n, err := db.ForgetAssertions(t.Context(), noon.Add(time.Second)); n != 2 || err != nil {
			t.Errorf("forgot %d %v, want 2", n, err)
		}
	})
}

func TestProvisioned(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.AddPerson(ann()) })
		want := ann()
		for _, kept := range []store.Provisioned{{At: noon}, {At: noon.Add(time.Hour), ExternalID: "x", GivenName: "Ann", FamilyName: "Émile"}} {
			mustUpdate(t, db, func(tx *store.Tx) error { return tx.SetProvisioned(1, kept) })
			want.Provisioned = &kept
			if got, err := db.Person(t.Context(), 1); cmp.Diff(want, got) != "" || err != nil {
				t.Errorf("got %v %v, want %v", got, err, want)
			}
		}
	})
}

func TestSignOnSubjects(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		mustUpdate(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.AddPerson(ann()), tx.PutSignOnSubject(store.SignOnSubject{Issuer: "i", Subject: "s", Account: 1}))
		})
		mustKnow := func(issuer, subject string, want int64, wanted error) {
			t.Helper()
			if got, err := db.SignOnAccount(ctx, issuer, subject); got != want || !errors.Is(err, wanted) {
				t.Errorf("%s of %s: got %d %v, want %d %v", subject, issuer, got, err, want, wanted)
			}
		}
		mustKnow("i", "s", 1, nil)
		mustKnow("I", "s", 0, store.ErrNotFound)
		if got, err := db.SignOnSubjectOf(ctx, "i", 1); got != "s" || err != nil {
			t.Errorf("the subject: got %q %v, want s", got, err)
		}
		other := store.SignOnSubject{Issuer: "i", Subject: "t", Account: 1}
		if err := db.Update(ctx, func(tx *store.Tx) error { return tx.PutSignOnSubject(other) }); !errors.Is(err, store.ErrTaken) {
			t.Errorf("a second subject: got %v, want ErrTaken", err)
		}
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.UpdatePerson(1, store.PersonChange{Email: new("ANN@example.com")}) })
		mustKnow("i", "s", 1, nil)
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.UpdatePerson(1, store.PersonChange{Email: new("new@example.com")}) })
		mustKnow("i", "s", 0, store.ErrNotFound)
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.PutSignOnSubject(other) })
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.DeletePerson(1) })
		mustKnow("i", "t", 0, store.ErrNotFound)
	})
}
