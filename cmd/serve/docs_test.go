package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	natsserver "github.com/nats-io/nats-server/v2/server"
)

// commandsOf are the command lines of this program in a section of a page of the docs, without what comes before the first argument.
func commandsOf(t *testing.T, page, section string) (all [][]string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "\n## "+section+"\n")
	if !found {
		t.Fatalf("%s has no section %q", page, section)
	}
	rest, _, _ = strings.Cut(rest, "\n## ")
	for line := range strings.Lines(rest) {
		if args, ok := strings.CutPrefix(line, "go run ./cmd/serve"); ok {
			args, _, _ = strings.Cut(args, "#")
			all = append(all, strings.Fields(args))
		}
	}
	if len(all) == 0 {
		t.Errorf("%s, %s: no commands", page, section)
	}
	return all
}

// The commands that the docs show for a cluster do what is written beside them, in the order in which they are written; but with a small net.
func TestDocsOfACluster(t *testing.T) {
	at := natsOf(t, natsserver.Options{})
	id := ""
	for _, args := range commandsOf(t, "server.md", "A lab's cluster") {
		switch {
		case len(args) == 0:
			keeping(t, "", "-nats", at)
			continue
		case args[0] == "worker":
			working(t, append(args[1:], "-nats", at)...)
			continue
		case args[0] == "train":
			args = append(args, "-steps", "2", "-batch", "16")
		case args[0] == "look":
			args[1], args[4] = id, filepath.Join(t.TempDir(), args[4])
		}
		stdout := done(t, "", append(args, "-nats", at)...)
		if args[0] == "runs" {
			id, _, _ = strings.Cut(strings.Split(stdout, "\n")[1], " ")
		}
	}
	if id == "" {
		t.Error("they do not list the runs")
	}
}

// Those for a machine with GPUs start, with a backend that this machine has; what serve gpu finds here does not concern the docs.
func TestDocsOfAGPUMachine(t *testing.T) {
	at := natsOf(t, natsserver.Options{})
	for _, args := range commandsOf(t, "server.md", "A GPU machine") {
		for i := range args {
			if args[i] == "xla:cuda" {
				args[i] = "wasm"
			}
		}
		switch {
		case args[0] == "gpu":
			if _, stderr, code := asked(t, t.Context(), "", args...); code == exitUsage {
				t.Error(stderr)
			}
		case args[0] == "worker":
			_, stop := working(t, append(args[1:], "-nats", at)...)
			stop()
		default:
			keeping(t, t.TempDir(), args...).stop()
		}
	}
}
