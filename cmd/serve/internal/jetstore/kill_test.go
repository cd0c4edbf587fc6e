package jetstore

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/storetest"
	"unpool/internal/long"
)

// The test's program writes runs into the store of a folder until it is killed. It prints what it is about to do, one line each, and that
// it is done.
const (
	childFolder = "UNPOOL_TEST_STORE"
	childSeed   = "UNPOOL_TEST_SEED"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childFolder); dir != "" {
		seed, _ := strconv.ParseUint(os.Getenv(childSeed), 10, 64)
		fmt.Fprintln(os.Stderr, scribble(dir, rand.New(rand.NewPCG(seed, 0))))
		os.Exit(1) // it is never done
	}
	os.Exit(m.Run())
}

// action is what the program does to a run.
type action struct {
	what string // create, append, put, copy, remove, delete or close
	id   string
	name string // of an artifact
	from string // to copy
	n    int    // records to append, or bytes to put
	seed uint64 // of those bytes
}

func (a action) String() string {
	return fmt.Sprintf("%s %s %q %q %d %d", a.what, a.id, a.name, a.from, a.n, a.seed)
}

func parseAction(line string) (a action, err error) {
	_, err = fmt.Sscanf(line, "%s %s %q %q %d %d", &a.what, &a.id, &a.name, &a.from, &a.n, &a.seed)
	return a, err
}

// body is what a put of a number of bytes writes.
func body(n int, seed uint64) []byte {
	b := make([]byte, n)
	r := rand.NewPCG(seed, 1)
	for i := range b {
		b[i] = byte(r.Uint64())
	}
	return b
}

// event is the record that any run has at a place of its log.
func event(seq uint64) run.Record {
	r := run.Record{Seq: seq, Time: time.UnixMilli(1_800_000_000_000 + int64(seq)), Event: &run.Rate{Step: int(seq), LearningRate: float64(seq)}}
	if seq == 1 {
		r.Event = &run.Start{Version: run.Version, Recipe: storetest.Recipe()}
	}
	return r
}

func events(last uint64, n int) (all []run.Record) {
	for i := range n {
		all = append(all, event(last+uint64(i)+1))
	}
	return all
}

