package payload_test

import (
	"bytes"
	"encoding/json"
	stdflag "flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/state"
)

var update = stdflag.Bool("update", false, "write the golden files")

// TestGolden holds what SDKs are sent to files, byte for byte and with its entity tag.
func TestGolden(t *testing.T) {
	t.Parallel()
	set := newWorld(fixture()).Set(development)
	all := everything(development)
	for name, answer := range map[string]*payload.Answer{
		"features":          set.Features(all, false),
		"features-inline":   set.Features(all, true),
		"features-filtered": set.Features(payload.NewQuery(token(development, "inner", "outer")).NamedLike("o").Tagged([]string{"team:red", "team:a:b"}), false),
		"hydration":         set.Hydration(all),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("testdata", name+".golden")
			got := answer.ETag() + "\n" + bodyOf(answer) + "\n"
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("the answer differs from %s (-want +got):\n%s", file, diff)
			}
		})
	}
}

func TestFeaturesInScope(t *testing.T) {
	t.Parallel()
	set := newWorld(fixture()).Set(development)
	all := everything(development)
	inner := payload.NewQuery(token(development, "inner"))
	for name, c := range map[string]struct {
		query    payload.Query
		features string
		segments string
	}{
		"all":                         {all, "off on targeted varied", "adults nordic"},
		"a token's project":           {inner, "off on targeted", "adults nordic"},
		"a token's other project":     {payload.NewQuery(token(development, "outer")), "varied", ""},
		"both":                        {payload.NewQuery(token(development, "outer", "inner")), "off on targeted varied", "adults nordic"},
		"an asked project":            {all.In([]string{"outer"}), "varied", ""},
		"what the token does not see": {inner.In([]string{"outer"}), "off on targeted", "adults nordic"},
		"a prefix":                    {all.NamedLike("o"), "off on", ""},
		"a tag":                       {all.Tagged([]string{"team:red"}), "on", ""},
		"one of two tags":             {all.Tagged([]string{"team:blue", "team:red"}), "on", ""},
		"no such tag":                 {all.Tagged([]string{"team:blue"}), "", ""},
		"no such project":             {all.In([]string{"nowhere"}), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got answer
			mustUnmarshal(t, set.Features(c.query, false).Body(payload.Identity).Bytes, &got)
			var features, segments []string
			for _, f := range got.Features {
				features = append(features, f.Name)
			}
			for _, s := range got.Segments {
				segments = append(segments, s.Name)
			}
			if got := strings.Join(features, " "); got != c.features {
				t.Errorf("got features %q, want %q", got, c.features)
			}
			if got := strings.Join(segments, " "); got != c.segments {
				t.Errorf("got segments %q, want %q", got, c.segments)
			}
		})
	}
}

func TestUnknownEnvironmentIsOff(t *testing.T) {
	t.Parallel()
	var got answer
	set := newWorld(fixture()).Set("nowhere")
	mustUnmarshal(t, set.Features(everything("nowhere"), false).Body(payload.Identity).Bytes, &got)
	if len(got.Features) != 4 {
		t.Errorf("got %d features, want all 4", len(got.Features))
	}
	for _, f := range got.Features {
		if !strings.Contains(f.text, `"enabled":false`) || !strings.Contains(f.text, `"strategies":[]`) {
			t.Errorf("got %s, want it off and without strategies", f.text)
		}
	}
}

func TestETag(t *testing.T) {
	t.Parallel()
	s := fixture()
	w, other := newWorld(s), newWorld(s)
	tag := func(w *world) string { return w.Set(development).Features(everything(development), false).ETag() }
	first := tag(w)
	if got := tag(newWorld(s)); got != first {
		t.Errorf("another node answers with the tag %s, want %s", got, first)
	}
	if inline := w.Set(development).Features(everything(development), true).ETag(); inline == first {
		t.Errorf("with segments inlined, the tag is the same: %s", inline)
	}
	if narrow := w.Set(development).Features(everything(development).NamedLike("o"), false).ETag(); narrow == first {
		t.Errorf("for fewer flags, the tag is the same: %s", narrow)
	}

	w.do(t, flagtest.Toggle(s.Flag("on"), production))
	if got := tag(w); got != first {
		t.Errorf("a change in another environment made the tag %s, want %s", got, first)
	}
	w.do(t, flagtest.Toggle(w.state.Flag("on"), development))
	second := tag(w)
	if second == first {
		t.Errorf("after a change, the tag is the same: %s", second)
	}

	// The same revision of a ledger that went on differently from a backup.
	other.do(t, flagtest.Toggle(s.Flag("off"), production))
	other.do(t, flagtest.Toggle(other.state.Flag("off"), development))
	forked := tag(other)
	if other.state.Revision() != w.state.Revision() || forked == second {
		t.Errorf("got the tag %s at revision %d for two histories", forked, w.state.Revision())
	}
}

func TestMetaRepeatsTheETag(t *testing.T) {
	t.Parallel()
	a := newWorld(fixture()).Set(development).Features(everything(development), false)
	var got answer
	mustUnmarshal(t, a.Body(payload.Identity).Bytes, &got)
	if got.Meta.ETag != a.ETag() || !strings.HasPrefix(a.ETag(), `"`+got.Meta.QueryHash+":") {
		t.Errorf("got meta %+v, want it to say %s", got.Meta, a.ETag())
	}
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	a := newWorld(flagtest.State(1, 50)).Set(production).Features(everything(production), false)
	want := bodyOf(a)
	if !json.Valid([]byte(want)) {
		t.Fatalf("this is not JSON: %s", want)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(a.Body(payload.Gzip).Bytes))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(unzipped); err != nil || string(got) != want {
		t.Errorf("gzip: got %d bytes and %v, want %d", len(got), err, len(want))
	}
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	if got, err := decoder.DecodeAll(a.Body(payload.Zstd).Bytes, nil); err != nil || string(got) != want {
		t.Errorf("zstd: got %d bytes and %v, want %d", len(got), err, len(want))
	}
}

