package state

import (
	"encoding/binary"
	"iter"

	iradix "github.com/hashicorp/go-immutable-radix/v2"
)

// table is a persistent map with ordered string keys: with and without return a
// new table that shares all but the touched path with the old one.
type table[V any] struct {
	tree *iradix.Tree[any]
}

func (t table[V]) get(key string) (V, bool) {
	if t.tree == nil {
		var zero V
		return zero, false
	}
	v, ok := t.tree.Get([]byte(key))
	if !ok {
		var zero V
		return zero, false
	}
	return v.(V), true
}

func (t table[V]) has(key string) bool {
	_, ok := t.get(key)
	return ok
}

func (t table[V]) with(key string, v V) table[V] {
	tree := t.tree
	if tree == nil {
		tree = iradix.New[any]()
	}
	tree, _, _ = tree.Insert([]byte(key), v)
	return table[V]{tree}
}

func (t table[V]) without(key string) table[V] {
	if t.tree == nil {
		return t
	}
	tree, _, _ := t.tree.Delete([]byte(key))
	return table[V]{tree}
}

func (t table[V]) len() int {
	if t.tree == nil {
		return 0
	}
	return t.tree.Len()
}

// all yields the entries in the order of their keys.
func (t table[V]) all() iter.Seq2[string, V] { return t.prefix("") }

// prefix yields the entries whose key starts with p, in order.
func (t table[V]) prefix(p string) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		if t.tree == nil {
			return
		}
		it := t.tree.Root().Iterator()
		it.SeekPrefix([]byte(p))
		for k, v, ok := it.Next(); ok; k, v, ok = it.Next() {
			if !yield(string(k), v.(V)) {
				return
			}
		}
	}
}

// values yields the values of all entries whose key starts with p, in key order.
func (t table[V]) values(p string) iter.Seq[V] {
	return func(yield func(V) bool) {
		for _, v := range t.prefix(p) {
			if !yield(v) {
				return
			}
		}
	}
}

// number makes a key of a counter, ordered as the numbers are.
func number[N ~int64](n N) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	return string(b[:])
}

// pair makes a key of two texts. NUL cannot occur in the first: all names of the
// model are URL-friendly.
func pair[A, B ~string](a A, b B) string { return string(a) + "\x00" + string(b) }
