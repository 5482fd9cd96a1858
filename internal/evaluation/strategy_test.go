package evaluation_test

import (
	"fmt"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
)

// TestStrategies covers what the differential test leaves out.
func TestStrategies(t *testing.T) {
	t.Parallel()
	with := func(name string, parameters ...string) flag.Strategy {
		s := flag.Strategy{Name: name, Parameters: map[string]string{}}
		for i := 0; i < len(parameters); i += 2 {
			s.Parameters[parameters[i]] = parameters[i+1]
		}
		return s
	}
	tests := []struct {
		name     string
		strategy flag.Strategy
		ctx      evaluation.Context
		want     bool
	}{
		{"an IPv6 network", with("remoteAddress", "IPs", "2001:db8::/32"), evaluation.Context{RemoteAddress: "2001:db8::7"}, true},
		{"one IPv6 address in two spellings", with("remoteAddress", "IPs", "2001:DB8:0::7"), evaluation.Context{RemoteAddress: "2001:db8::7"}, true},
		{"equal texts that are not addresses", with("remoteAddress", "IPs", "localhost"), evaluation.Context{RemoteAddress: "localhost"}, false},
		{"an empty entry is no user", with("userWithId", "userIds", "7,,8"), evaluation.Context{}, false},
		{"a property is no user", with("userWithId", "userIds", "7"), evaluation.Context{Properties: map[string]string{"userId": "7"}}, false},
		{"a host", with("applicationHostname", "hostNames", "a, Web-1"), evaluation.Context{Hostname: "wEB-1"}, true},
		{"another host", with("applicationHostname", "hostNames", "a, web-10"), evaluation.Context{Hostname: "web-1"}, false},
		{"an unknown strategy", with("custom"), evaluation.Context{UserID: "7"}, false},
		{"an empty stickiness is the default", with("flexibleRollout", "rollout", "100", "stickiness", ""), evaluation.Context{UserID: "7"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := enabledBy(tt.strategy, &tt.ctx); got != tt.want {
				t.Errorf("got %t, want %t", got, tt.want)
			}
		})
	}
}

// TestRolloutPositions checks where ids stand in a rollout, against values that all
// SDKs share and, for ids that are not ASCII, MurmurHash3 over their UTF-8.
func TestRolloutPositions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		id, group string
		want      int
	}{
		{"123", "gr1", 73}, {"999", "groupX", 25}, {"ünïcode", "gr1", 24}, {"用户", "gr1", 37}, {"Ærøskøbing", "gr1", 35},
	} {
		for _, strategy := range []string{"flexibleRollout", "gradualRolloutUserId", "gradualRolloutSessionId"} {
			if got := position(strategy, tt.group, tt.id); got != tt.want {
				t.Errorf("%s: got position %d of %s in %s, want %d", strategy, got, tt.id, tt.group, tt.want)
			}
		}
	}
}

// position returns the smallest percentage that takes an id in.
func position(strategy, group, id string) int {
	ctx := &evaluation.Context{UserID: id, SessionID: id}
	for percentage := 0; percentage <= 100; percentage++ {
		text := strconv.Itoa(percentage)
		parameters := map[string]string{"groupId": group, "rollout": text, "percentage": text}
		if enabledBy(flag.Strategy{Name: strategy, Parameters: parameters}, ctx) {
			return percentage
		}
	}
	return -1
}

// TestRolloutGroup wants a rollout without a group to take the flag's name for one.
func TestRolloutGroup(t *testing.T) {
	t.Parallel()
	f := mustCompile(t, flagWith("gr1", flag.Strategy{Name: "flexibleRollout", Parameters: map[string]string{"rollout": "73"}}))
	g := mustCompile(t, flagWith("gr1", flag.Strategy{Name: "flexibleRollout", Parameters: map[string]string{"rollout": "72"}}))
	ctx := &evaluation.Context{UserID: "123"}
	if got, want := [2]bool{f.Evaluate(nil, ctx).Enabled, g.Evaluate(nil, ctx).Enabled}, [2]bool{true, false}; got != want {
		t.Errorf("got %v at 73 and 72 per cent, want %v", got, want)
	}
}

// TestRolloutGrows wants raising a percentage to keep everyone who was in.
func TestRolloutGrows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.String().Draw(t, "id")
		low := rapid.Float64Range(-1, 101).Draw(t, "low")
		high := rapid.Float64Range(low, 101).Draw(t, "high")
		in := func(percentage float64) bool {
			return enabledBy(flag.Strategy{
				Name:       "flexibleRollout",
				Parameters: map[string]string{"stickiness": "tenant", "rollout": fmt.Sprint(percentage)},
			}, &evaluation.Context{Properties: map[string]string{"tenant": id}})
		}
		if in(low) && !in(high) {
			t.Fatalf("got %q in at %v per cent and out at %v", id, low, high)
		}
	})
}

// TestRandomRollout wants rollouts with nothing to stick to to take in exactly the
// share of the numbers drawn.
func TestRandomRollout(t *testing.T) {
	t.Parallel()
	for _, s := range []flag.Strategy{
		{Name: "gradualRolloutRandom", Parameters: map[string]string{"percentage": "30"}},
		{Name: "flexibleRollout", Parameters: map[string]string{"rollout": "30", "stickiness": "random"}},
		{Name: "flexibleRollout", Parameters: map[string]string{"rollout": "30"}},
	} {
		var drawn uint32
		ctx := &evaluation.Context{Random: func() uint32 { drawn++; return drawn }}
		var in int
		for range 1000 {
			if enabledBy(s, ctx) {
				in++
			}
		}
		if in != 300 || drawn != 1000 {
			t.Errorf("%s: got %d of 1000 in with %d numbers drawn, want 300 and 1000", s.Name, in, drawn)
		}
	}
}

// FuzzStrategy wants no strategy and no context to cause a panic, nor to make anyone
// draw a number who has a userId to stick to.
func FuzzStrategy(f *testing.F) {
	for _, name := range []string{
		"default", "flexibleRollout", "userWithId", "gradualRolloutUserId", "gradualRolloutSessionId", "remoteAddress", "applicationHostname", "custom",
	} {
		f.Add(name, "a, b", "50", "default", "group", "a")
	}
	f.Fuzz(func(t *testing.T, name, values, percentage, stickiness, group, id string) {
		s := flag.Strategy{
			Name: name,
			Parameters: map[string]string{
				"userIds": values, "IPs": values, "hostNames": values,
				"rollout": percentage, "percentage": percentage, "stickiness": stickiness, "groupId": group,
			},
			Variants: []flag.Variant{{Name: "a", Weight: len(values), Stickiness: "userId"}, {Name: "b", Weight: -len(group)}},
		}
		ctx := &evaluation.Context{UserID: id, RemoteAddress: id, Hostname: id, Random: func() uint32 {
			if id != "" && stickiness != "random" && name != "gradualRolloutRandom" {
				t.Error("a number was drawn")
			}
			return 0
		}}
		enabledBy(s, ctx)
	})
}
