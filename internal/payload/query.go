package payload

import (
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
)

// Query says which flags of an environment are asked for. Queries can be compared; equal
// queries have equal answers at the same revision.
type Query struct {
	Environment flag.EnvironmentName
	// projects, tags and the parts of a tag are joined by separators that they cannot
	// contain, which makes a Query comparable.
	projects   string // "*": all
	namePrefix string
	tags       string
}

// separator stands between the items of a list. Names of projects are URL-friendly,
// and the pattern of the tag parameter matches no line break.
const separator = "\n"

// NewQuery returns the query for all that a token sees. It costs no allocation for
// tokens of one project or of all.
func NewQuery(t *access.APIToken) Query {
	q := Query{Environment: t.Environment, projects: access.Any}
	if q.Environment == "" || q.Environment == access.Any {
		q.Environment = DefaultEnvironment
	}
	switch {
	case t.AllProjects():
	case len(t.Projects) == 1:
		q.projects = string(t.Projects[0])
	default:
		var list strings.Builder
		for i, p := range t.Projects {
			if i > 0 {
				list.WriteString(separator)
			}
			list.WriteString(string(p))
		}
		q.projects = list.String()
	}
	return q
}

// In narrows the query to some projects, if it is for all of them. A token that is
// bound to projects overrides what its holder asks for.
func (q Query) In(projects []string) Query {
	if q.projects == access.Any && len(projects) > 0 {
		q.projects = strings.Join(projects, separator)
	}
	return q
}

// NamedLike narrows the query to flags whose name begins with the prefix.
func (q Query) NamedLike(prefix string) Query {
	q.namePrefix = prefix
	return q
}

// Tagged narrows the query to flags with any of the tags, each written type:value.
func (q Query) Tagged(tags []string) Query {
	q.tags = strings.Join(tags, separator)
	return q
}

// selectsAll reports whether the query asks for every flag of the environment.
func (q Query) selectsAll() bool {
	return q.projects == access.Any && q.namePrefix == "" && q.tags == ""
}

// filter is a query ready to be put to many flags.
type filter struct {
	allProjects bool
	projects    []string
	namePrefix  string
	tags        []flag.Tag
}

func (q Query) filter() filter {
	f := filter{allProjects: q.projects == access.Any, namePrefix: q.namePrefix}
	if !f.allProjects {
		f.projects = strings.Split(q.projects, separator)
	}
	for _, tag := range q.tagList() {
		f.tags = append(f.tags, flag.Tag{Type: tag[0], Value: tag[1]})
	}
	return f
}

// tagList returns the tags as pairs of type and value.
func (q Query) tagList() [][2]string {
	if q.tags == "" {
		return nil
	}
	var pairs [][2]string
	for tag := range strings.SplitSeq(q.tags, separator) {
		kind, value, _ := strings.Cut(tag, ":")
		pairs = append(pairs, [2]string{kind, value})
	}
	return pairs
}

// sight is what decides whether a query asks for a flag, beside the flag's name.
type sight struct {
	project flag.ProjectID
	tags    []flag.Tag
}

func (f *Flag) sight() *sight { return &sight{f.source.Project, f.source.Tags} }

// sees reports whether a flag is among those asked for.
func (f *filter) sees(candidate *Flag) bool {
	return f.wouldSee(candidate.source.Name, &sight{candidate.source.Project, candidate.source.Tags})
}

// wouldSee reports whether a flag as it once was is among those asked for.
func (f *filter) wouldSee(name flag.Name, s *sight) bool {
	return (f.allProjects || slices.Contains(f.projects, string(s.project))) &&
		strings.HasPrefix(string(name), f.namePrefix) &&
		(len(f.tags) == 0 || slices.ContainsFunc(s.tags, func(t flag.Tag) bool { return slices.Contains(f.tags, t) }))
}

// clientQuery is a query as answers repeat it.
type clientQuery struct {
	Tags        [][2]string          `json:"tag,omitempty"`
	Projects    []string             `json:"project,omitempty"`
	NamePrefix  string               `json:"namePrefix,omitempty"`
	Environment flag.EnvironmentName `json:"environment"`
	Inline      bool                 `json:"inlineSegmentConstraints"`
}

func (q Query) client(inline bool) clientQuery {
	c := clientQuery{Tags: q.tagList(), NamePrefix: q.namePrefix, Environment: q.Environment, Inline: inline}
	if q.projects != access.Any {
		c.Projects = strings.Split(q.projects, separator)
	}
	return c
}
