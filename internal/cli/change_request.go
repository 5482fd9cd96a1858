package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// changeRequest is what is read of a change request (openapi/openapi.json has all of it).
type changeRequest struct {
	ID          int64     `json:"id"`
	Title       string    `json:"title"`
	Description string    `json:"description"`
	Environment string    `json:"environment"`
	Project     string    `json:"project"`
	State       string    `json:"state"`
	CreatedBy   person    `json:"createdBy"`
	CreatedAt   time.Time `json:"createdAt"`
	Features    []struct {
		Name          string   `json:"name"`
		Conflict      string   `json:"conflict"`
		Changes       []change `json:"changes"`
		DefaultChange *change  `json:"defaultChange"`
	} `json:"features"`
	Segments   []change  `json:"segments"`
	Approvals  []vote    `json:"approvals"`
	Rejections []vote    `json:"rejections"`
	Comments   []comment `json:"comments"`
	Reviewers  []person  `json:"reviewers"`
	Groups     []struct {
		Name string `json:"name"`
	} `json:"reviewerGroups"`
	ContentID string     `json:"contentId"`
	Deadline  *time.Time `json:"deadline"`
	Standing  []struct {
		Project     string `json:"project"`
		Environment string `json:"environment"`
		Required    int    `json:"required"`
		Given       int    `json:"given"`
	} `json:"standing"`
	Missing  string  `json:"missing"`
	Drift    []drift `json:"drift"`
	DriftID  string  `json:"driftId"`
	Overlaps []struct {
		ID      int64  `json:"id"`
		Title   string `json:"title"`
		State   string `json:"state"`
		Project string `json:"project"`
	} `json:"overlaps"`
	AllowedActions []struct {
		Action  string `json:"action"`
		Allowed bool   `json:"allowed"`
		Reason  string `json:"reason"`
	} `json:"allowedActions"`
	Schedule        *schedule `json:"schedule"`
	ScheduleDetails struct {
		ScheduledBy person `json:"scheduledBy"`
		Zone        string `json:"zone"`
		Remedy      string `json:"remedy"`
	} `json:"scheduleDetails"`
	ClosedBy     *person `json:"closedBy"`
	ClosedReason string  `json:"closedReason"`
}

// vote is an approval or a rejection.
type vote struct {
	CreatedBy person    `json:"createdBy"`
	CreatedAt time.Time `json:"createdAt"`
}

// comment is what somebody said.
type comment struct {
	Text string `json:"text"`
	vote
}

// drift is a field that has moved.
type drift struct {
	Feature string          `json:"feature"`
	Field   string          `json:"field"`
	Before  json.RawMessage `json:"before"`
	Now     json.RawMessage `json:"now"`
}

// person is somebody who has to do with a change request.
type person struct {
	ID       int64  `json:"id"`
	Username string `json:"username"`
	Name     string `json:"name"`
	Email    string `json:"email"`
}

// String returns what somebody is called: by the username, or else the address, or the name.
func (p person) String() string { return cmp.Or(p.Username, p.Email, p.Name) }

func (r changeRequest) reference() reference { return reference{r.Project, r.ID} }

// changes returns all changes, those of flags first. A conflict of a flag is one of each of its changes. What follows from
// all changes of a flag (a strategy that switching on adds) is shown with the last.
func (r changeRequest) changes() []change {
	var all []change
	for _, f := range r.Features {
		for i, c := range f.Changes {
			c.feature = f.Name
			c.Conflict = cmp.Or(c.Conflict, f.Conflict)
			if f.DefaultChange != nil && i == len(f.Changes)-1 {
				besides := *f.DefaultChange
				besides.feature = f.Name
				c.besides = &besides
			}
			all = append(all, c)
		}
	}
	return append(all, r.Segments...)
}

