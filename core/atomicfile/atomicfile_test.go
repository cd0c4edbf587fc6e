package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
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
	// What a kill left is in nobody's way.
	if err := os.WriteFile(path+".tmp", []byte("a longer text than the next"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteBytes(path, []byte("third")); err != nil || read(t, path) != "third" {
		t.Errorf("%v, the file holds %q", err, read(t, path))
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
