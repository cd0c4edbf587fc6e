//go:build long && linux

package jetstore

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"unpool/core/store"
)

// disk is a small disk, in memory. To make one needs root.
func disk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Fatalf("this test makes a small disk, which needs root: %v", err)
	}
	t.Cleanup(func() { must(t, syscall.Unmount(dir, 0)) })
	return dir
}

// stuff fills a disk with a file.
func stuff(t *testing.T, dir string) (path string) {
	t.Helper()
	f, err := os.CreateTemp(dir, "")
	must(t, err)
	for err == nil {
		_, err = f.Write(make([]byte, 512))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	must(t, f.Close())
	return f.Name()
}

// On a disk that becomes full, by the store or by others, what was acknowledged stays, can be read, and is there after the next start. The
// store stops before its server fails; if another program is faster and it does fail, the error is the same.
func TestDisk(t *testing.T) {
	for name, free := range map[string]func(string) (int64, error){
		"stops before": freeDisk,
		"runs into it": func(dir string) (int64, error) {
			n, err := freeDisk(dir)
			if n > 1<<20 {
				n = 1 << 40
			}
			return n, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := disk(t, "64m")
			s, err := open(t.Context(), filepath.Join(dir, "store"), 0, free)
			must(t, err)
			c := fill(t, s)
			if len(c.artifacts) < 5 {
				t.Errorf("%d artifacts fit", len(c.artifacts))
			}
			if differs := compareOne(t, s, "a", c); differs != "" {
				t.Error(differs)
			}
			crashed(t, s)
			rest := stuff(t, dir)
			s, err = Open(t.Context(), filepath.Join(dir, "store"), 0)
			must(t, err)
			if differs := compareOne(t, s, "a", c); differs != "" {
				t.Error("without a byte to write: ", differs)
			}
			if _, err := s.Create(t.Context(), "b"); !errors.Is(err, store.ErrFull) {
				t.Errorf("a run begins on a full disk: %v", err)
			}
			must(t, s.Close(), os.Remove(rest))
			s, err = Open(t.Context(), filepath.Join(dir, "store"), 0)
			must(t, err)
			if differs := compareOne(t, s, "a", c); differs != "" {
				t.Error(differs)
			}
			must(t, s.Delete(t.Context(), "a"))
			w, err := s.Create(t.Context(), "b")
			must(t, err, w.Append(event(1)), w.Close(), s.Close())
		})
	}
}

// A disk that is full before there is a store has room for none.
func TestNoRoomForAStore(t *testing.T) {
	dir := disk(t, "4m")
	stuff(t, dir)
	_, err := Open(t.Context(), filepath.Join(dir, "store"), 0)
	if !errors.Is(err, store.ErrFull) {
		t.Errorf("a store on a full disk: %v", err)
	}
}
