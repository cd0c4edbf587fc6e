package runlog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "runs", "1")
	log, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"a\n", "b\n"} {
		if err := log.Append([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if body, err := os.ReadFile(filepath.Join(dir, File)); string(body) != "a\nb\n" {
		t.Errorf("the log has %q, %v", body, err)
	}
	if _, err := Create(dir); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a second run in the same folder gives the error %v, want one about the folder", err)
	}
}

func TestCreateWhereAFileIs(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(name); err == nil {
		t.Error("a file is taken for a folder")
	}
}
