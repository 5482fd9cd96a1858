package changerequest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
)

// World is what a request is judged against: everything else, at one moment.
type World interface {
	change.Live
	// Rule returns what protects a place, and whether anything does.
	Rule(Place) (Rule, bool)
	// Places returns every environment in which the request's changes take effect.
	Places(*Request) []Place
	// Actor returns who a reference names, with what they may do now; false when there is
	// no such actor any more.
	Actor(access.Ref) (access.Actor, bool)
	// Conflicts returns what keeps the request from being applied.
	Conflicts(*Request) []change.Conflict
}

// needed returns what each place asks for: the stricter of what was frozen and what holds
// now, sorted by place.
func needed(r *Request, w World) []Agreement {
	needed := slices.Clone(r.Agreements)
	places := slices.Clone(w.Places(r))
	for _, a := range r.Agreements {
		places = append(places, a.Place) // also one in which the changes have no effect any more
	}
	for _, at := range places {
		rule, protected := w.Rule(at)
		if !protected {
			continue
		}
		i := slices.IndexFunc(needed, func(a Agreement) bool { return a.Place == at })
		if i < 0 {
			needed = append(needed, Agreement{at, rule})
			continue
		}
		needed[i].Rule = Stricter(needed[i].Rule, rule)
	}
	sortAgreements(needed)
	return needed
}

// PlaceStanding is how far a place has agreed.
type PlaceStanding struct {
	Agreement
	// Counted are the approvals that count there.
	Counted []Vote
}

// missing returns how many approvals are missing.
func (p PlaceStanding) missing() int {
	return max(0, p.Rule.RequiredApprovals-len(p.Counted))
}

// Standing is how far a request is agreed to, place by place.
type Standing []PlaceStanding

// StandingOf returns how far the request's content is agreed to now: by whom, and whether
// they still may.
func StandingOf(r *Request, w World) Standing {
	var standing Standing
	votes := r.Current()
	for _, a := range needed(r, w) {
		p := PlaceStanding{Agreement: a}
		for _, v := range votes {
			if voter, exists := w.Actor(v.By); exists && counts(r, a, voter) == nil {
				p.Counted = append(p.Counted, v)
			}
		}
		standing = append(standing, p)
	}
	return standing
}

// Reached reports whether every place has agreed.
func (s Standing) Reached() bool {
	return !slices.ContainsFunc(s, func(p PlaceStanding) bool { return p.missing() > 0 })
}

// Counted returns every approval that counts somewhere, in the order in which they were given.
func (s Standing) Counted() []Vote {
	var all []Vote
	for _, p := range s {
		for _, v := range p.Counted {
			if !slices.ContainsFunc(all, func(have Vote) bool { return have.By == v.By }) {
				all = append(all, v)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Vote) int { return a.At.Compare(b.At) })
	return all
}

// Sentence says what is missing and who can give it; empty if nothing is.
func (s Standing) Sentence() string {
	var parts []string
	for _, p := range s {
		if n := p.missing(); n > 0 {
			parts = append(parts, fmt.Sprintf("%s in the environment %q of project %q from people who have the permission %s there",
				plural(n, "approval is missing", "approvals are missing"), p.Environment, p.Project, access.ApproveChangeRequest))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "; ") + "."
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// counts returns nil if an approval by somebody counts in a place, or a sentence that
// says why it does not.
func counts(r *Request, at Agreement, voter access.Actor) error {
	switch {
	case !voter.Can(at.Project, at.Environment, access.ApproveChangeRequest):
		return access.Denied(at.Environment, access.ApproveChangeRequest)
	case voter.Ref.Kind() != access.KindUser && !at.Rule.AnyoneCounts:
		return denied("Only people's approvals count in the environment %q. A service account or an API token can propose, but not approve.", at.Environment)
	case voter.Ref == r.Author && !authorMay(at.Rule, voter):
		return denied("The author of a change request cannot approve it. Somebody else who has the permission %s in the environment %q can.", access.ApproveChangeRequest, at.Environment)
	case slices.Contains(r.Granted, voter.Ref.Account()): // which is 0 for a token
		return denied("Your permission to approve was given by the author of this change request after it was submitted, so your approval does not count. Somebody else who has the permission %s can approve.", access.ApproveChangeRequest)
	default:
		return nil
	}
}

// authorMay reports whether the author's own approval counts.
func authorMay(rule Rule, author access.Actor) bool {
	return rule.AuthorCounts || (author.IsAdmin() && !rule.AdminsBound)
}
