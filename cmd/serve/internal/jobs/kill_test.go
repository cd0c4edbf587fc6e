package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"unpool/cmd/serve/internal/backends"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/folder"
	"unpool/internal/long"
)

// The test's program trains a run in a folder, from where it was interrupted, and ends as by a kill at one of its writes.
const (
	killFolder = "UNPOOL_TEST_KILL_FOLDER" // of the run
	killAt     = "UNPOOL_TEST_KILL_AT"     // the number of the write, from 1; 0 for none
	killHow    = "UNPOOL_TEST_KILL_HOW"    // one of hows
)

// hows says where in a write the program ends.
var hows = []string{"before", "within", "after"}

func TestMain(m *testing.M) {
	if dir := os.Getenv(killFolder); dir != "" {
		at, _ := strconv.Atoi(os.Getenv(killAt))
		if err := trainInto(context.Background(), folder.Store{Dir: filepath.Dir(dir)}, filepath.Base(dir), &killer{at: at, how: os.Getenv(killHow)}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// killer counts the writes of a run and ends the program at one of them.
type killer struct {
	writes, at int
	how        string
}

// write does a write, and says on standard output that it is done.
func (k *killer) write(what string, do func() error, half func()) error {
	if k == nil {
		return do()
	}
	k.writes++
	now := k.writes == k.at
	if now && k.how != "after" {
		if k.how == "within" {
			half()
		}
		os.Exit(137)
	}
	err := do()
	if err == nil {
		fmt.Println(what)
	}
	if now {
		os.Exit(137)
	}
	return err
}

// watched is a store whose writes a killer sees.
type watched struct {
	store.Store
	dir string
	*killer
}

func (s watched) Create(ctx context.Context, id string) (store.Writer, error) {
	w, err := s.Store.Create(ctx, id)
	return watchedWriter{w, s}, err
}

func (s watched) Open(ctx context.Context, id string) (store.Writer, error) {
	w, err := s.Store.Open(ctx, id)
	return watchedWriter{w, s}, err
}

type watchedWriter struct {
	store.Writer
	s watched
}

func (w watchedWriter) Append(records ...run.Record) error {
	return w.s.write(fmt.Sprintf("event %d", records[0].Seq), func() error { return w.Writer.Append(records...) }, func() {
		line, _ := records[0].Marshal()
		if f, err := os.OpenFile(filepath.Join(w.s.dir, "events.jsonl"), os.O_WRONLY|os.O_APPEND, 0); err == nil {
			f.Write(line[:len(line)/2])
		}
	})
}

func (w watchedWriter) Put(name string, write func(io.Writer) error) error {
	return w.s.write(name, func() error { return w.Writer.Put(name, write) }, func() {
		os.WriteFile(filepath.Join(w.s.dir, name+".tmp"), []byte("half of it"), 0o644)
	})
}

func (w watchedWriter) Copy(from, to string) error {
	return w.s.write(to, func() error { return w.Writer.Copy(from, to) }, func() {
		os.WriteFile(filepath.Join(w.s.dir, to+".tmp"), []byte("half of it"), 0o644)
	})
}

func (w watchedWriter) Remove(name string) error {
	return w.s.write("no "+name, func() error { return w.Writer.Remove(name) }, func() {})
}

// trainInto trains the run of the tests in a store, from where it was interrupted.
func trainInto(ctx context.Context, s folder.Store, name string, k *killer) error {
	b, err := backends.Open(backends.Options{Backend: backends.Wasm, Exact: true, Threads: 1})
	if err != nil {
		return err
	}
	defer b.Finalize()
	r := Runner{Backend: b, Stderr: io.Discard, Snapshots: store.SnapshotBytes}
	rec := recipe.Default()
	rec.Net, rec.Batch, rec.Steps, rec.EvalEvery, rec.LearningRate, rec.Exact = "rnn 4", 16, 12, 3, 0.01, true
	job := Job{Recipe: rec, Data: stripes()}
	kept := watched{s, filepath.Join(s.Dir, name), k}
	log, stands, err := store.Resume(ctx, kept, name)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrNotBegun):
		job.Begin = func() (*store.Recorder, error) { return store.Begin(ctx, kept, name) }
	case err != nil:
		return err
	case stands.View.Phase == run.Done:
		return log.Close()
	default:
		job.From, job.Begin = stands.From, func() (*store.Recorder, error) { return log, nil }
	}
	_, _, err = r.Run(ctx, job)
	return err
}

// stripes is a data set that a small net learns at once: an image of class c has a bright column.
func stripes() *data.Dataset {
	split := func(n int) data.Split {
		s := data.Split{Images: make([]byte, n*28*28), Labels: make([]byte, n)}
		for i := range n {
			class := i * 7 % 10
			s.Labels[i] = byte(class)
			for row := range 28 {
				s.Images[(i*28+row)*28+2*class+4] = byte(200 + i%50)
			}
		}
		return s
	}
	return &data.Dataset{Name: recipe.MNIST, Height: 28, Width: 28, Channels: 1, Classes: strings.Split("0123456789", ""),
		Train: split(300), Test: split(300)}
}

// killed runs the program until its end, or for a while, and returns what writes it had done.
func killed(t *testing.T, dir string, at int, how string, after time.Duration) (writes []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if after > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, after)
		defer stop()
	}
	cmd := exec.CommandContext(ctx, self) // which kills it at the end of ctx
	cmd.Env = append(os.Environ(), killFolder+"="+dir, killAt+"="+strconv.Itoa(at), killHow+"="+how)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	exit := (*exec.ExitError)(nil)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) && (!errors.As(err, &exit) || exit.ExitCode() == 1) {
		t.Fatalf("%v: %s", err, said.String())
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// outcome is the result of a run, without times.
type outcome struct {
	hash      string
	metrics   []run.Metric
	snapshots []string
	last      []byte
	best      int
}

func outcomeOf(t *testing.T, s folder.Store, name string) outcome {
	t.Helper()
	log, err := s.Read(t.Context(), name, 1)
	if err != nil {
		t.Fatal(err)
	}
	v := run.Replay(log)
	if v.Phase != run.Done {
		t.Fatalf("the run is %s", v.Phase)
	}
	o := outcome{hash: v.End.WeightsSHA256}
	for _, m := range v.Metrics {
		m.Seconds = 0
		o.metrics = append(o.metrics, m.Metric)
	}
	for _, snapshot := range v.Snapshots {
		o.snapshots = append(o.snapshots, fmt.Sprint(snapshot.Step, snapshot.Bytes, snapshot.Layers))
		if f, err := s.Get(t.Context(), name, snapshot.Name); err != nil {
			t.Error(err)
		} else {
			f.Close()
		}
	}
	last, err := store.Load(t.Context(), s, name, store.Last)
	if err != nil {
		t.Fatal(err)
	}
	for _, tensor := range last.Tensors {
		o.last = append(o.last, tensor.Data...)
	}
	best, err := store.Load(t.Context(), s, name, store.Best)
	if err != nil {
		t.Fatal(err)
	}
	o.best = best.Step
	return o
}

// A run that is killed at any of its writes, before, within or after it (in each of the ways with -tags long), loses nothing that it had written, and when resumed has the
// same outcome. So does one that is killed at any time, over and over.
func TestKills(t *testing.T) {
	s := folder.Store{Dir: t.TempDir()}
	reference := killed(t, filepath.Join(s.Dir, "reference"), 0, "", 0)
	want := outcomeOf(t, s, "reference")
	kills := 0
	check := func(name string) {
		t.Helper()
		if err := trainInto(t.Context(), s, name, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := outcomeOf(t, s, name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the run comes to %.500v, want %.500v", name, got, want)
		}
	}
	for i, how := range hows {
		for at := 1; at <= len(reference); at++ {
			if !long.Tests && at%len(hows) != i {
				continue // each write in one of the ways
			}
			kills++
			name := fmt.Sprintf("%s write %d, %s", how, at, reference[at-1])
			written := killed(t, filepath.Join(s.Dir, name), at, how, 0)
			if log, err := s.Read(t.Context(), name, 1); err == nil {
				events := 0
				for _, w := range written {
					if strings.HasPrefix(w, "event ") {
						events++
					}
				}
				if len(log) < events {
					t.Errorf("%s: %d events are left of %d", name, len(log), events)
				}
			}
			check(name)
		}
	}
	random := rand.New(rand.NewPCG(1, 1))
	at := 8
	if long.Tests {
		at = 289 - kills
	}
	for i := range at {
		kills++
		name := fmt.Sprintf("killed at any time, %d", i)
		for range 1 + i%3 {
			killed(t, filepath.Join(s.Dir, name), 0, "", time.Duration(20+random.IntN(400))*time.Millisecond)
		}
		check(name)
	}
	t.Logf("%d runs of %d writes were killed", kills, len(reference))
}
