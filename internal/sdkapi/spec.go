package sdkapi

import (
	"maps"
	"strings"
	"sync/atomic"

	"github.com/Masterminds/semver/v3"

	"github.com/quorate/quorate/internal/fault"
)

// knowsSegments is the version of the client specification from which on SDKs know segments.
var knowsSegments = semver.MustParse("4.2.0")

// specs remembers what the header Unleash-Client-Spec says: all copies of an SDK say the
// same, and parsing it would cost more than the rest of a poll. The zero value
// remembers nothing.
// It is read without a lock; who learns something new puts a larger copy in the place. Of two at the same time one is lost, and is
// learnt again.
type specs struct {
	known atomic.Pointer[map[string]bool]
}

// maxSpecs bounds how many versions are remembered.
// When they are full, all are forgotten: the header is the client's to choose.
const maxSpecs = 100

// knowSegments reports whether an SDK of a version knows segments. SDKs that say nothing
// do not. It returns a BadData fault for what is no version.
func (s *specs) knowSegments(header string) (bool, error) {
	if header == "" {
		return false, nil
	}
	known := s.known.Load()
	if known != nil {
		if knows, ok := (*known)[header]; ok {
			return knows, nil
		}
	}
	// The words are Unleash's, whose clients may look for them.
	if header[0] == 'v' || header[0] == 'V' {
		return false, fault.New(fault.BadData, "Invalid prefix in the Unleash-Client-Spec header")
	}
	version, err := semver.StrictNewVersion(header)
	if err != nil {
		return false, fault.New(fault.BadData, "Invalid SemVer in the Unleash-Client-Spec header")
	}
	knows := !version.LessThan(knowsSegments)
	next := map[string]bool{}
	if known != nil && len(*known) < maxSpecs {
		next = maps.Clone(*known)
	}
	next[strings.Clone(header)] = knows
	s.known.Store(&next)
	return knows, nil
}
