package scim

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// versioned gives a resource its version (RFC 7644, section 3.14): what is shown of it, digested. So also what others change of
// it, such as the groups of a user, makes another version. It must be the last thing that is done to it. Twelve bytes are
// more than enough to tell the versions of one resource apart. The tag is a weak one: an answer may show some of the
// attributes only.
func versioned(o object) object {
	text, err := json.Marshal(o)
	if err != nil {
		panic(fmt.Sprintf("scim: version: %v", err)) // it is made of texts and lists
	}
	digest := sha256.Sum256(text)
	if meta, ok := o["meta"].(object); ok {
		meta["version"] = `W/"` + base64.RawURLEncoding.EncodeToString(digest[:12]) + `"`
	}
	return o
}

// versionOf returns the version that versioned gave a resource; empty for nothing, which has none.
func versionOf(o object) string {
	meta, _ := o["meta"].(object)
	return text(meta, "version")
}

// matches reports whether a version is one of a list of entity tags, weak or strong (RFC 9110, section 8.8.3); * is any.
// RFC 9110 takes no weak tag in If-Match. SCIM's do match there, as in the examples of RFC 7644, section 3.14, and all of
// them are weak here.
func matches(list, version string) bool {
	opaque := func(tag string) string { return strings.TrimPrefix(strings.TrimSpace(tag), "W/") }
	for tag := range strings.SplitSeq(list, ",") {
		if opaque(tag) == "*" || opaque(tag) == opaque(version) {
			return true
		}
	}
	return false
}
