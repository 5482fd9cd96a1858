package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/quorate/quorate/internal/fault"
)

// crOpen is `quorate cr open`.
type crOpen struct {
	connection
	Project     string   `arg:"" placeholder:"PROJECT" help:"The id of the project."`
	Environment string   `arg:"" placeholder:"ENVIRONMENT" help:"The protected environment."`
	File        string   `arg:"" optional:"" default:"-" placeholder:"FILE" help:"A file with the changes as JSON; - is standard input (${default})."`
	Title       string   `placeholder:"TEXT" help:"What the change request is called."`
	Description string   `placeholder:"TEXT" help:"Why, in Markdown."`
	Reviewer    []string `placeholder:"NAME" help:"Who is asked for a review, by username, e-mail address or id."`
	Submit      bool     `help:"Send it to review. Otherwise it is a draft, which you alone can see."`
}

// Help shows what changes look like.
func (crOpen) Help() string {
	return `The changes are one object or a list, added together or not at all:

  [{"feature": "new-checkout", "action": "updateEnabled", "payload": {"enabled": true}},
   {"feature": "new-checkout", "action": "addStrategy", "payload": {"name": "flexibleRollout", "parameters": {"rollout": "25"}}}]

If you have a change request there that is not applied yet, they are added to it. The actions and their payloads are in
the description of POST /api/admin/projects/{projectId}/environments/{environment}/change-requests, at /docs/openapi/ of a
server.`
}

// Run proposes the changes, and then describes and submits the request. Whatever can be found
// wrong before is found before anything is stored. The changes are one write, which takes place as a whole. The title, the
// reviewers and the submission are one each: if one of them fails, the changes are there, and the error says where.
func (c crOpen) Run(ctx context.Context, t terminal) error {
	changes, err := c.read()
	if err != nil {
		return err
	}
	// Before the changes are sent, so that a misspelt name leaves no draft behind.
	reviewers, err := c.reviewers(ctx)
	if err != nil {
		return err
	}
	answer, err := c.Call(ctx, http.MethodPost, []string{"projects", c.Project, "environments", c.Environment, "change-requests"}, nil, changes)
	if err != nil {
		return err
	}
	r, err := decoded[changeRequest](answer)
	if err != nil {
		return err
	}
	if err := c.describe(ctx, r, reviewers); err != nil {
		return fmt.Errorf("the changes are in %s, but not all that you asked for was done.\n  %s", r.reference(), sentence(err))
	}
	_, answer, err = get[changeRequest](ctx, c.remote, r.reference().path(), nil)
	if err != nil {
		return err
	}
	return c.tell(t, answer)
}

// read returns the changes, which the server checks. They are sent as they were written, so that a field which this release
// does not know reaches the server.
func (c crOpen) read() (json.RawMessage, error) {
	var data []byte
	var err error
	if c.File == "-" {
		data, err = io.ReadAll(os.Stdin)
	} else {
		data, err = os.ReadFile(c.File)
	}
	if err != nil {
		return nil, fmt.Errorf("the changes cannot be read: %w", err)
	}
	var changes json.RawMessage
	if err := json.Unmarshal(data, &changes); err != nil {
		return nil, fmt.Errorf("the changes are not JSON: %w", err)
	}
	return changes, nil
}

// reviewers returns the ids of those who are asked, who must be able to approve.
func (c crOpen) reviewers(ctx context.Context) ([]int64, error) {
	if len(c.Reviewer) == 0 {
		return nil, nil
	}
	available, _, err := get[struct {
		Reviewers []person `json:"reviewers"`
	}](ctx, c.remote, []string{"projects", c.Project, "change-requests", "available-reviewers", c.Environment}, nil)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, name := range c.Reviewer {
		i := slices.IndexFunc(available.Reviewers, func(p person) bool { return p.is(name) })
		if i < 0 {
			var known []string
			for _, p := range available.Reviewers {
				known = append(known, p.String())
			}
			return nil, fault.New(fault.NotFound, "%s cannot be asked for a review in the environment %q. These can: %s.", name, c.Environment, orNobody(known))
		}
		ids = append(ids, available.Reviewers[i].ID)
	}
	return ids, nil
}

// describe does to the request what was asked for beside the changes. A request that was submitted before is not submitted
// again: the changes were added to it.
func (c crOpen) describe(ctx context.Context, r changeRequest, reviewers []int64) error {
	about := map[string]string{}
	if c.Title != "" {
		about["title"] = c.Title
	}
	if c.Description != "" {
		about["description"] = c.Description
	}
	if len(about) > 0 {
		if _, err := c.Call(ctx, http.MethodPut, r.reference().path("title"), nil, about); err != nil {
			return err
		}
	}
	if len(reviewers) > 0 {
		if _, err := c.Call(ctx, http.MethodPut, r.reference().path("approvers"), nil, map[string][]int64{"reviewers": reviewers}); err != nil {
			return err
		}
	}
	if c.Submit && r.State == "Draft" {
		_, err := c.Call(ctx, http.MethodPut, r.reference().path("state"), nil, step{State: "In review"})
		return err
	}
	return nil
}

// is reports whether somebody is meant by a name. A name is a username or an e-mail address, in any letters, or an id.
func (p person) is(name string) bool {
	return name == strconv.FormatInt(p.ID, 10) || strings.EqualFold(name, p.Username) || strings.EqualFold(name, p.Email)
}

func orNobody(names []string) string {
	if len(names) == 0 {
		return "nobody"
	}
	return strings.Join(names, ", ")
}
