package scim

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"
)

// A filter tells which resources are meant (RFC 7644, section 3.4.2.2). It is asked about a
// resource, or about one value of an attribute that has several.
//
//	either     = both { "or" both }
//	both       = one { "and" one }
//	one        = "not" "(" either ")" | "(" either ")" | path comparison | path "[" either "]" [ "." path comparison ]
//	comparison = "pr" | operator value
//
// Words are read whatever the case of their letters. A value is a JSON text, number, true, false or null. Each of these is
// a method of parser, which takes tokens from the front and builds a function; nothing is left to be read when it is asked.
type filter func(o object) bool

// maxDepth bounds how deep parentheses go. Each level is a call within a call, while reading and while asking, and the text
// is a stranger's.
const maxDepth = 20

// parseFilter reads a filter. Mistakes are refused as invalidFilter, with what was not understood.
func parseFilter(text string) (filter, error) {
	tokens, err := scan(text)
	if err != nil {
		return nil, err
	}
	p := parser{tokens: tokens}
	f, err := p.either(0)
	if err == nil && len(p.tokens) > 0 {
		err = wrongFilter("%q is not expected there", p.tokens[0].text)
	}
	return f, err
}

// wrongFilter returns the refusal of a filter. The format makes the end of a sentence, without its full stop.
func wrongFilter(format string, args ...any) error {
	return badRequest("invalidFilter", "The filter cannot be read: "+format+".", args...)
}

// token is a part of a filter: a word, a JSON text, or one of ( ) [ ]. quote tells a text from a word with the same
// letters: userName eq "and" has one keyword less than it seems.
type token struct {
	text  string
	quote bool
}

// scan parts a filter into tokens. Quoted texts are unquoted as JSON; whether a bare word is a name, an operator or a
// number is for the parser to know.
func scan(text string) ([]token, error) {
	var tokens []token
	if !utf8.ValidString(text) {
		return nil, wrongFilter("it is not UTF-8")
	}
	for len(text) > 0 {
		switch c := text[0]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			text = text[1:]
		case strings.IndexByte("()[]", c) >= 0:
			tokens = append(tokens, token{text: text[:1]})
			text = text[1:]
		case c == '"':
			end := 1
			for end < len(text) && text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(text) {
				return nil, wrongFilter("a quotation mark is missing")
			}
			var value string
			if err := json.Unmarshal([]byte(text[:end+1]), &value); err != nil {
				return nil, wrongFilter("%s is not a text", text[:end+1])
			}
			tokens = append(tokens, token{value, true})
			text = text[end+1:]
		default:
			end := strings.IndexAny(text, " \t\n\r()[]\"")
			if end < 0 {
				end = len(text)
			}
			tokens = append(tokens, token{text: text[:end]})
			text = text[end:]
		}
	}
	return tokens, nil
}

// parser holds the tokens that have not been read.
type parser struct{ tokens []token }

