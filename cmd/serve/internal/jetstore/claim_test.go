package jetstore

import (
	"errors"
	"slices"
	"testing"
	"time"

	"unpool/core/control"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/storetest"
)

func queued(t *testing.T, s *Store, id string) {
	t.Helper()
	must(t, s.Enqueue(t.Context(), store.Job{ID: id, Recipe: storetest.Recipe(), Queued: time.Unix(1, 0)}))
}

// shows waits until a store shows a job in a phase, by a worker.
func shows(t *testing.T, s *Store, id string, phase run.Phase, worker string) {
	t.Helper()
	jobs, err := s.Jobs(t.Context())
	must(t, err)
	i := slices.IndexFunc(jobs, func(j store.Job) bool { return j.ID == id })
	if i < 0 || jobs[i].Phase != phase || jobs[i].Worker != worker {
		t.Errorf("the jobs are %+v, want %s %s by %q", jobs, id, phase, worker)
	}
}

func nobody(control.Command) {}

// One worker holds a job, in whichever program, and all see of which. Commands to the run reach that one.
func TestClaim(t *testing.T) {
	url := listening(t)
	a, b := connected(t, url, time.Minute), connected(t, url, time.Minute)
	queued(t, a, "x")
	shows(t, b, "x", run.Waiting, "")
	if err := b.Order(t.Context(), "x", control.Command{Do: control.Pause}); !errors.Is(err, store.ErrWaits) {
		t.Errorf("of a job that waits: %v", err)
	}
	told := make(chan control.Command, 2)
	c, err := a.Claim(t.Context(), "x", "box", func(c control.Command) { told <- c })
	must(t, err)
	for _, s := range []*Store{a, b} {
		shows(t, s, "x", run.Loading, "box")
		if _, err := s.Claim(t.Context(), "x", "other", nobody); !errors.Is(err, store.ErrBusy) {
			t.Errorf("a second claim: %v", err)
		}
	}
	must(t, c.Training())
	shows(t, b, "x", run.Training, "box")
	want := control.Command{Do: control.SetRate, LearningRate: 0.5}
	for _, s := range []*Store{a, b} {
		must(t, s.Order(t.Context(), "x", want))
		if got := <-told; got != want {
			t.Errorf("it was told %+v, want %+v", got, want)
		}
	}
	must(t, c.(*claim).commands.Unsubscribe())
	if err := b.Order(t.Context(), "x", want); !errors.Is(err, store.ErrSilent) {
		t.Errorf("of a worker that does not answer: %v", err)
	}
	changes := b.JobChanges(t.Context())
	for b.conn.Flush() == nil && len(changes) > 0 {
		<-changes
	}
	c.Release()
	<-changes
	shows(t, b, "x", run.Waiting, "")
}

// A claim lasts while it is renewed, also where a program asks for long. When it is not, those who wait are told that it has run out, another
// worker takes the job, and the first one learns that.
func TestClaimIsLost(t *testing.T) {
	url := listening(t)
	const lease = 500 * time.Millisecond
	a, b := connected(t, url, lease), connected(t, url, lease)
	queued(t, a, "x")
	c, err := a.Claim(t.Context(), "x", "first", nobody)
	must(t, err)
	for until := time.Now().Add(3 * lease); time.Now().Before(until); time.Sleep(lease / 20) {
		shows(t, b, "x", run.Loading, "first")
	}
	l := c.(*claim).lease
	l.mu.Lock() // nothing is renewed, as in a program that is stopped
	changes := b.JobChanges(t.Context())
	for {
		jobs, err := b.Jobs(t.Context())
		must(t, err)
		if jobs[0].Worker == "" {
			break
		}
		<-changes
	}
	second, err := b.Claim(t.Context(), "x", "second", nobody)
	must(t, err)
	l.mu.Unlock()
	<-c.Lost()
	c.Release()
	shows(t, a, "x", run.Loading, "second")
	second.Release()
}

// A claim that the servers have lost is made again, if nobody else has made one.
func TestClaimIsMadeAgain(t *testing.T) {
	s := connected(t, listening(t), 500*time.Millisecond)
	queued(t, s, "x")
	c, err := s.Claim(t.Context(), "x", "box", nobody)
	must(t, err, purge(t.Context(), s.leases, claimSubject+"*"))
	for {
		jobs, err := s.Jobs(t.Context())
		must(t, err)
		if jobs[0].Worker == "box" {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	c.Release()
	shows(t, s, "x", run.Waiting, "")
}

// How long leases last is what the stream says that has them: the same for all programs.
func TestLeaseOfTheStream(t *testing.T) {
	url := listening(t)
	s := connected(t, url, time.Minute)
	config := s.leases.CachedInfo().Config
	config.MaxAge = time.Second
	_, err := s.js.UpdateStream(t.Context(), config)
	must(t, err)
	if s := connected(t, url, time.Minute); s.leaseFor != time.Second {
		t.Errorf("leases last %s", s.leaseFor)
	}
}

// What is stored nowhere reaches the followers in other programs, too.
func TestTellOthers(t *testing.T) {
	url := listening(t)
	a, b := connected(t, url, time.Minute), connected(t, url, time.Minute)
	r := run.Record{Time: time.UnixMilli(1), Event: &run.Progress{Step: 3}}
	heard := make(chan store.Happening)
	for _, s := range []*Store{a, b} {
		must(t, s.conn.Flush())
		go func() {
			for h, err := range s.Happenings(t.Context(), s.Now()) {
				if err == nil && h.Passing {
					heard <- h
					return
				}
			}
		}()
	}
	line, err := r.Marshal()
	must(t, err)
	for n := 0; n < 2; { // who begins to listen later misses it
		must(t, a.Tell("x y", r))
		select {
		case h := <-heard:
			n++
			if h.Run != "x y" || string(h.Record) != string(line) {
				t.Errorf("it is heard as %+v", h)
			}
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// The name of a cluster tells no secrets.
func TestClusterName(t *testing.T) {
	for url, want := range map[string]string{
		"nats://a:4222": "nats://a:4222",
		"tls://user:secret@a:4222, nats://secret@b:4222": "tls://a:4222,nats://b:4222",
		"user:secret@a:4222":                             "a:4222",
		"a:4222,b":                                       "a:4222,b",
	} {
		if got := (Cluster{URL: url}).Name(); got != want {
			t.Errorf("%s is called %s, want %s", url, got, want)
		}
	}
}
