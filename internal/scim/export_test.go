package scim

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

// EachRoute hands over every method and path below the prefixes.
func EachRoute(fn func(method, path string)) error {
	return chi.Walk((&API{}).router().(chi.Routes), func(method, path string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		fn(method, path)
		return nil
	})
}
