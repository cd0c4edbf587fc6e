//go:build unix

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"unpool/cmd/serve/internal/jetstore"
	"unpool/cmd/serve/internal/queue"
	"unpool/core/api"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/internal/long"
)

// asNATS makes the test's own program be a NATS server, so that a test can kill it; it holds a node as JSON.
const asNATS = "UNPOOL_TEST_AS_NATS"

// node is one server of a NATS cluster.
type node struct {
	Name, Dir   string
	Port, Route int   // for clients, and for the other servers
	Routes      []int // of all
}

// nodeIsAll runs a node until it is killed, if this process is to be one, and reports whether it was.
func nodeIsAll() bool {
	text := os.Getenv(asNATS)
	if text == "" {
		return false
	}
	var n node
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		panic(err)
	}
	o := &natsserver.Options{ServerName: n.Name, Host: "127.0.0.1", Port: n.Port, JetStream: true, StoreDir: n.Dir, NoLog: true, NoSigs: true}
	if len(n.Routes) > 1 {
		o.Cluster = natsserver.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: n.Route}
		for _, port := range n.Routes {
			o.Routes = append(o.Routes, &url.URL{Scheme: "nats", Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port))})
		}
	}
	s, err := natsserver.NewServer(o)
	if err != nil {
		panic(err)
	}
	s.Start()
	s.WaitForShutdown()
	return true
}

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
	t.Cleanup(func() { p.kill() })
	return p
}

// freePorts are ports that nobody listens on.
func freePorts(t *testing.T, n int) (all []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		all = append(all, l.Addr().(*net.TCPAddr).Port)
	}
	return all
}

// lab is a NATS cluster of processes, and its store.
type lab struct {
	t     *testing.T
	urls  string
	nodes []*process
	store *jetstore.Store
	queue *queue.Queue
}

// lease is how long a run of a lab stays in hand of a worker that is silent.
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
			return fmt.Errorf("it is %s after step %d", v.Phase, v.Step)
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

// undisturbed is what a recipe's run comes to that nothing interrupts.
func undisturbed(t *testing.T, r recipe.Recipe) *run.View {
	t.Helper()
	s := keeping(t, t.TempDir())
	defer s.stop()
	id := s.create(r)
	s.until(id, run.Done)
	return run.Replay(s.records(id))
}

