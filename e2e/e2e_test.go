// Package e2e tests the whole program as people use it: the native program as it is built, and its pages in real browsers.
// It knows the program by its command line, and the pages by the ids that package app lists.
package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"unpool/core/recipe"
	"unpool/core/run"
)

// serve is the program, and environment what it runs in: with no data sets but those that a test names.
var (
	serve       string
	environment []string
)

// public is the folder of static files that the program builds from the source tree, and serves.
var public = filepath.Join("..", "public")

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "unpool-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	serve = filepath.Join(dir, "serve")
	if out, err := exec.Command("go", "build", "-o", serve, "../cmd/serve").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		return 1
	}
	cache, err := exec.Command("go", "env", "GOCACHE").Output() // the program builds the pages' programs
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	environment = append(os.Environ(), "UNPOOL_DATA=", "XDG_CACHE_HOME="+dir, "GOCACHE="+strings.TrimSpace(string(cache)))
	return m.Run()
}

// program is the program with a command line.
func program(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, serve, args...)
	cmd.Env = environment
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // as Ctrl-C does
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// do runs a command line to its end and returns what it writes. It fails the test when the program does.
func do(t testing.TB, args ...string) (stdout string) {
	t.Helper()
	cmd := program(t.Context(), args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("serve %s: %v\n%s", strings.Join(args, " "), err, &errs)
	}
	return out.String()
}

// start runs the program's site on a free port until the test ends, and returns its URL.
func start(t testing.TB, args ...string) string {
	t.Helper()
	url, stop := startAt(t, "127.0.0.1:0", args...)
	t.Cleanup(stop)
	return url
}

// startAt runs the program's site at an address until stop is called, which the caller must do.
func startAt(t testing.TB, address string, args ...string) (site string, stop func()) {
	t.Helper()
	site, cmd, errs := launch(t, address, args...)
	return site, func() {
		cmd.Process.Signal(syscall.SIGINT)
		if err := cmd.Wait(); err != nil {
			t.Errorf("serve: %v\n%s", err, errs)
		}
	}
}

// launch starts the program's site at an address; the caller must end it.
func launch(t testing.TB, address string, args ...string) (site string, cmd *exec.Cmd, errs *bytes.Buffer) {
	t.Helper()
	cmd = program(context.Background(), append([]string{"-addr", address, "-store", t.TempDir()}, args...)...)
	errs = &bytes.Buffer{}
	cmd.Stderr = errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	patience := time.AfterFunc(5*time.Minute, func() { cmd.Process.Kill() }) // a first build on a busy machine
	line, err := bufio.NewReader(out).ReadString('\n')
	patience.Stop()
	_, url, said := strings.Cut(strings.TrimSpace(line), "Unpool is at ")
	if err != nil || !said {
		cmd.Process.Kill()
		t.Fatalf("serve did not start: %q, %v\n%s", line, errors.Join(err, cmd.Wait()), errs)
	}
	return url, cmd, errs
}

// natively trains recipes with our own backend and returns the hashes of their weights. dir has the data sets; "" for those that
// come with the program.
func natively(t testing.TB, dir string, recipes []recipe.Recipe, threads int) (hashes []string) {
	t.Helper()
	for _, r := range recipes {
		args := []string{"train", "mnist-rnn-32", "-json", "-backend", "wasm", fmt.Sprintf("-threads=%d", threads), "-data", dir}
		for i := range recipe.Fields {
			if f := &recipe.Fields[i]; f.Applies(r) {
				args = append(args, "-"+f.Flag()+"="+f.Text(r))
			}
		}
		lines := strings.Split(strings.TrimSpace(do(t, args...)), "\n")
		hashes = append(hashes, ended(t, lines[len(lines)-1]).WeightsSHA256)
	}
	return hashes
}

// ended reads a message of a trainer as the end of a run.
func ended(t testing.TB, message string) *run.End {
	t.Helper()
	e, err := run.Unmarshal([]byte(message))
	if err != nil {
		t.Fatal(err)
	}
	end, ok := e.(*run.End)
	if !ok {
		t.Fatalf("the last message is %+v, want the end of a run", e)
	}
	return end
}

// copyPublic copies the folder of static files, so that a test can spoil it.
func copyPublic(t testing.TB) string {
	t.Helper()
	start(t) // builds what is missing
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(public)); err != nil {
		t.Fatal(err)
	}
	return to
}