// scribble does one thing after the other.
func scribble(dir string, r *rand.Rand) error {
	ctx := context.Background()
	s, err := Open(ctx, dir, 0)
	if err != nil {
		return err
	}
	do := func(a action, f func() error) error {
		fmt.Println(a)
		if err := f(); err != nil {
			return fmt.Errorf("%s: %w", a, err)
		}
		fmt.Println("done")
		return nil
	}
	names := []string{"last", "best", "weights"}
	for {
		id := string(rune('a' + r.IntN(4)))
		w, err := s.Open(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			err = do(action{what: "create", id: id}, func() error { w, err = s.Create(ctx, id); return err })
		}
		if err != nil {
			return err
		}
		for range 1 + r.IntN(8) {
			a := action{id: id, name: names[r.IntN(len(names))], seed: r.Uint64()}
			switch k := r.IntN(10); {
			case k < 5:
				a.what, a.n = "append", 1+r.IntN(3)
				err = do(a, func() error { return w.Append(events(w.Last(), a.n)...) })
			case k < 8:
				a.what, a.n = "put", []int{0, 100, 700_000, 3_000_000}[r.IntN(4)]
				err = do(a, func() error {
					return w.Put(a.name, func(to io.Writer) error { _, err := to.Write(body(a.n, a.seed)); return err })
				})
			case k < 9:
				a.what = "remove"
				err = do(a, func() error { return w.Remove(a.name) })
			default:
				a.what, a.from = "copy", names[r.IntN(len(names))]
				if _, err := s.Get(ctx, id, a.from); errors.Is(err, store.ErrNotFound) {
					continue
				}
				err = do(a, func() error { return w.Copy(a.from, a.name) })
			}
			if err != nil {
				return err
			}
		}
		if err := do(action{what: "close", id: id}, w.Close); err != nil {
			return err
		}
		if r.IntN(5) == 0 {
			if err := do(action{what: "delete", id: id}, func() error { return s.Delete(ctx, id) }); err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
	}
}

// contents is what a run is to have.
type contents struct {
	events    int
	artifacts map[string]string
}

// after is the runs after an action.
func after(runs map[string]contents, a action) map[string]contents {
	runs = maps.Clone(runs)
	c := runs[a.id]
	c.artifacts = maps.Clone(c.artifacts)
	switch a.what {
	case "create":
		c = contents{artifacts: map[string]string{}}
	case "append":
		c.events += a.n
	case "put":
		c.artifacts[a.name] = string(body(a.n, a.seed))
	case "copy":
		c.artifacts[a.name] = c.artifacts[a.from]
	case "remove":
		delete(c.artifacts, a.name)
	}
	runs[a.id] = c
	if a.what == "delete" || a.what == "close" && c.events == 0 && len(c.artifacts) == 0 {
		delete(runs, a.id)
	}
	return runs
}

// compare returns how the runs of a store differ from what they are to be, "" if not.
func compare(t *testing.T, s *Store, want map[string]contents) string {
	t.Helper()
	for _, id := range []string{"a", "b", "c", "d"} {
		c, ok := want[id]
		if _, err := s.Read(t.Context(), id, 1); !ok && !errors.Is(err, store.ErrNotFound) {
			return fmt.Sprintf("run %s is there: %v", id, err)
		}
		if !ok {
			continue
		}
		if differs := compareOne(t, s, id, c); differs != "" {
			return differs
		}
	}
	return ""
}

// compareOne is compare for one run.
func compareOne(t *testing.T, s *Store, id string, want contents) string {
	t.Helper()
	log, err := s.Read(t.Context(), id, 1)
	if err != nil || len(log) != want.events {
		return fmt.Sprintf("run %s has %d events, want %d: %v", id, len(log), want.events, err)
	}
	for i, r := range log {
		got, err := r.Marshal()
		must(t, err)
		want, err := event(uint64(i + 1)).Marshal()
		must(t, err)
		if !bytes.Equal(got, want) {
			return fmt.Sprintf("run %s: event %d is %s, want %s", id, i+1, got, want)
		}
	}
	all, err := s.Artifacts(t.Context(), id)
	if err != nil || len(all) != len(want.artifacts) {
		return fmt.Sprintf("run %s has the artifacts %v, want %d: %v", id, all, len(want.artifacts), err)
	}
	for name, want := range want.artifacts {
		f, err := s.Get(t.Context(), id, name)
		if err != nil {
			return fmt.Sprintf("run %s: %v", id, err)
		}
		got, err := io.ReadAll(f)
		if err != nil || string(got) != want {
			return fmt.Sprintf("%s of run %s has %d bytes, not those %d that were put: %v", name, id, len(got), len(want), err)
		}
	}
	return ""
}

// leftovers are subjects with messages that no run has.
func leftovers(t *testing.T, s *Store) (all []string) {
	t.Helper()
	runs, err := s.index.all(t.Context(), s)
	must(t, err)
	known := map[string]bool{}
	for token, e := range runs {
		if e.deleted() {
			continue
		}
		known[eventSubject+token] = true
		for _, body := range e.bodies {
			known[bodySubject(token, body)] = true
		}
	}
	log, err := counts(t.Context(), s.events, eventSubject+"*")
	must(t, err)
	parts, err := counts(t.Context(), s.chunks, bodySubject("*", "*"))
	must(t, err)
	maps.Copy(log, parts)
	for subject := range log {
		if !known[subject] {
			all = append(all, subject)
		}
	}
	return all
}

// A program that is killed in the middle of its writes, over and over, leaves every event that it was told is written, once, and of
// each artifact the one before or the one after, whole; and nothing else. What it was doing is done or not.
func TestKills(t *testing.T) {
	kills := 10
	if long.Tests {
		kills = 100
	}
	dir := filepath.Join(t.TempDir(), "store")
	runs := map[string]contents{}
	random := rand.New(rand.NewPCG(7, 7))
	written, half := 0, 0
	for kill := range kills {
		lines := killed(t, dir, uint64(kill), 1+random.IntN(150), time.Duration(random.IntN(5000))*time.Microsecond)
		var doing *action
		for _, line := range lines {
			if line == "done" {
				runs = after(runs, *doing)
				written++
				doing = nil
				continue
			}
			a, err := parseAction(line)
			must(t, err)
			doing = &a
		}
		s, err := Open(t.Context(), dir, 0)
		must(t, err)
		differs := compare(t, s, runs)
		if differs != "" && doing != nil {
			half++
			then := *doing
			if then.what == "append" {
				then.n = 1 // the first of them only
			}
			for ; differs != "" && then.n <= doing.n; then.n++ {
				next := after(runs, then)
				if also := compare(t, s, next); also == "" {
					runs, differs = next, ""
				} else {
					differs += "; or " + also
				}
			}
		}
		if differs != "" {
			t.Fatalf("kill %d, after %d writes, while it did %v: %s", kill, written, doing, differs)
		}
		if left := leftovers(t, s); len(left) > 0 {
			t.Errorf("kill %d, while it did %v: %q are left", kill, doing, left)
		}
		all, err := s.List(t.Context())
		must(t, err)
		for _, sum := range all {
			if int(sum.Last) != runs[sum.ID].events || sum.Phase != run.Interrupted {
				t.Errorf("kill %d: the list has %+v, want %d events", kill, sum, runs[sum.ID].events)
			}
		}
		must(t, s.Close())
	}
	t.Logf("%d writes, %d kills, of which %d left a write that was done and not acknowledged", written, kills, half)
}

// killed runs the program until it has said so many lines and for a while longer, and returns what it said.
func killed(t *testing.T, dir string, seed uint64, after int, longer time.Duration) (lines []string) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childFolder+"="+dir, childSeed+"="+strconv.FormatUint(seed, 10))
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	must(t, err, cmd.Start())
	read := bufio.NewScanner(out)
	for read.Scan() {
		lines = append(lines, read.Text())
		if len(lines) == after {
			time.AfterFunc(longer, func() { cmd.Process.Kill() })
		}
	}
	cmd.Wait() // which says that it was killed
	if complaint.Len() > 0 {
		t.Fatal(complaint.String())
	}
	return lines
}