// records are those of a run's log.
func (s *server) records(id string) (all []run.Record) {
	s.t.Helper()
	_, text := s.ask("GET", api.Log(id, 1), nil)
	for line := range strings.Lines(string(text)) {
		r, err := run.UnmarshalRecord([]byte(strings.TrimSpace(line)))
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// sameRun reports how a log differs from what its run would have come to undisturbed: "" if each evaluation is in it once, in order, with the same
// figures, and the weights are the same.
func sameRun(log []run.Record, whole *run.View) string {
	v := run.Replay(log)
	for i, r := range log {
		if r.Seq != uint64(i+1) {
			return fmt.Sprintf("event %d is numbered %d", i+1, r.Seq)
		}
	}
	if v.End == nil || v.End.WeightsSHA256 != whole.End.WeightsSHA256 {
		return fmt.Sprintf("it ends with %+v, want the weights %s", v.End, whole.End.WeightsSHA256)
	}
	plain := func(all []run.Evaluation) (out []run.Metric) {
		for _, e := range all {
			e.Seconds = 0
			out = append(out, e.Metric)
		}
		return out
	}
	if a, b := fmt.Sprint(plain(v.Metrics)), fmt.Sprint(plain(whole.Metrics)); a != b {
		return fmt.Sprintf("its evaluations are\n%s, want\n%s", a, b)
	}
	return ""
}

// A worker that is stopped for longer than its lease loses its run to another one, and is refused when it wakes up: it says so, and takes the next.
func TestWorkerIsStopped(t *testing.T) {
	l := newLab(t, 1)
	const steps = 400
	whole := undisturbed(t, seeded(1, steps))
	workers := []*process{l.worker("first"), nil}
	id := l.add(seeded(1, steps))
	evaluated := func(times int) func() error {
		return func() error {
			log, err := l.store.Read(t.Context(), id, 1)
			if err != nil {
				return err
			}
			if n := len(run.Replay(log).Metrics); n < times {
				return fmt.Errorf("%d evaluations", n)
			}
			return nil
		}
	}
	l.within("it trains", evaluated(3))
	workers[1] = l.worker("second")
	workers[0].signal(syscall.SIGSTOP)
	log, err := l.store.Read(t.Context(), id, 1)
	if err != nil {
		t.Fatal(err)
	}
	l.within("the second takes it over", evaluated(len(run.Replay(log).Metrics)+2))
	workers[0].signal(syscall.SIGCONT)
	l.within("the first says that it lost it", func() error {
		if text := workers[0].stderr.String(); !strings.Contains(text, "another worker has taken it over") {
			return errors.New(text)
		}
		return nil
	})
	next := l.add(seeded(2, 4))
	if differs := sameRun(l.done(id), whole); differs != "" {
		t.Error(differs)
	}
	l.done(next)
	if text := workers[0].stderr.String(); !strings.Contains(text, next) {
		t.Errorf("the first says %s, and does not train %s", text, next)
	}
}

// hearing is what a follower of all runs has heard, by run.
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

// are reports how what was heard of a run differs from its log.
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

// kind is a way in which the schedule disturbs a process.
type kind struct {
	name string
	do   func(p *process, after time.Duration)
}

var (
	killed = kind{"is killed", func(p *process, after time.Duration) {
		p.kill()
		time.Sleep(after)
		p.start()
	}}
	stopped = kind{"is stopped", func(p *process, after time.Duration) {
		p.signal(syscall.SIGSTOP)
		time.Sleep(lease + after)
		p.signal(syscall.SIGCONT)
	}}
)

// Whatever is killed or stopped, and when: no event is lost or there twice, and each run ends with the weights of one that nothing disturbs.
func TestKillAnything(t *testing.T) {
	const seed = 14
	kills := 10
	if long.Tests {
		kills = 100
	}
	t.Logf("seed %d, %d kills", seed, kills)
	random := rand.New(rand.NewPCG(seed, 0))
	const steps = 120
	wholes := []*run.View{undisturbed(t, seeded(1, steps)), undisturbed(t, seeded(2, steps))}
	l := newLab(t, 3)
	workers := []*process{l.worker("a worker"), l.worker("another worker")}
	port := strconv.Itoa(freePorts(t, 1)[0])
	front := begun(t, "the server", asProgram+"=1", "-addr", "127.0.0.1:"+port, "-nats", l.urls, "-backend", "wasm", "-threads", "1")
	heard := l.listen()
	var ids []string
	for i := range kills {
		for len(ids) < 3+i/2 {
			ids = append(ids, l.add(seeded(uint64(1+len(ids)%2), steps)))
		}
		time.Sleep(time.Duration(300+random.IntN(1200)) * time.Millisecond)
		victim, how := workers[random.IntN(2)], killed
		switch k := random.IntN(10); {
		case k < 3:
			how = stopped
		case k < 5:
			victim = front
		case k < 8:
			victim = l.nodes[random.IntN(3)]
		case k < 9:
			victim, how = l.nodes[random.IntN(3)], stopped
		}
		after := time.Duration(random.IntN(1000)) * time.Millisecond
		t.Logf("%s %s for %s", victim.name, how.name, after)
		how.do(victim, after)
	}
	for i, id := range ids {
		log := l.done(id)
		if differs := sameRun(log, wholes[i%2]); differs != "" {
			t.Errorf("run %d of %d, %s: %s", i+1, len(ids), id, differs)
		}
		l.within("all of "+id+" was heard", func() error { return heard.are(id, log) })
	}
	s := &server{t: t, url: "http://127.0.0.1:" + port + "/", stderr: front.stderr}
	for _, id := range ids {
		if sum := s.until(id, run.Done); sum.SHA256 == "" {
			t.Errorf("the server has %+v", sum)
		}
	}
	for _, p := range append(workers, front) {
		t.Logf("%s:\n%s", p.name, p.stderr)
	}
}
