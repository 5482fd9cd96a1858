package adminapi

import (
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// optional is a nullable property that tells being left out from being null. As a field
// it has the tag omitzero, since it is not required.
//
// A pointer cannot tell them apart, and a body that changes a thing has to: what is left out stays, and
// null takes it away.
type optional[T any] struct {
	Sent  bool
	Value *T // nil: null
}

// UnmarshalJSON reads a value that was sent.
// encoding/json calls it for null as well, and not at all for what is left out.
func (o *optional[T]) UnmarshalJSON(data []byte) error {
	o.Sent = true
	return json.Unmarshal(data, &o.Value)
}

// Or returns what was sent, or else another value.
//
// Where nothing was sent, the other value is kept; where null was sent, the result is nil.
func (o optional[T]) Or(other *T) *T {
	if o.Sent {
		return o.Value
	}
	return other
}

// Schema returns that of T, with null.
func (optional[T]) Schema(r huma.Registry) *huma.Schema {
	// A copy: the registry's own is shared by all who refer to it.
	schema := *r.Schema(reflect.TypeFor[T](), false, "")
	schema.Nullable = true
	return &schema
}
