//go:build js

package indexeddb

import (
	"flag"
	"syscall/js"
	"testing"

	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/storetest"
)

var many = flag.Int("many", 100, "runs in a long list")

// Each place is a database of its own, that each program opens for itself.
func test(t *testing.T, change func(*Store)) {
	storetest.Test(t, *many, func(t *testing.T) storetest.Open {
		name := run.NewID()
		return func() store.Store {
			s, err := Open(name)
			if err != nil {
				t.Fatal(err)
			}
			change(s)
			return s
		}
	})
}

func TestFiles(t *testing.T) {
	test(t, func(s *Store) {
		if !s.files.Truthy() {
			t.Error("no private file system, though the origin is secure")
		}
	})
}

func TestWithoutFiles(t *testing.T) {
	test(t, func(s *Store) { s.files = js.Undefined() })
}
