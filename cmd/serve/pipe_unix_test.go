//go:build unix

package main

import (
	"context"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A pipe that nobody writes to keeps no command waiting: it is refused where only a file will do, and elsewhere Ctrl-C ends the wait.
func TestPipes(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	for _, path := range []string{pipe, filepath.Join(dir, "cifar10-images.zip")} {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, stderr, code := cli(t, stopped, "sweep", pipe); code != exitStopped {
		t.Errorf("sweep: exit code %d, %s", code, stderr)
	}
	for _, args := range [][]string{
		{"train", "mnist-rnn-32", "-dataset", "folder:" + pipe}, {"train", "cifar-vgg", "-dataset", "cifar10-rgb", "-data", dir}, {"train", "-resume", pipe},
	} {
		if _, stderr, code := cli(t, t.Context(), args...); code != exitUsage || !strings.Contains(stderr, dir) {
			t.Errorf("%v: exit code %d, %s", args, code, stderr)
		}
	}
}
