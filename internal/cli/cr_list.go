package cli

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// crList is `quorate cr list`.
type crList struct {
	connection
	Project []string `placeholder:"ID" help:"Only those of these projects."`
	State   []string `enum:"open,closed,Draft,In review,Approved,Scheduled,Applied,Rejected,Cancelled" placeholder:"STATE" help:"Only those that are open or closed, or in these states: Draft, \"In review\", Approved, Scheduled, Applied, Rejected, Cancelled."`
	Mine    bool     `help:"Only your own."`
	ForMe   bool     `help:"Only those that you were asked to review."`
	Text    string   `placeholder:"TEXT" help:"Only those with the text in their title, or in the name of a flag or segment."`
	Limit   int      `default:"50" placeholder:"N" help:"How many, 1 to 1000, the newest first (${default})."`
}

// Run lists. The filters are in the API's form: IS_ANY_OF: before several values, IS: before one, and me for who asks.
func (c crList) Run(ctx context.Context, t terminal) error {
	query := url.Values{"limit": {strconv.Itoa(c.Limit)}}
	for name, values := range map[string][]string{"project": c.Project, "state": c.State} {
		if len(values) > 0 {
			query.Set(name, "IS_ANY_OF:"+strings.Join(values, ","))
		}
	}
	for name, set := range map[string]bool{"createdBy": c.Mine, "requestedApproverId": c.ForMe} {
		if set {
			query.Set(name, "IS:me")
		}
	}
	if c.Text != "" {
		query.Set("query", c.Text)
	}
	page, answer, err := get[struct {
		ChangeRequests []struct {
			listed
			State     string    `json:"state"`
			CreatedBy person    `json:"createdBy"`
			CreatedAt time.Time `json:"createdAt"`
		} `json:"changeRequests"`
		Total int `json:"total"`
	}](ctx, c.remote, []string{"search", "change-requests"}, query)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return t.printJSON(answer)
	}
	rows := [][]string{{"REQUEST", "STATE", "ENVIRONMENT", "BY", "CREATED", "TITLE"}}
	for _, r := range page.ChangeRequests {
		rows = append(rows, []string{r.reference().String(), r.State, r.Environment, r.CreatedBy.String(), moment(r.CreatedAt), r.title()})
	}
	return t.print(table(rows) + more(len(page.ChangeRequests), page.Total))
}

// listed is what every list of change requests says of one. Features and Segments are the names of what it changes.
type listed struct {
	ID          int64    `json:"id"`
	Title       string   `json:"title"`
	Environment string   `json:"environment"`
	Project     string   `json:"project"`
	Features    []string `json:"features"`
	Segments    []string `json:"segments"`
}

func (l listed) reference() reference { return reference{l.Project, l.ID} }

// title returns what the request is called. A request without a title is known by what it changes.
func (l listed) title() string {
	if l.Title != "" {
		return l.Title
	}
	return "changes " + strings.Join(append(l.Features, l.Segments...), ", ")
}

// more returns a line that says how to see the rest of a list; nothing if it is shown as a whole.
func more(shown, total int) string {
	if shown >= total {
		return ""
	}
	return fmt.Sprintf("These are %d of %d; --limit shows more.\n", shown, total)
}
