package access

import (
	"fmt"
	"strconv"
	"strings"
)

// Ref names an actor by kind and id, for example "user:7". It is what the ledger
// keeps: never a name or an address, so that a person can be erased.
type Ref string

// Kind says what sort of actor a Ref names.
type Kind string

// The kinds of actors.
const (
	KindUser           Kind = "user"
	KindServiceAccount Kind = "service-account"
	KindToken          Kind = "token"       // an API token stored in the ledger
	KindAdminToken     Kind = "admin-token" // an API token of type admin
	KindSystem         Kind = "system"
)

// SystemRef is Quorate acting by itself.
const SystemRef Ref = "system"

// NewRef returns the reference of an actor with an id.
func NewRef(kind Kind, id int64) Ref {
	return Ref(fmt.Sprintf("%s:%d", kind, id))
}

// Kind returns the sort of actor.
func (r Ref) Kind() Kind {
	kind, _, _ := strings.Cut(string(r), ":")
	return Kind(kind)
}

// ID returns the actor's id, 0 for the system.
func (r Ref) ID() int64 {
	_, id, _ := strings.Cut(string(r), ":")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Account returns the id of the person or service account that is named, 0 if it is none.
func (r Ref) Account() int64 {
	switch r.Kind() {
	case KindUser, KindServiceAccount:
		return r.ID()
	default:
		return 0
	}
}
