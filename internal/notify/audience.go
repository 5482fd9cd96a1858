package notify

import (
	"regexp"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// Who is told of an event: functions of values alone, so that each row of the table can be tested without a database.

// happening is an event with what it takes to say who is told of it. Nobody asks a clock or a
// database about it.
// The audiences count on before and after: each row of the table that asks for one is about an event of a request.
type happening struct {
	state   *state.State // the newest, in which permissions are looked up
	project flag.ProjectID
	payload state.Payload
	actor   access.Ref
	// before and after are the request that the event is about; nil if it is about none.
	before, after *changerequest.Request
	// text is what was said: the comment of the event or beside it, or the reason.
	text      string
	mentioned []int64               // accounts that the text names
	places    []changerequest.Place // where a bypass has changed something
}

// fact returns what the event says about its request, or nil.
func (h *happening) fact() changerequest.Event {
	if p, ok := h.payload.(state.ChangeRequestEvent); ok {
		return p.Fact
	}
	return nil
}

// audience is some of the people who may be told.
type audience struct {
	name string
	// concerned: they made the request, scheduled it, were asked to review it, or are meant by
	// name or by office. Unless they chose otherwise, they are mailed.
	concerned bool
	who       func(*happening) []int64
}

// The audiences.
var (
	author = audience{"the author", true, func(h *happening) []int64 { return accounts(h.after.Author) }}
	// scheduler is who had scheduled it: closing a request ends its schedule, and scheduling it
	// again makes it another's.
	scheduler = audience{"who had scheduled it", true, func(h *happening) []int64 {
		if h.before.Schedule == nil {
			return nil
		}
		return accounts(h.before.Schedule.By)
	}}
	reviewers  = audience{"who is asked for a review", true, func(h *happening) []int64 { return asked(h.state, h.after) }}
	newlyAsked = audience{"who is asked for a review and was not before", true, func(h *happening) []int64 {
		before := asked(h.state, h.before)
		return slices.DeleteFunc(asked(h.state, h.after), func(id int64) bool { return slices.Contains(before, id) })
	}}
	voters    = audience{"who had approved it as it was", true, func(h *happening) []int64 { return voted(h.before.Current()) }}
	followers = audience{"who has voted or commented", false, func(h *happening) []int64 {
		ids := append(voted(h.after.Approvals), voted(h.after.Rejections)...)
		for _, c := range h.after.Comments {
			ids = append(ids, accounts(c.By)...)
		}
		return ids
	}}
	mentioned = audience{"who is mentioned", true, func(h *happening) []int64 { return h.mentioned }}
	approvers = audience{"who may approve in the environment", true, func(h *happening) []int64 { return mayApprove(h.state, h.places) }}
	admins    = audience{"admins", true, func(h *happening) []int64 {
		return those(h.state, access.Actor.IsAdmin)
	}}
)

// accounts returns the account of a reference, if it has one.
// Tokens and Quorate itself have none: they are told nothing.
func accounts(refs ...access.Ref) []int64 {
	var ids []int64
	for _, ref := range refs {
		if id := ref.Account(); id != 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// voted returns who gave votes.
func voted(votes []changerequest.Vote) []int64 {
	var ids []int64
	for _, v := range votes {
		ids = append(ids, accounts(v.By)...)
	}
	return ids
}

// asked returns who is asked for a review of a request, themselves or as one of a group.
// Somebody may be in it twice; recipients tells each once.
func asked(s *state.State, r *changerequest.Request) []int64 {
	ids := slices.Clone(r.Reviewers)
	for _, group := range r.ReviewerGroups {
		if g := s.Group(group); g != nil {
			for _, m := range g.Members {
				ids = append(ids, m.Account)
			}
		}
	}
	return ids
}

// Asked reports whether an account is asked for a review of a request.
// The inbox of adminapi says by it what waits for somebody.
func Asked(s *state.State, r *changerequest.Request, account int64) bool {
	return slices.Contains(asked(s, r), account)
}

// mayApprove returns who may approve changes in one of the places.
func mayApprove(s *state.State, places []changerequest.Place) []int64 {
	return those(s, func(a access.Actor) bool {
		return slices.ContainsFunc(places, func(at changerequest.Place) bool {
			return a.Can(at.Project, at.Environment, access.ApproveChangeRequest)
		})
	})
}

// those returns the accounts whose actors satisfy a condition, by going through all: it is asked for rows that are rare.
func those(s *state.State, are func(access.Actor) bool) []int64 {
	var ids []int64
	for account := range s.Accounts() {
		if actor, ok := s.Actor(account.ID); ok && are(actor) {
			ids = append(ids, account.ID)
		}
	}
	return ids
}

// mayBeTold reports whether an account is a person who may still know of a project.
// Service accounts are no people. A project that is gone counts as private.
func mayBeTold(s *state.State, account int64, project flag.ProjectID) bool {
	actor, ok := s.Actor(account)
	return ok && actor.Ref.Kind() == access.KindUser && s.MaySee(actor, project)
}

// mention is a name behind an @ that is no part of an address.
// What may also end a sentence is cut off in mentions.
var mention = regexp.MustCompile(`(?:^|[^\w.@+-])@([\w][\w.@+-]*)`)

// maxMentions bounds the people whom one comment can call.
// Each is looked up in the database.
const maxMentions = 50

// mentions returns the names that a text calls: usernames and e-mail addresses, each once.
// Names in code are not meant.
func mentions(text string) []string {
	text = code.ReplaceAllString(text, " ")
	var names []string
	for _, match := range mention.FindAllStringSubmatch(text, -1) {
		name := strings.TrimRight(match[1], ".-+@")
		if !slices.Contains(names, name) && len(names) < maxMentions {
			names = append(names, name)
		}
	}
	return names
}

// code is what Markdown shows as code: fenced, also without an end, or between backquotes in a line.
var code = regexp.MustCompile("(?s)```.*?(?:```|$)|`[^`\n]*`")
