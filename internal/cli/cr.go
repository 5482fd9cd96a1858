package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// changeRequestCommands is `quorate cr`.
type changeRequestCommands struct {
	List     crList     `cmd:"" help:"List change requests."`
	Show     crShow     `cmd:"" help:"Show a change request: what it changes, who agrees, what is missing, what you may do."`
	Diff     crDiff     `cmd:"" help:"Show what a change request changes, field by field."`
	Open     crOpen     `cmd:"" help:"Propose changes."`
	Approve  crApprove  `cmd:"" help:"Approve a change request."`
	Reject   crReject   `cmd:"" help:"Reject a change request, for good."`
	Schedule crSchedule `cmd:"" help:"Have an approved request applied later."`
	Apply    crApply    `cmd:"" help:"Make the changes of an approved request take effect."`
	Cancel   crCancel   `cmd:"" help:"Cancel a change request of yours."`
	Undo     crUndo     `cmd:"" help:"Draft a request that undoes an applied one."`
}

// reference names a change request as a person writes it: PROJECT/ID. Ids are unique by themselves; the project is part of
// the path in the API.
type reference struct {
	project string
	id      int64
}

// UnmarshalText reads what String writes.
func (r *reference) UnmarshalText(text []byte) error {
	project, number, _ := strings.Cut(string(text), "/")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || project == "" {
		return errors.New("a change request is written PROJECT/ID, as quorate cr list does")
	}
	*r = reference{project, id}
	return nil
}

func (r reference) String() string { return fmt.Sprintf("%s/%d", r.project, r.id) }

// path returns the parts of the request's path in the API, or of one below it. The parts are escaped when the request is
// sent (see send).
func (r reference) path(below ...string) []string {
	return append([]string{"projects", r.project, "change-requests", strconv.FormatInt(r.id, 10)}, below...)
}

// named is a change request that a subcommand is about, and where it is. It is embedded by every subcommand that is about
// one request.
type named struct {
	connection
	Request reference `arg:"" placeholder:"PROJECT/ID" help:"The change request, as list prints it: PROJECT/ID."`
}

// step is what takes a change request to another state. It is the body of the API for all of them; State is what the
// request is to be, and the rest belongs to some of the states. ContentID is what the caller has looked at, Overwrite which
// drift: both are ids that the server has told, and refuses when they are not so any more.
type step struct {
	State     string `json:"state"`
	Comment   string `json:"comment,omitempty"`
	ContentID string `json:"contentId,omitempty"`
	Overwrite string `json:"overwrite,omitempty"`

	ScheduledAt   string `json:"scheduledAt,omitempty"`
	ScheduledZone string `json:"scheduledZone,omitempty"`
}

// take takes the request to another state, and prints where it is then. What that step suspends or cancels elsewhere is
// told beside it (see write).
func (n named) take(ctx context.Context, t terminal, to step) error {
	answer, err := n.write(ctx, t, http.MethodPut, n.Request.path("state"), to)
	if err != nil {
		return err
	}
	return n.tell(t, answer)
}

// tell prints in a line or two where a request is that the API has answered with, or that
// answer itself.
func (c connection) tell(t terminal, answer json.RawMessage) error {
	if c.JSON {
		return t.printJSON(answer)
	}
	r, err := decoded[changeRequest](answer)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s is %s: %s\n", r.reference(), r.State, oneLine(r.Title))
	if r.Schedule != nil {
		text += r.scheduled() + "\n"
	}
	if r.Missing != "" {
		text += oneLine(r.Missing) + "\n"
	}
	return t.print(text)
}
