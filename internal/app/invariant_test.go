package app_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestInvariants does what comes to mind with a few flags, and looks after each step
// whether what must always be true still is. A refusal must leave everything as it was.
func TestInvariants(t *testing.T) {
	t.Parallel()
	a := mustOpen(t, storetest.Open(t, storetest.SQLite(t)), nil)
	ctx := t.Context()
	names := []flag.Name{"a", "b", "c"}
	rapid.Check(t, func(t *rapid.T) {
		flagName := rapid.SampledFrom(names)
		some := rapid.SliceOfNDistinct(flagName, 1, 3, rapid.ID[flag.Name])
		// strategy draws one of a flag's strategies, or one that it does not have.
		strategy := func(name flag.Name) flag.StrategyID {
			ids := []flag.StrategyID{"none"}
			if f := a.State().Flag(name); f != nil {
				for _, s := range f.In("development").Strategies {
					ids = append(ids, s.ID)
				}
			}
			return rapid.SampledFrom(ids).Draw(t, "strategy")
		}
		step := func(do func(name flag.Name) error) func(*rapid.T) {
			return func(t *rapid.T) {
				name := flagName.Draw(t, "flag")
				before := mustDigest(t, a.State())
				err := do(name)
				if err != nil && fault.As(err) == nil {
					t.Fatalf("got the internal error %v", err)
				}
				if err != nil && mustDigest(t, a.State()) != before {
					t.Fatalf("refused with %v, and the state has changed", err)
				}
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"create": step(func(name flag.Name) error {
				_, err := a.CreateFeature(ctx, admin, app.NewFeature{Project: "default", Name: name})
				return err
			}),
			"on": step(func(flag.Name) error {
				how := decide.Activation{ActivateDisabled: rapid.Bool().Draw(t, "activate")}
				return a.SwitchFeaturesOn(ctx, admin, "default", "development", some.Draw(t, "flags"), how)
			}),
			"off": step(func(flag.Name) error {
				return a.SwitchFeaturesOff(ctx, admin, "default", "development", some.Draw(t, "flags"))
			}),
			"add strategy": step(func(name flag.Name) error {
				in := everyone()
				in.Disabled = rapid.Bool().Draw(t, "disabled")
				_, err := a.AddStrategy(ctx, admin, development(name), in)
				return err
			}),
			"disable strategy": step(func(name flag.Name) error {
				_, err := a.UpdateStrategy(ctx, admin, development(name), strategy(name), func(s flag.Strategy) (change.StrategySettings, error) {
					in := change.SettingsOf(s)
					in.Disabled = true
					return in, nil
				})
				return err
			}),
			"remove strategy": step(func(name flag.Name) error {
				return a.RemoveStrategy(ctx, admin, development(name), strategy(name))
			}),
			"depend": step(func(name flag.Name) error {
				return a.AddDependency(ctx, admin, "default", name, flag.Dependency{Feature: flagName.Draw(t, "parent"), Enabled: true})
			}),
			"stop depending": step(func(name flag.Name) error { return a.RemoveDependencies(ctx, admin, "default", name) }),
			"archive":        step(func(flag.Name) error { return a.ArchiveFeatures(ctx, admin, "default", some.Draw(t, "flags")) }),
			"revive":         step(func(flag.Name) error { return a.ReviveFeatures(ctx, admin, "default", some.Draw(t, "flags")) }),
			"delete":         step(func(flag.Name) error { return a.DeleteFeatures(ctx, admin, "default", some.Draw(t, "flags")) }),
			"clone": step(func(name flag.Name) error {
				_, err := a.CloneFeature(ctx, admin, "default", name, flagName.Draw(t, "copy"), true)
				return err
			}),
			"": func(t *rapid.T) { checkInvariants(t, a.State()) },
		})
	})
}

func checkInvariants(t *rapid.T, s *state.State) {
	for f := range s.Flags() {
		for _, row := range f.Environments {
			bare := !slices.ContainsFunc(row.Strategies, func(s flag.Strategy) bool { return !s.Disabled })
			if row.Enabled && bare {
				t.Fatalf("%s is on in %s without an enabled strategy, which SDKs read as on for everyone", f.Name, row.Environment)
			}
		}
		if f.Archived() && len(f.Dependencies) > 0 {
			t.Fatalf("%s is archived and depends on another flag", f.Name)
		}
		for _, d := range f.Dependencies {
			parent := s.Flag(d.Feature)
			switch {
			case parent == nil || parent.Archived():
				t.Fatalf("%s depends on %s, which is not active", f.Name, d.Feature)
			case len(parent.Dependencies) > 0:
				t.Fatalf("%s depends on %s, which depends on another flag", f.Name, d.Feature)
			case d.Feature == f.Name:
				t.Fatalf("%s depends on itself", f.Name)
			}
		}
	}
}

func mustDigest(t rapid.TB, s *state.State) string {
	digest, err := state.Digest(s)
	if err != nil {
		t.Fatalf("digest: %v", err)
	}
	return digest
}
