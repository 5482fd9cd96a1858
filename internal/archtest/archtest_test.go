package archtest_test

import (
	"os"
	"testing"

	"github.com/quorate/quorate/internal/archtest"
)

// root is the repository, seen from this package's folder, where tests are run.
const root = "../.."

// TestHouse checks the source of the whole repository.
func TestHouse(t *testing.T) {
	t.Parallel()
	src := mustReadHouse(t)
	if len(src.Packages) == 0 {
		t.Fatal("got no package, want those of the repository")
	}
	for _, complaint := range archtest.HouseRules().Check(src) {
		t.Error(complaint)
	}
}

func mustReadHouse(t *testing.T) *archtest.Source {
	t.Helper()
	src, err := archtest.Read(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	return src
}
