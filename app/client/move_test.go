package client

import (
	"context"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/api"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/mirror/mirrortest"
	"unpool/core/store/remote/remotetest"
)

// reads is a store that says from which record on logs are read.
type reads struct {
	store.Memory
	from []uint64
}

func (r *reads) Read(ctx context.Context, id string, from uint64) ([]run.Record, error) {
	r.from = append(r.from, from)
	return r.Memory.Read(ctx, id, from)
}

// write appends events to a run of a store, which begins with the first.
func write(t *testing.T, s store.Store, id string, events ...run.Event) {
	t.Helper()
	w, err := s.Open(t.Context(), id)
	if err != nil {
		w, err = s.Create(t.Context(), id)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, e := range events {
		if err := w.Append(run.Record{Seq: w.Last() + 1, Time: time.Now(), Event: e}); err != nil {
			t.Fatal(err)
		}
	}
}

// both are the runs of a browser and a server, and what makes them do what they were asked.
func both(t *testing.T, here store.Changing, server *remotetest.Server) (r *Runs, until func(what string, is func() bool)) {
	tasks := make(chan func(app.Context), 100)
	r = NewRuns(func() (store.Changing, error) { return here, nil }, mirrortest.Opener(server.Do), func(f func(app.Context)) { tasks <- f })
	r.Shown = func() bool { return true }
	until = func(what string, is func() bool) {
		t.Helper()
		for late := time.After(20 * time.Second); !is(); {
			select {
			case f := <-tasks:
				f(app.Context{})
			case <-late:
				t.Fatal("never: " + what)
			}
		}
	}
	r.Follow()
	until("both are listed", func() bool {
		_, listed := r.Here()
		return listed && r.Server.Here != nil
	})
	return r, until
}

// Of a run that has grown only what is new is read.
func TestReadWhatIsNew(t *testing.T) {
	here := &reads{}
	write(t, here, "a", &run.Start{Version: run.Version, ID: "a", Recipe: theirs}, at(0), at(50))
	r, until := both(t, here, &remotetest.Server{})
	of := Ref{ID: "a"}
	var kept *Kept
	read := func() {
		t.Helper()
		var got *Kept
		r.Read(of, kept, func(k *Kept, err error) {
			if err != nil {
				t.Error(err)
			}
			got = k
		})
		until("it is read", func() bool { return got != nil })
		kept = got
	}
	read()
	write(t, here, "a", at(100))
	here.from = nil
	read()
	if len(kept.View.Metrics) != 3 || len(here.from) != 1 || here.from[0] != 4 {
		t.Errorf("read from %d on, with %d evaluations", here.from, len(kept.View.Metrics))
	}
}

// A run is taken to the server and back. The copy that has got further is the run, and two that diverged stay as they are.
func TestMove(t *testing.T) {
	here, server := &store.Memory{}, &remotetest.Server{Here: api.Here{Name: "box"}}
	write(t, here, "a", &run.Start{Version: run.Version, ID: "a", Recipe: theirs}, at(0), &run.End{Status: run.Stopped, Steps: 5})
	r, until := both(t, here, server)
	p := newPage(t)
	p.There.Server = r.Server
	m := NewMove(r, p.Trainer)
	if says := m.To(protocol.OnServer); says != "Continue on box" {
		t.Errorf("the button says %q", says)
	}
	start := func(of Ref) (begun bool) {
		t.Helper()
		m.Start(of, 0, func() { begun = true })
		until("it is moved", func() bool { return !m.Busy })
		return begun
	}
	length := func(s store.Store) int {
		log, err := s.Read(t.Context(), "a", 1)
		if err != nil {
			t.Fatal(err)
		}
		return len(log)
	}
	if !start(Ref{ID: "a"}) || m.Problem != "" || !p.There.Is() || length(&server.Store) != 3 {
		t.Fatalf("on the server: %q, following it: %v", m.Problem, p.There.Is())
	}
	p.There.leave()
	p.View = run.View{}
	r.Follow()
	listed := func(place protocol.Place) (one Run) {
		for _, one = range r.All {
			if one.Place == place {
				return one
			}
		}
		return Run{}
	}
	write(t, &server.Store, "a", &run.Start{Version: run.Version, ID: "a", Recipe: theirs, After: 3, Step: 5}, at(7), &run.End{Status: run.Stopped, Steps: 7})
	server.Changed("a")
	until("the server's is further", func() bool {
		other, further := listed(protocol.InBrowser).Further(r.All)
		_, back := listed(protocol.OnServer).Further(r.All)
		return further && other.Place == protocol.OnServer && other.Last == 6 && !back
	})
	p.View.Phase = run.Training
	if start(Ref{protocol.OnServer, "a"}) || m.Problem == "" {
		t.Error("it is begun in place of another run")
	}
	if length(here) != 6 {
		t.Errorf("%d records came back", length(here))
	}
	p.View = run.View{}
	write(t, here, "a", at(8))
	write(t, &server.Store, "a", at(9), at(10))
	if start(Ref{ID: "a"}) || m.Problem == "" || length(&server.Store) != 8 || length(here) != 7 {
		t.Errorf("two that diverged: %q", m.Problem)
	}
}
