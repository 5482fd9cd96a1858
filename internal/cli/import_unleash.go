package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/interchange"
)

// importUnleash is `quorate import unleash`. It asks two servers, so it cannot embed a connection, whose flags there would
// be twice.
type importUnleash struct {
	URL     address `name:"url" required:"" env:"QUORATE_UNLEASH_URL" placeholder:"URL" help:"Where the Unleash server is ($$${env})."`
	Token   string  `required:"" env:"QUORATE_UNLEASH_TOKEN" placeholder:"TOKEN" help:"An admin token of the Unleash server ($$${env})."`
	To      address `name:"to" default:"http://localhost:4242" env:"QUORATE_URL" placeholder:"URL" help:"The Quorate server that takes over (${default}; $$${env})."`
	ToToken string  `env:"QUORATE_TOKEN" placeholder:"TOKEN" help:"A token of an admin there ($$${env})."`
	Check   bool    `help:"Say what would become of each thing, and change nothing."`
	JSON    bool    `name:"json" help:"Print what became of each thing as JSON."`
}

// Help says what is taken over, and what is not.
func (importUnleash) Help() string {
	return `Takes over, by the admin APIs of both servers: environments, tag types, context fields, strategy types, projects with
their settings, segments, flags with everything that belongs to them, also archived ones, custom roles, people, service accounts,
groups with their members, access to projects, the tokens of SDKs with their secrets, so that no SDK needs another, and which
environments are protected. It can be repeated: what is there is brought up to date, and nothing is made twice or deleted.
What acts in an environment that is protected here is put into a change request.

People have no password here afterwards: they sign in by single sign-on, or choose one by a link. Nobody is mailed.
Not taken over: favourites, archived projects, personal tokens and those of admins, events, metrics and change requests.`
}

// Run takes over, and says what became of each thing. What was taken over is printed also when the rest could not be read.
// Exit code 1 says that something was refused; what was left on purpose is no failure.
func (i importUnleash) Run(ctx context.Context, t terminal) error {
	from := remote{URL: i.URL, Token: i.Token, patience: workLimit}
	to := remote{URL: i.To, Token: i.ToToken, patience: workLimit}
	taken, problem := interchange.Takeover(ctx, from, to, i.Check)
	if err := i.tell(t, taken); err != nil {
		return err
	}
	if problem != nil {
		return problem
	}
	failed := 0
	for _, one := range taken {
		if one.Outcome == interchange.Failed {
			failed++
		}
	}
	if failed > 0 {
		return fault.New(fault.InvalidOperation, "Not everything could be taken over; what is refused is listed as failed (%d). Repeat the command when that is mended.", failed)
	}
	return nil
}

// tell prints how much of each kind became what, and then what was not simply done, and why. Kinds stand in the order in
// which they were first taken over.
func (i importUnleash) tell(t terminal, taken []interchange.Taken) error {
	if i.JSON {
		if taken == nil {
			taken = []interchange.Taken{}
		}
		answer, err := json.MarshalIndent(taken, "", "  ")
		if err != nil {
			return err
		}
		return t.printJSON(answer)
	}
	type line struct {
		kind    string
		outcome interchange.Outcome
	}
	counts := map[line]int{}
	var lines []line
	became := "BECAME"
	if i.Check {
		became = "WOULD BECOME"
	}
	rows := [][]string{{"WHAT", became, "HOW MANY"}}
	reasons := [][]string{}
	for _, one := range taken {
		l := line{one.Kind, one.Outcome}
		if counts[l]++; counts[l] == 1 {
			lines = append(lines, l)
		}
		if one.Why != "" {
			reasons = append(reasons, []string{string(one.Outcome), one.Kind, one.Name, one.Why})
		}
	}
	for _, l := range lines {
		rows = append(rows, []string{l.kind, string(l.outcome), fmt.Sprint(counts[l])})
	}
	text := table(rows)
	if len(reasons) > 0 {
		text += "\n" + table(reasons)
	}
	return t.print(text)
}
