package flag

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/quorate/quorate/internal/fault"
)

// ValidateProject checks a project as somebody wants to write it.
func ValidateProject(at string, p Project) []fault.Detail {
	details := slices.Concat(
		ValidateName(at+"/id", string(p.ID)),
		validateText(at+"/name", p.Name),
		validateChoice(at+"/mode", p.Mode, ModeOpen, ModeProtected, ModePrivate),
		validateText(at+"/defaultStickiness", p.DefaultStickiness),
		validateNamingRule(at+"/featureNaming", p.Naming),
	)
	if p.FeatureLimit != nil && *p.FeatureLimit < 0 {
		details = append(details, problem(at+"/featureLimit", "\"featureLimit\" must not be negative. You provided %d.", *p.FeatureLimit)...)
	}
	for i, t := range p.LinkTemplates {
		at := fmt.Sprintf("%s/linkTemplates/%d/urlTemplate", at, i)
		if _, err := t.Link("project", "feature"); err != nil {
			details = append(details, problem(at, "%q is not a link. Besides {{project}} and {{feature}} it must be a URL, as in https://example.com/{{feature}}.", t.URLTemplate)...)
		}
	}
	return details
}

// ValidateEnvironment checks an environment as somebody wants to write it.
func ValidateEnvironment(at string, e Environment) []fault.Detail {
	details := slices.Concat(
		ValidateEnvironmentName(at+"/name", string(e.Name)),
		validateText(at+"/type", e.Type),
	)
	if e.RequiredApprovals != nil && *e.RequiredApprovals < 1 {
		details = append(details, problem(at+"/requiredApprovals", "\"requiredApprovals\" must be at least 1. You provided %d.", *e.RequiredApprovals)...)
	}
	return details
}

// Slug makes an id for a project of its name: lower-case letters, digits and dashes,
// at most 90 characters, which leaves room for a number behind it. A name without
// letters and digits gives "project".
func Slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == 90 {
			break
		}
	}
	if slug := strings.Trim(b.String(), "-"); slug != "" {
		return slug
	}
	return "project"
}

// validateNamingRule checks a rule for the names of flags; nil is no rule.
func validateNamingRule(at string, r *NamingRule) []fault.Detail {
	if r == nil {
		return nil
	}
	if r.Pattern == "" {
		return problem(at, "An example or a description of a naming pattern needs a pattern.")
	}
	at += "/pattern"
	if strings.Contains(r.Pattern, `\s`) || strings.IndexFunc(r.Pattern, unicode.IsSpace) >= 0 {
		return problem(at, "The names of flags hold no white space, so the pattern must not ask for it. You provided %q.", r.Pattern)
	}
	pattern, err := r.compile()
	if err != nil {
		return problem(at, "The pattern must be a regular expression that RE2 understands. You provided %q.", r.Pattern)
	}
	if r.Example != nil && !pattern.MatchString(*r.Example) {
		return problem(at[:strings.LastIndexByte(at, '/')]+"/example", "The example %q does not match the pattern %q.", *r.Example, r.Pattern)
	}
	return nil
}

// Check returns a Pattern fault if the rule does not allow the name. A nil rule
// allows every name, and so does one whose pattern does not compile.
func (r *NamingRule) Check(name Name) error {
	if r == nil {
		return nil
	}
	if pattern, err := r.compile(); err == nil && !pattern.MatchString(string(name)) {
		f := fault.New(fault.Pattern, "The name %q does not match the naming pattern %q of the project.", name, r.Pattern)
		f.Details = []fault.Detail{{Message: "The flag name does not match the pattern."}}
		return f
	}
	return nil
}

// compile returns the pattern, anchored at both ends.
func (r *NamingRule) compile() (*regexp.Regexp, error) {
	return regexp.Compile(`^(?:` + r.Pattern + `)$`)
}

// NormalizeLink returns a link as it is kept, with https in front if it names no
// scheme. Only pages of the web can be linked, and no link carries a password.
func NormalizeLink(at, link string) (string, []fault.Detail) {
	text := strings.TrimSpace(link)
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return "", problem(at, "%q must be a valid URL. You provided %q.", field(at), link)
	}
	return u.String(), nil
}

// Link returns the link that a template makes for a new flag.
func (t LinkTemplate) Link(p ProjectID, f Name) (string, error) {
	filled := strings.NewReplacer("{{project}}", string(p), "{{feature}}", string(f)).Replace(t.URLTemplate)
	link, details := NormalizeLink("urlTemplate", filled)
	return link, fault.Invalid(details...)
}
