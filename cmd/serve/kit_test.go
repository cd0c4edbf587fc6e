package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A kit is written to a new folder or file, and never over another; what it cannot have it names.
func TestKit(t *testing.T) {
	start(t) // builds what is out of date
	dir := t.TempDir()
	folder, file := filepath.Join(dir, "usb", "kit"), filepath.Join(dir, "kit.zip")
	for _, to := range []string{folder, file} {
		stdout, stderr, code := cli(t, t.Context(), "kit", to)
		if _, err := os.Stat(to); code != exitDone || !strings.Contains(stdout, to) || err != nil {
			t.Errorf("exit code %d, %q, %q, %v", code, stdout, stderr, err)
		}
		if _, stderr, code := cli(t, t.Context(), "kit", to); code != exitUsage || !strings.Contains(stderr, "exists") {
			t.Errorf("over %s: exit code %d, %q", to, code, stderr)
		}
	}
	index, err := os.ReadFile(filepath.Join(folder, "index.html"))
	readme, wrong := os.ReadFile(filepath.Join(folder, "README.txt"))
	if err != nil || wrong != nil || !strings.Contains(string(index), "Unpool") || !strings.Contains(string(readme), "http://localhost:8000/") {
		t.Errorf("the folder has index.html of %d bytes and README.txt of %d; %v, %v", len(index), len(readme), err, wrong)
	}
	none := filepath.Join(dir, "none")
	if _, stderr, code := cli(t, t.Context(), "kit", "-cifar10", "-data", dir, none); code != exitUsage || !strings.Contains(stderr, "serve data cifar10") {
		t.Errorf("without CIFAR-10: exit code %d, %q", code, stderr)
	}
	if _, err := os.Stat(none); err == nil {
		t.Error("a part of a kit is left")
	}
}
