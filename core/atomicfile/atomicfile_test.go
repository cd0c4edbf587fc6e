package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	for _, text := range []string{"first", "second"} {
		if err := WriteBytes(path, []byte(text)); err != nil || read(t, path) != text {
			t.Errorf("%v, the file holds %q", err, read(t, path))
		}
	}
	failed := errors.New("the disk is full")
	err := Write(path, func(w io.Writer) error {
		w.Write([]byte("thi"))
		return failed
	})
	if !errors.Is(err, failed) || read(t, path) != "second" {
		t.Errorf("%v, the file holds %q; want the old one", err, read(t, path))
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("the folder holds %v, %v", all, err)
	}
}

func TestWriteNowhere(t *testing.T) {
	if err := WriteBytes(filepath.Join(t.TempDir(), "no", "a"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// Two may write one file at a time: the result is one of the two, whole.
func TestTwoWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	a, b := strings.Repeat("a", 200_000), strings.Repeat("b", 150_000)
	for range 100 {
		var both sync.WaitGroup
		for _, text := range []string{a, b} {
			both.Go(func() {
				if err := WriteBytes(path, []byte(text)); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		if got := read(t, path); got != a && got != b {
			t.Fatalf("a mixture of %d bytes", len(got))
		}
	}
}