// take takes the next token if it is the word, whatever the case of letters.
func (p *parser) take(word string) bool {
	if len(p.tokens) == 0 || p.tokens[0].quote || !strings.EqualFold(p.tokens[0].text, word) {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

// either reads filters between which stands "or", which binds less than "and".
func (p *parser) either(depth int) (filter, error) {
	left, err := p.both(depth)
	for err == nil && p.take("or") {
		var right filter
		one := left
		if right, err = p.both(depth); err == nil {
			left = func(o object) bool { return one(o) || right(o) }
		}
	}
	return left, err
}

// both reads filters between which stands "and".
func (p *parser) both(depth int) (filter, error) {
	left, err := p.one(depth)
	for err == nil && p.take("and") {
		var right filter
		one := left
		if right, err = p.one(depth); err == nil {
			left = func(o object) bool { return one(o) && right(o) }
		}
	}
	return left, err
}

// one reads a filter that is no part of an "and" or "or": a negation, one in parentheses, or what is said about an
// attribute. depth is how many parentheses are open around it.
func (p *parser) one(depth int) (filter, error) {
	if depth > maxDepth {
		return nil, wrongFilter("it is too deep")
	}
	if p.take("not") {
		f, err := p.enclosed("(", ")", depth)
		return func(o object) bool { return !f(o) }, err
	}
	if len(p.tokens) > 0 && p.tokens[0] == (token{text: "("}) {
		return p.enclosed("(", ")", depth)
	}
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	if len(p.tokens) == 0 || p.tokens[0] != (token{text: "["}) {
		return p.comparison(path)
	}
	f, err := p.enclosed("[", "]", depth)
	if err != nil {
		return nil, err
	}
	// All in the brackets must be true of one and the same value of the attribute, which is why a filter is asked about a
	// value.
	holds := filter(func(object) bool { return true })
	if len(p.tokens) > 0 && !p.tokens[0].quote && strings.HasPrefix(p.tokens[0].text, ".") { // as in emails[type eq "work"].value eq "x", which Entra asks for
		p.tokens[0].text = p.tokens[0].text[1:]
		inner, err := p.path()
		if err != nil {
			return nil, err
		}
		if holds, err = p.comparison(inner); err != nil {
			return nil, err
		}
	}
	return func(o object) bool {
		for _, value := range valuesAt(o, path) {
			if element, ok := value.(object); ok && f(element) && holds(element) {
				return true
			}
		}
		return false
	}, nil
}

// enclosed reads a filter with what stands around it.
func (p *parser) enclosed(open, closing string, depth int) (filter, error) {
	if !p.take(open) {
		return nil, wrongFilter("%q is missing", open)
	}
	f, err := p.either(depth + 1)
	if err == nil && !p.take(closing) {
		err = wrongFilter("%q is missing", closing)
	}
	return f, err
}

// path reads the name of an attribute. It returns the names between the dots. An attribute of a schema that is not kept
// here, such as that of enterprise users, is no mistake: it is one that no resource has, so nothing is said to be so about
// it, and clients that ask for it go on.
func (p *parser) path() ([]string, error) {
	if len(p.tokens) == 0 {
		return nil, wrongFilter("it ends too early")
	}
	word := p.tokens[0]
	names := strings.Split(withoutSchema(word.text), ".")
	if !word.quote && isForeign(word.text) {
		names = []string{"urn"} // which nothing has
	}
	for _, name := range names {
		if word.quote || !isName(name) {
			return nil, wrongFilter("%q is no attribute", word.text)
		}
	}
	p.tokens = p.tokens[1:]
	return names, nil
}

// withoutSchema takes the schema of users and groups away from before an attribute's name. Both schemas are taken for
// either kind, since their attributes do not get in each other's way.
func withoutSchema(name string) string {
	for _, schema := range []string{userSchema, groupSchema} {
		if len(name) > len(schema) && strings.EqualFold(name[:len(schema)+1], schema+":") {
			return name[len(schema)+1:]
		}
	}
	return name
}

// isForeign reports whether an attribute belongs to a schema that is not kept here. Such attributes are accepted and not
// kept (docs/scim.md).
func isForeign(name string) bool {
	return strings.HasPrefix(strings.ToLower(withoutSchema(name)), "urn:")
}

// isName reports whether a text is an attribute's name (RFC 7643, section 2.1).
func isName(text string) bool {
	for i, c := range []byte(text) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i > 0 || c != '$') && (i == 0 || c != '-' && c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return text != ""
}

// comparison reads what is said about an attribute. Of an attribute with several values, one that fits is enough. ne is
// true if none is equal, and so also of a resource that has none. pr is true of any value but an empty text.
func (p *parser) comparison(path []string) (filter, error) {
	if p.take("pr") {
		return func(o object) bool {
			for _, value := range valuesAt(o, path) {
				if value != nil && value != "" {
					return true
				}
			}
			return false
		}, nil
	}
	if len(p.tokens) < 2 {
		return nil, wrongFilter("it ends too early")
	}
	holds, known := operators[strings.ToLower(p.tokens[0].text)]
	if !known || p.tokens[0].quote {
		return nil, wrongFilter("%q is no operator", p.tokens[0].text)
	}
	operand := p.tokens[1]
	want := any(operand.text)
	if !operand.quote {
		if err := json.Unmarshal([]byte(operand.text), &want); err != nil {
			return nil, wrongFilter("%q is no value", operand.text)
		}
	}
	exact := isExact(path[len(path)-1])
	negative := strings.EqualFold(p.tokens[0].text, "ne")
	p.tokens = p.tokens[2:]
	return func(o object) bool {
		for _, got := range valuesAt(o, path) {
			if holds(fold(got, exact), fold(want, exact)) {
				return !negative
			}
		}
		return negative
	}, nil
}

// isExact reports whether the case of letters matters in an attribute's values. RFC 7643 says so of id and externalId
// (section 3.1); all else that is kept here is the same in small letters.
func isExact(name string) bool {
	return strings.EqualFold(name, "id") || strings.EqualFold(name, "externalId")
}

// fold returns a value as it is compared: texts in small letters, unless they are exact.
func fold(value any, exact bool) any {
	switch v := value.(type) {
	case string:
		if exact {
			return v
		}
		return strings.ToLower(v)
	default:
		return v
	}
}

// operators compare a value with the one in the filter; ne is the opposite of eq. Values of other types than an operator is
// for are never so compared: there are no attributes that are numbers.
var operators = map[string]func(got, want any) bool{
	"eq": same,
	"ne": same,
	"co": texts(strings.Contains),
	"sw": texts(strings.HasPrefix),
	"ew": texts(strings.HasSuffix),
	"gt": texts(func(got, want string) bool { return order(got, want) > 0 }),
	"ge": texts(func(got, want string) bool { return order(got, want) >= 0 }),
	"lt": texts(func(got, want string) bool { return order(got, want) < 0 }),
	"le": texts(func(got, want string) bool { return order(got, want) <= 0 }),
}

// order compares two times, in whichever form each is written, or else two texts. Times are compared as such because the
// same moment can be written with another offset. They are read in capital letters, since fold has made the T and the Z
// small.
func order(got, want string) int {
	a, err := time.Parse(time.RFC3339, strings.ToUpper(got))
	b, err2 := time.Parse(time.RFC3339, strings.ToUpper(want))
	if err != nil || err2 != nil {
		return strings.Compare(got, want)
	}
	return a.Compare(b)
}

// same compares what is no object and no list. Two objects, or two lists, would panic when they are compared by ==.
func same(got, want any) bool {
	switch got.(type) {
	case string, bool, float64, nil:
		return got == want
	default:
		return false
	}
}

// texts makes an operator of a comparison of two texts; it is not so of anything else.
func texts(holds func(got, want string) bool) func(got, want any) bool {
	return func(got, want any) bool {
		g, isText := got.(string)
		w, alsoText := want.(string)
		return isText && alsoText && holds(g, w)
	}
}

// valuesAt returns the values at a path of names. Lists on the way are gone through, and an object at its
// end that has a value stands for that. So emails eq "x", emails.value eq "x" and emails[value eq "x"] all find the same.
// nil is no value.
func valuesAt(value any, path []string) []any {
	switch v := value.(type) {
	case []any:
		var found []any
		for _, each := range v {
			found = append(found, valuesAt(each, path)...)
		}
		return found
	case object:
		if len(path) > 0 {
			inner, _ := field(v, path[0])
			return valuesAt(inner, path[1:])
		}
		if inner, _ := field(v, "value"); inner != nil {
			return []any{v, inner}
		}
		return []any{v}
	case nil:
		return nil
	default:
		if len(path) > 0 {
			return nil
		}
		return []any{v}
	}
}