// text is the request as a person reads it. What others have written (title, description, comments) is indented or on one
// line, so that it cannot pass for a part of this.
func (r changeRequest) text() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s  %s\n\n%s", r.reference(), oneLine(r.Title), table(r.facts()))
	if r.Description != "" {
		fmt.Fprintf(&text, "\n%s", indented(r.Description, "  "))
	}
	text.WriteString("\nChanges\n")
	for _, c := range r.changes() {
		text.WriteString(indented(c.heading(), "  "))
	}
	if votes := r.votes(); len(votes) > 0 {
		fmt.Fprintf(&text, "\nVotes\n%s", indented(table(votes), "  "))
	}
	if len(r.Comments) > 0 {
		text.WriteString("\nComments\n")
	}
	for _, c := range r.Comments {
		fmt.Fprintf(&text, "  %s, %s\n%s", c.CreatedBy, moment(c.CreatedAt), indented(c.Text, "    "))
	}
	if len(r.Drift) > 0 {
		text.WriteString("\nMoved since\n")
	}
	for _, d := range r.Drift {
		fmt.Fprintf(&text, "  %s: %s\n", cmp.Or(d.Feature, "segment"), oneLine(fmt.Sprintf("%s was %s, and is %s now.", d.Field, d.Before, d.Now)))
	}
	if len(r.Overlaps) > 0 {
		text.WriteString("\nOthers that change the same\n")
	}
	for _, o := range r.Overlaps {
		fmt.Fprintf(&text, "  %s\n", oneLine(fmt.Sprintf("%s  %s (%s)", reference{o.Project, o.ID}, o.Title, o.State)))
	}
	may, knowing, mayNot := r.actions()
	if len(may) > 0 {
		fmt.Fprintf(&text, "\nYou may\n  %s\n%s", strings.Join(may, ", "), indented(table(knowing), "  "))
	}
	if len(mayNot) > 0 {
		fmt.Fprintf(&text, "\nYou may not\n%s", indented(table(mayNot), "  "))
	}
	return text.String()
}

// facts are the rows at the top. Those that say nothing are left out, but for the first three, which every request has.
func (r changeRequest) facts() [][]string {
	rows := [][]string{
		{"State", r.State},
		{"Environment", r.Environment},
		{"Author", fmt.Sprintf("%s, %s", r.CreatedBy, moment(r.CreatedAt))},
	}
	var given []string
	for _, p := range r.Standing {
		given = append(given, fmt.Sprintf("%d of %d in %s of %s", p.Given, p.Required, p.Environment, p.Project))
	}
	var reviewers []string
	for _, p := range r.Reviewers {
		reviewers = append(reviewers, p.String())
	}
	for _, g := range r.Groups {
		reviewers = append(reviewers, g.Name)
	}
	closedBy, deadline, scheduled := "", "", ""
	if r.Schedule != nil {
		scheduled = r.scheduled()
	}
	if r.ClosedBy != nil {
		closedBy = r.ClosedBy.String()
	}
	if r.Deadline != nil {
		deadline = moment(*r.Deadline)
	}
	for _, row := range [][]string{
		{"Approvals", strings.Join(given, ", ")},
		{"Missing", r.Missing},
		{"Asked", strings.Join(reviewers, ", ")},
		{"Expires", deadline},
		{"Scheduled", scheduled},
		{"Closed by", closedBy},
		{"Because", r.ClosedReason},
		{"Content id", r.ContentID},
		{"Drift id", r.DriftID},
	} {
		if row[1] != "" {
			rows = append(rows, row)
		}
	}
	return rows
}

// scheduled says when the request is applied, for whom, and what has come between.
func (r changeRequest) scheduled() string {
	text := fmt.Sprintf("%s, by %s", r.Schedule.time(r.ScheduleDetails.Zone), r.ScheduleDetails.ScheduledBy)
	if r.Schedule.Reason != "" {
		text += fmt.Sprintf(": %s. %s %s", r.Schedule.Status, r.Schedule.Reason, r.ScheduleDetails.Remedy)
	}
	return oneLine(strings.TrimSpace(text))
}

// votes are the rows about who has agreed and who has not.
func (r changeRequest) votes() [][]string {
	var rows [][]string
	for _, v := range r.Approvals {
		rows = append(rows, []string{v.CreatedBy.String(), "approved", moment(v.CreatedAt)})
	}
	for _, v := range r.Rejections {
		rows = append(rows, []string{v.CreatedBy.String(), "rejected", moment(v.CreatedAt)})
	}
	return rows
}

// actions returns what the caller may do, rows with what is to be known of it, and rows with what not and why not.
func (r changeRequest) actions() (may []string, knowing, mayNot [][]string) {
	for _, a := range r.AllowedActions {
		row := []string{a.Action, a.Reason}
		switch {
		case !a.Allowed:
			mayNot = append(mayNot, row)
			continue
		case a.Reason != "":
			knowing = append(knowing, row)
		}
		may = append(may, a.Action)
	}
	return may, knowing, mayNot
}
