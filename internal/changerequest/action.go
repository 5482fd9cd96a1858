package changerequest

import (
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
)

// Action is something that can be done with a request, and whether an actor may do it now.
type Action struct {
	Name    string
	Allowed bool
	Reason  string // why not; empty if allowed
}

// Actions returns what can be done with a request, in the order in which it is offered.
// Nobody who asks needs a state machine of their own.
func Actions(r *Request, w World, actor access.Actor, now time.Time) []Action {
	deciders := []struct {
		name   string
		decide func(scene) error
	}{
		{"edit", scene.mayEdit},
		{"describe", try(Describe{})},
		{"askReviewers", try(AskReviewers{r.Reviewers, r.ReviewerGroups})},
		{"submit", try(Submit{})},
		{"approve", try(Approve{})},
		{"withdraw", try(Withdraw{})},
		{"reject", try(Reject{})},
		{"apply", try(Apply{})},
		{"schedule", func(s scene) error { return s.maySchedule("") }},
		{"cancel", try(Cancel{})},
		{"discard", try(Discard{})},
	}
	actions := make([]Action, len(deciders))
	for i, d := range deciders {
		actions[i] = Action{Name: d.name, Allowed: true}
		if err := d.decide(scene{r, w, actor, now}); err != nil {
			actions[i].Allowed, actions[i].Reason = false, sentence(err)
		}
	}
	return actions
}

// sentence returns what a refusal says; about a single field, what it says about that.
func sentence(err error) string {
	if f := fault.As(err); f != nil && f.Message == fault.InvalidRequest {
		return f.Details[0].Message
	}
	return err.Error()
}

func try(c Command) func(scene) error {
	return func(s scene) error {
		_, err := c.decide(s)
		return err
	}
}