// TestKept checks that an answer is made once, for as long as its environment stays
// as it is.
func TestKept(t *testing.T) {
	t.Parallel()
	w := newWorld(fixture())
	ask := func() *payload.Answer { return w.Set(development).Features(everything(development), false) }
	first := ask()
	w.do(t, flagtest.Toggle(w.state.Flag("on"), production))
	if got := ask(); got != first {
		t.Error("a change in another environment let go of the answer")
	}
	w.do(t, flagtest.Toggle(w.state.Flag("on"), development))
	if got := ask(); got == first {
		t.Error("a change in the environment kept the answer")
	}
	if first, again := ask().Body(payload.Identity), ask().Body(payload.Identity); &first.Bytes[0] != &again.Bytes[0] {
		t.Error("the body was made twice")
	}
}

// TestBounded asks for more different things than are kept.
func TestBounded(t *testing.T) {
	t.Parallel()
	set := newWorld(flagtest.State(1, 300)).Set(production)
	for i := range 3_000 {
		q := everything(production).NamedLike(string(rune('a'+i%26)) + strings.Repeat("x", i/26))
		set.Features(q, false).Body(payload.Gzip)
	}
	want := bodyOf(newWorld(flagtest.State(1, 300)).Set(production).Features(everything(production), false))
	if got := bodyOf(set.Features(everything(production), false)); got != want {
		t.Error("the answer differs from what a fresh set gives")
	}
	if got := payload.KeptAnswers(set); got > 1_000 {
		t.Errorf("%d answers are kept, want at most 1,000", got)
	}
}

// TestAskingAgainCostsNothing holds the hot path to no allocation.
func TestAskingAgainCostsNothing(t *testing.T) {
	w := newWorld(fixture())
	asking := token(development, "inner")
	w.Set(development).Features(payload.NewQuery(asking), false).Body(payload.Gzip)
	allocs := testing.AllocsPerRun(100, func() {
		q := payload.NewQuery(asking)
		a := w.Set(q.Environment).Features(q, false)
		if a.ETagHeader()[0] == "" || a.Body(payload.Gzip).Length()[0] == "" {
			t.Error("the answer has no tag or no length")
		}
	})
	if allocs != 0 {
		t.Errorf("got %v allocations, want none", allocs)
	}
}

// TestAnew gives the payload a state that does not continue the one before.
func TestAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(fixture())
	w.Set(development)
	stream, err := w.Stream(everything(development), 0)
	if err != nil {
		t.Fatal(err)
	}
	replaced := flagtest.After(fixture(), flagtest.Toggle(fixture().Flag("on"), development))
	replaced, applied, err := state.Fold(replaced, flagtest.Seal(replaced, flagtest.Toggle(replaced.Flag("off"), development)))
	if err != nil {
		t.Fatal(err)
	}
	w.Follow(replaced, applied)
	if _, open := <-stream.Messages; open {
		t.Error("the stream goes on, as if nothing had been left out")
	}
	want := newWorld(replaced).Set(development).Features(everything(development), false)
	if got := w.Set(development).Features(everything(development), false); bodyOf(got) != bodyOf(want) {
		t.Errorf("got %s, want %s", bodyOf(got), bodyOf(want))
	}
}

func TestFlagJSON(t *testing.T) {
	t.Parallel()
	set := newWorld(fixture()).Set(development)
	if got := set.Flag("gone"); got != nil {
		t.Errorf("got an archived flag: %s", got.JSON(false))
	}
	f := set.Flag("targeted")
	if got := string(f.JSON(false)); !strings.Contains(got, `"segments":[1,2]`) {
		t.Errorf("got %s, want segments 1 and 2", got)
	}
	inlined := string(f.JSON(true))
	for _, want := range []string{`"contextName":"country"`, `"contextName":"age"`} {
		if !strings.Contains(inlined, want) || strings.Contains(inlined, "segments") {
			t.Errorf("got %s, want it to hold %s and no segments", inlined, want)
		}
	}
}

// TestFollowingIsMakingAnew compares sets that followed everyday changes with sets made
// from the state that came out.
func TestFollowingIsMakingAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(flagtest.State(3, 100))
	environments := []flag.EnvironmentName{development, production, flagtest.Staging}
	for _, env := range environments {
		w.Set(env)
	}
	changer := flagtest.NewChanger(3, w.state)
	for range 300 {
		w.do(t, changer.Next(w.state)...)
	}
	for _, env := range environments {
		for _, inline := range []bool{false, true} {
			got := bodyOf(w.Set(env).Features(everything(env), inline))
			if want := bodyOf(newWorld(w.state).Set(env).Features(everything(env), inline)); got != want {
				t.Errorf("%s, inline %t: the followed set differs from one made anew", env, inline)
			}
		}
		got, sum := w.Set(env).AppendToggles(nil, everything(env), visitor(), true)
		want, wantSum := newWorld(w.state).Set(env).AppendToggles(nil, everything(env), visitor(), true)
		if !bytes.Equal(got, want) || sum != wantSum {
			t.Errorf("%s: the followed set evaluates differently from one made anew", env)
		}
	}
}
