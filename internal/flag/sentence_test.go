package flag_test

import (
	"testing"

	"github.com/quorate/quorate/internal/flag"
)

func TestSentence(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		of   flag.Constraint
		want string
	}{
		{flag.Constraint{ContextName: "country", Operator: flag.In, Values: []string{"NO", "SE"}}, "country is one of NO, SE"},
		{flag.Constraint{ContextName: "country", Operator: flag.In, Values: []string{"NO"}, Inverted: true}, "country is none of NO"},
		{flag.Constraint{ContextName: "country", Operator: flag.NotIn, Values: []string{"NO"}}, "country is none of NO"},
		{flag.Constraint{ContextName: "email", Operator: flag.StrEndsWith, Values: []string{"@a.org"}, CaseInsensitive: true}, "email ends with one of @a.org, in capitals or not"},
		{
			flag.Constraint{ContextName: "id", Operator: flag.In, Values: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}},
			"id is one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more",
		},
		{flag.Constraint{ContextName: "age", Operator: flag.NumGte, Value: "18"}, "age is at least 18"},
		{flag.Constraint{ContextName: "age", Operator: flag.NumGte, Value: "18", Inverted: true}, "age is not at least 18"},
		{flag.Constraint{ContextName: "app", Operator: "FANCY", Values: []string{"x"}}, "app FANCY, which nobody knows, holds"},
	} {
		if got := test.of.Sentence(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	for _, operator := range flag.Operators() {
		c := flag.Constraint{ContextName: "a", Operator: operator, Values: []string{"b"}, Value: "b"}
		plain := c.Sentence()
		if c.Inverted = true; plain == "a  b" || c.Sentence() == plain {
			t.Errorf("%s: got %q, and %q when it is inverted, want two sentences", operator, plain, c.Sentence())
		}
	}
}
