package evaluation_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/flag"
)

// TestDifferential asks Quorate and Unleash's official Node SDK the same 100,000
// random pairs of flag and context and wants the same answers.
func TestDifferential(t *testing.T) {
	t.Parallel()
	const pairs = 100_000
	sdk := mustStartNodeSDK(t)
	var asked, enabled, withVariant int
	for asked < pairs {
		rapid.Check(t, func(t *rapid.T) {
			w := drawWorld(t)
			set := w.compile()
			theirs := sdk.mustAnswer(t, &w)
			for i := range w.Contexts {
				ctx := w.Contexts[i].context()
				for j := range w.Features {
					result := set.evaluate(w.Features[j].Name, ctx)
					ours := answer{result.Enabled, newWireVariant(result)}
					if diff := cmp.Diff(theirs[i][j], ours); diff != "" {
						t.Fatalf("the answers of %q differ (-Node SDK +Quorate):\n%s\n%s", w.Features[j].Name, diff, w.about(j, i))
					}
					asked++
					if ours.Enabled {
						enabled++
					}
					if ours.Variant.Enabled {
						withVariant++
					}
				}
			}
		})
	}
	t.Logf("asked %d pairs: %d enabled, %d with a variant", asked, enabled, withVariant)
	if enabled < asked/10 || enabled > asked*9/10 || withVariant < asked/20 {
		t.Errorf("got %d of %d pairs enabled and %d with a variant; that is too one-sided to compare anything", enabled, asked, withVariant)
	}
}

// world is a set of flags and the contexts to ask them with.
type world struct {
	Features []wireFlag    `json:"features"`
	Segments []wireSegment `json:"segments"`
	Contexts []wireContext `json:"contexts"`
}

// wireSegment is a segment as SDKs are sent it.
type wireSegment struct {
	ID          flag.SegmentID   `json:"id"`
	Constraints []wireConstraint `json:"constraints"`
}

// about returns what of the world matters to the answer of a flag to a context, as
// the Node SDK gets it, for people to read.
func (w *world) about(feature, context int) string {
	asked := w.Features[feature]
	matters := world{Segments: w.Segments, Contexts: w.Contexts[context : context+1]}
	for _, f := range w.Features {
		isParent := func(d wireDependency) bool { return d.Feature == f.Name }
		if f.Name == asked.Name || slices.ContainsFunc(asked.Dependencies, isParent) {
			matters.Features = append(matters.Features, f)
		}
	}
	text, err := json.MarshalIndent(matters, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (w *world) compile() flagSet {
	flags := map[flag.Name]wireFlag{}
	for _, f := range w.Features {
		flags[f.Name] = f
	}
	segments := map[flag.SegmentID]flag.Segment{}
	for _, s := range w.Segments {
		model := flag.Segment{ID: s.ID}
		for _, c := range s.Constraints {
			model.Constraints = append(model.Constraints, flag.Constraint(c))
		}
		segments[s.ID] = model
	}
	return compile(flags, segments)
}

// answer is what a flag answers to a context; in JSON, [enabled, variant].
type answer struct {
	Enabled bool
	Variant wireVariant
}

func (a *answer) UnmarshalJSON(text []byte) error {
	return json.Unmarshal(text, &[]any{&a.Enabled, &a.Variant})
}

// nodeSDK is a process that evaluates with the Node SDK.
type nodeSDK struct {
	in  io.Writer
	out *bufio.Reader
}

// mustStartNodeSDK starts the process, which ends with the test. Without Node or the
// SDK the test is skipped, but in CI it fails.
func mustStartNodeSDK(t *testing.T) *nodeSDK {
	t.Helper()
	const script, library = "../../e2e/differential/evaluate.mjs", "../../e2e/sdk/node_modules/unleash-client"
	missing := t.Skipf
	if os.Getenv("CI") != "" {
		missing = t.Fatalf
	}
	node, err := exec.LookPath("node")
	if err != nil {
		missing("Node is missing: %v", err)
	}
	if _, err := os.Stat(library); err != nil {
		missing("the Node SDK is missing; run npm ci in e2e/sdk: %v", err)
	}
	process := exec.CommandContext(t.Context(), node, script)
	process.Env = append(os.Environ(), "TZ=UTC", "HOSTNAME="+hostname)
	process.Stderr = os.Stderr
	in, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = process.Wait() }) // killed by the test's context
	return &nodeSDK{in, bufio.NewReader(out)}
}

// mustAnswer returns the SDK's answers by context and flag.
func (sdk *nodeSDK) mustAnswer(t *rapid.T, w *world) [][]answer {
	t.Helper()
	question, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(sdk.in, "%s\n", question); err != nil {
		t.Fatal(err)
	}
	line, err := sdk.out.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var answers [][]answer
	if err := json.Unmarshal(line, &answers); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return answers
}
