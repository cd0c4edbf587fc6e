//go:build unix

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"unpool/cmd/serve/internal/jetstore"
	"unpool/cmd/serve/internal/queue"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

// process is a program under test in a process of its own, that can be stopped and killed, and started again.
type process struct {
	t      *testing.T
	name   string
	args   []string
	env    string
	stderr *said
	cmd    *exec.Cmd
}

func (p *process) start() {
	p.t.Helper()
	p.cmd = exec.Command(os.Args[0], p.args...)
	p.cmd.Env = append(os.Environ(), p.env)
	p.cmd.Stderr = p.stderr
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Errorf("%s cannot be told %v: %v\n%s", p.name, s, err, p.stderr)
	}
}

func (p *process) kill() {
	p.cmd.Process.Kill()
	p.cmd.Wait() // says that it was killed
}

// begun is a process that runs until the test ends.
func begun(t *testing.T, name, env string, args ...string) *process {
	t.Helper()
	p := &process{t: t, name: name, args: args, env: env, stderr: &said{}}
	p.start()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%s said:\n%s", p.name, p.stderr)
		}
	})
	return p
}

// lab is a NATS cluster of processes, and its store.
type lab struct {
	t     *testing.T
	urls  string
	nodes []*process
	store *jetstore.Store
	queue *queue.Queue
}

// lease is how long a run of a lab stays with a worker that is silent.
const lease = 3 * time.Second

// newLab starts a cluster of NATS servers, each of them a process.
func newLab(t *testing.T, n int) *lab {
	t.Helper()
	l := &lab{t: t}
	clients, routes := freePorts(t, n), freePorts(t, n)
	var urls []string
	for i := range n {
		config, err := json.Marshal(node{Name: fmt.Sprint("node-", i), Dir: t.TempDir(), Port: clients[i], Route: routes[i], Routes: routes})
		if err != nil {
			t.Fatal(err)
		}
		l.nodes = append(l.nodes, begun(t, fmt.Sprint("NATS ", i), asNATS+"="+string(config)))
		urls = append(urls, fmt.Sprintf("nats://127.0.0.1:%d", clients[i]))
	}
	l.urls = strings.Join(urls, ",")
	conn, err := nats.Connect(l.urls, nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	l.within("NATS is ready", func() error {
		_, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "try", Replicas: n, Storage: jetstream.MemoryStorage})
		return err
	})
	first := l.open()
	stream, err := js.Stream(t.Context(), "unpool-leases")
	if err != nil {
		t.Fatal(err)
	}
	config := stream.CachedInfo().Config
	config.MaxAge = lease
	_, err = js.UpdateStream(t.Context(), config)
	if err := errors.Join(err, first.Close()); err != nil {
		t.Fatal(err)
	}
	l.store = l.open()
	t.Cleanup(func() { l.store.Close() })
	l.queue = queue.New(l.store, "the test", io.Discard)
	return l
}

// open opens the cluster's store.
func (l *lab) open() *jetstore.Store {
	l.t.Helper()
	s, err := jetstore.Connect(l.t.Context(), jetstore.Cluster{URL: l.urls})
	if err != nil {
		l.t.Fatal(err)
	}
	return s
}

// within waits until something is so.
func (l *lab) within(what string, is func() error) {
	l.t.Helper()
	var err error
	for until := time.Now().Add(2 * time.Minute); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if err = is(); err == nil {
			return
		}
	}
	l.t.Fatalf("never was it so that %s: %v", what, err)
}

// worker starts a worker.
func (l *lab) worker(name string) *process {
	return begun(l.t, name, asProgram+"=1", "worker", "-nats", l.urls, "-backend", "wasm", "-threads", "1")
}

// add puts a run into the queue.
func (l *lab) add(r recipe.Recipe) (id string) {
	l.t.Helper()
	id = run.NewID()
	l.within("a run is taken", func() error {
		err := l.queue.Add(l.t.Context(), store.Job{ID: id, Recipe: r})
		if errors.Is(err, store.ErrQueued) { // the answer was lost
			return nil
		}
		return err
	})
	return id
}

// done waits until a run is done, and out of the queue.
func (l *lab) done(id string) (log []run.Record) {
	l.t.Helper()
	l.within("run "+id+" is done", func() (err error) {
		if log, err = l.store.Read(l.t.Context(), id, 1); err != nil {
			return err
		}
		if v := run.Replay(log); v.Phase != run.Done {
			return fmt.Errorf("it is %s after step %d: %+v", v.Phase, v.Step, v.End)
		}
		jobs, err := l.queue.Jobs(l.t.Context())
		if slices.ContainsFunc(jobs, func(j store.Job) bool { return j.ID == id }) {
			return errors.New("it is in the queue")
		}
		return err
	})
	return log
}

// seeded is a small recipe of a seed.
func seeded(seed uint64, steps int) recipe.Recipe {
	r := small(steps)
	r.Seed = seed
	return r
}

// hearing is what a follower of all runs has received, by run.
type hearing struct {
	mu  sync.Mutex
	all map[string][]string // lines of logs
}

// listen follows all that happens, until the test ends.
func (l *lab) listen() *hearing {
	h := &hearing{all: map[string][]string{}}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	l.t.Cleanup(func() { cancel(); <-ended })
	at := l.store.Now()
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			for happening, err := range l.store.Happenings(ctx, at) {
				if err != nil {
					break // as a page that is cut off, it comes again
				}
				if happening.Passing {
					continue
				}
				at = happening.At
				if happening.Record != nil {
					h.mu.Lock()
					h.all[happening.Run] = append(h.all[happening.Run], string(happening.Record))
					h.mu.Unlock()
				}
			}
		}
	}()
	return h
}

// are reports how what was received of a run differs from its log.
func (h *hearing) are(id string, log []run.Record) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.all[id]) != len(log) {
		return fmt.Errorf("%d events were heard, of %d", len(h.all[id]), len(log))
	}
	for i, r := range log {
		if line, err := r.Marshal(); err != nil || string(line) != h.all[id][i] {
			return fmt.Errorf("event %d was heard as %s and is %s, %w", i+1, h.all[id][i], line, err)
		}
	}
	return nil
}
