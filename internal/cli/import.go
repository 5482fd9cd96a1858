package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/interchange"
)

// importCommands is `quorate import`. flags is the default, and takes arguments as such: quorate import PROJECT … is
// quorate import flags PROJECT ….
type importCommands struct {
	Flags   importFlags   `cmd:"" default:"withargs" help:"Import flags from a file in Unleash's export format."`
	Unleash importUnleash `cmd:"" help:"Take over everything of a running Unleash server."`
}

// importFlags is `quorate import flags`, or `quorate import` with its arguments.
type importFlags struct {
	connection
	Project     string `arg:"" placeholder:"PROJECT" help:"The project into which the flags go."`
	Environment string `arg:"" placeholder:"ENVIRONMENT" help:"The environment in which they are configured."`
	File        string `arg:"" optional:"" default:"-" placeholder:"FILE" help:"A file that quorate export or Unleash has written; - is standard input (${default})."`
	Check       bool   `help:"Say what would be created, overwritten and refused, and change nothing."`
	Submit      bool   `help:"If a change request is made because the environment is protected, send it to review."`
	bypass
}

// Help says what an import does.
func (importFlags) Help() string {
	return `All of it takes place, as one change, or nothing. Flags that exist in the project are overwritten: what describes
them, their tags and links, and their strategies, variants and state in the environment. Context fields and tag types are
created; segments and strategy types must exist, under their names. What acts in a protected environment is put into a
change request, as a draft of yours.`
}

// findings is what the API says an import would meet. Errors and permissions would have it refused, warnings not.
type findings struct {
	Errors, Warnings, Permissions []finding
}

type finding struct {
	Message       string
	AffectedItems []string
}

// Run imports, or says what an import would do. The file is read here as the server reads it, so that one that is no export
// is refused before it is sent.
func (i importFlags) Run(ctx context.Context, t terminal) error {
	content, err := readLimited(i.File, interchange.MaxDocument)
	if err != nil {
		return err
	}
	doc, err := interchange.Parse(content)
	if err != nil {
		return err
	}
	body := struct {
		Project     string                   `json:"project"`
		Environment string                   `json:"environment"`
		Data        interchange.ExportResult `json:"data"`
	}{i.Project, i.Environment, doc}
	i.patience = workLimit
	if i.Check {
		answer, err := i.Call(ctx, http.MethodPost, []string{"features-batch", "validate"}, nil, body)
		if err != nil {
			return err
		}
		if i.JSON {
			return t.printJSON(answer)
		}
		found, err := decoded[findings](answer)
		if err != nil {
			return err
		}
		return found.tell(t)
	}
	// Only the import itself proposes and gives a reason; the check asks without either.
	c := i.connection
	if i.Submit {
		c.propose = "submit"
	}
	c.reason = i.Reason
	answer, err := c.write(ctx, t, http.MethodPost, []string{"features-batch", "import"}, body)
	i.offered(err, fmt.Sprintf("quorate import %s %s", i.Project, i.Environment))
	switch {
	case err != nil:
		return err
	// A change request was made, of which it is told as of any other. An import that needed none is answered with nothing.
	case len(answer) > 0:
		if !i.JSON {
			if err := t.print("The environment is protected: what acts there was put into a change request.\n"); err != nil {
				return err
			}
		}
		return i.tell(t, answer)
	case i.JSON:
		return nil
	default:
		if len(doc.Features) == 1 {
			return t.print("1 flag is as in the import.\n")
		}
		return t.print(fmt.Sprintf("%d flags are as in the import.\n", len(doc.Features)))
	}
}

// tell prints what was found. The error says that the import would be refused.
func (f findings) tell(t terminal) error {
	var text strings.Builder
	for _, list := range [][]finding{f.Errors, f.Permissions, f.Warnings} {
		for _, one := range list {
			text.WriteString(oneLine(one.Message) + "\n")
			for _, item := range one.AffectedItems {
				text.WriteString("  " + oneLine(item) + "\n")
			}
		}
	}
	if err := t.print(text.String()); err != nil {
		return err
	}
	if len(f.Errors)+len(f.Permissions) > 0 {
		return fault.New(fault.BadData, "The import would be refused.")
	}
	return nil
}

// readLimited returns the content of a file, - being standard input, if it is not larger than limit. One byte more than the
// limit is read, to tell a file of that size from a larger one.
func readLimited(file string, limit int64) ([]byte, error) {
	in := os.Stdin
	if file != "-" {
		var err error
		if in, err = os.Open(file); err != nil {
			return nil, err
		}
		defer func() { _ = in.Close() }() // it was only read
	}
	content, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err == nil && int64(len(content)) > limit {
		err = fmt.Errorf("%s is larger than an import may be, which is %d MB", file, limit>>20)
	}
	return content, err
}
