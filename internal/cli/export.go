package cli

import (
	"context"
	"net/http"
)

// export is `quorate export`. At most one of the three choices may be given, which kong holds (xor).
type export struct {
	remote
	Environment string   `arg:"" placeholder:"ENVIRONMENT" help:"The environment whose strategies, variants and states are exported."`
	Project     string   `placeholder:"PROJECT" xor:"which" help:"Only the flags of this project."`
	Feature     []string `placeholder:"NAME" xor:"which" help:"Only these flags."`
	Tag         string   `placeholder:"VALUE" xor:"which" help:"Only flags with a tag of this value."`
}

// Help says what comes of it.
func (export) Help() string {
	return `Prints flags as they are in an environment, with what they use, as JSON in Unleash's export format, which
quorate import and Unleash read. Segments are told by name and not exported; archived flags are left out.`
}

// Run exports. The answer is the file as it is, without a word around it.
func (e export) Run(ctx context.Context, t terminal) error {
	// An empty list of flags is sent, and no list is left out (omitzero): Unleash takes the one for all flags, the other
	// for what project or tag choose.
	if e.Project == "" && e.Tag == "" && e.Feature == nil {
		e.Feature = []string{} // all, as Unleash has it
	}
	answer, err := e.Call(ctx, http.MethodPost, []string{"features-batch", "export"}, nil, struct {
		Environment  string   `json:"environment"`
		Project      string   `json:"project,omitempty"`
		Features     []string `json:"features,omitzero"`
		Tag          string   `json:"tag,omitempty"`
		DownloadFile bool     `json:"downloadFile"`
	}{e.Environment, e.Project, e.Feature, e.Tag, true})
	if err != nil {
		return err
	}
	_, err = t.out.Write(answer)
	return err
}
