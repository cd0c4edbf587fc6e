package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/api"
	"unpool/core/control"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/mirror/mirrortest"
	"unpool/core/store/remote"
	"unpool/core/store/remote/remotetest"
)

var theirs = recipe.Recipe{Version: recipe.Version, Net: "rnn 6", Dataset: recipe.MNIST, LearningRate: 0.1, Steps: 100, EvalEvery: 1}

// served is a page of a site whose server trains.
func served(t *testing.T) (*page, *remotetest.Server) {
	p, server := newPage(t), &remotetest.Server{}
	s, err := mirrortest.Opener(server.Do)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.There.Server = &Server{store: s, dispatch: p.dispatch}
	t.Cleanup(p.There.leave)
	return p, server
}

// taken begins the log of the run that the server has taken last.
func taken(t *testing.T, server *remotetest.Server) (w store.Writer, say func(...run.Event)) {
	t.Helper()
	id := remotetest.ID(len(server.Made()) - 1)
	w, err := server.Store.Create(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	say = func(events ...run.Event) {
		t.Helper()
		for _, e := range events {
			r := run.Record{Event: e}
			if run.Durable(e) {
				r.Seq, r.Time = w.Last()+1, time.UnixMilli(1e12).UTC()
			}
			if err := server.Say(id, w, r); err != nil {
				t.Fatal(err)
			}
		}
	}
	say(&run.Start{Version: run.Version, ID: id, Recipe: theirs})
	return w, say
}

func at(step int) *run.Metric {
	return &run.Metric{Step: step, Test: run.Measure{Accuracy: 0.5, N: 100}}
}

// A run on the server is followed as one in the tab: its states and progress, commands, and its end. It is found again after a reload.
func TestThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, server := served(t)
		followed := ""
		p.There.Changed = func(id string) { followed = id }
		p.There.Train(theirs)
		if p.View.Phase != run.Loading {
			t.Errorf("the phase is %q", p.View.Phase)
		}
		p.wait()
		p.wait()
		if made := server.Made(); len(made) != 1 || made[0].Recipe != theirs || followed != remotetest.ID(0) || !p.Kept.Lasts {
			t.Fatalf("made %v, following %q", made, followed)
		}
		w, say := taken(t, server)
		say(&run.State{Phase: run.Training}, at(0), &run.Progress{Step: 7, Loss: 1})
		p.waitFor(time.Second)
		if v := &p.View; v.Phase != run.Training || v.Step != 7 || len(v.Metrics) != 1 || v.Start.ID != followed || len(p.posted) != 0 {
			t.Errorf("the view is %+v", v)
		}

		p.Ask(control.Pause)
		p.Do(control.Command{Do: control.SetRate, LearningRate: 0.5})
		p.wait()
		if told := fmt.Sprint(server.Commands()); told != "[{pause 0} {rate 0.5}]" && told != "[{rate 0.5} {pause 0}]" {
			t.Errorf("told %s", told)
		}
		say(&run.State{Phase: run.Paused, Step: 8}, &run.Rate{Step: 8, LearningRate: 0.5})
		p.waitFor(time.Second)
		if p.View.Phase != run.Paused || p.Asked != "" || p.View.LearningRate != 0.5 {
			t.Errorf("paused it is %q, asked %q", p.View.Phase, p.Asked)
		}

		// A reload: another page has the same view.
		other := newPage(t)
		other.There.Server = &Server{store: p.There.Server.store, dispatch: other.dispatch}
		defer other.There.leave()
		other.There.Follow(followed, run.Training)
		other.waitFor(time.Second)
		if v := &other.View; v.Phase != run.Training || len(v.Metrics) != 1 || v.LearningRate != 0.5 {
			t.Errorf("after a reload the view is %+v", v)
		}
		other.Ask(control.Pause) // it is paused: no answer comes
		other.wait()
		other.waitFor(2 * answerPatience)
		if other.View.Phase != run.Paused || other.Asked != "" {
			t.Errorf("a pause without an answer: %q, asked %q", other.View.Phase, other.Asked)
		}

		say(at(100), &run.End{Status: run.Done, Steps: 100})
		w.Close()
		for _, p := range []*page{p, other} {
			p.waitFor(time.Second)
			if p.View.Phase != run.Done || p.View.End.Steps != 100 {
				t.Errorf("at the end it is %q", p.View.Phase)
			}
		}

		// A run in the tab takes its place.
		call := p.begin()
		p.event(call, "", &run.Start{Version: run.Version, Recipe: theirs})
		p.wait()
		if p.There.Is() || followed != "" || p.View.Phase != run.Loading {
			t.Errorf("following %q, the phase is %q", followed, p.View.Phase)
		}
	})
}

// A run that was stopped continues at the server, at the rate that is asked for.
func TestThereResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, server := served(t)
		p.There.Train(theirs)
		p.wait()
		p.wait()
		w, say := taken(t, server)
		say(at(0), &run.End{Status: run.Stopped, Steps: 5})
		p.waitFor(time.Second)
		p.Resume(&p.View, 0.25)
		if p.View.Phase != run.Loading {
			t.Errorf("the phase is %q", p.View.Phase)
		}
		p.wait()
		say(&run.Start{Version: run.Version, ID: remotetest.ID(0), Recipe: theirs, After: w.Last() - 1, Step: 5})
		p.waitFor(time.Second)
		p.wait()
		if asked := server.Resumed(); !slices.Equal(asked, []api.Further{{LearningRate: 0.25}}) {
			t.Errorf("resumed by %v", asked)
		}
		if len(p.View.Metrics) != 1 || p.View.End != nil {
			t.Errorf("the view is %+v", p.View)
		}
	})
}

// What the server refuses is a failed run that says why; a run that leaves the queue has been stopped.
func TestThereRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, server := served(t)
		server.Away(true)
		p.There.Train(theirs)
		p.wait()
		p.wait()
		if p.View.Phase != run.Failed || p.View.End.Error == "" || p.View.End.Hint == "" {
			t.Errorf("the view is %+v", p.View)
		}
		server.Away(false)
		time.Sleep(time.Minute)
		p.There.Train(theirs)
		p.wait()
		p.wait()
		server.Forget(remotetest.ID(0))
		p.waitFor(time.Second)
		if p.View.Phase != run.Stopped {
			t.Errorf("taken from the queue it is %q", p.View.Phase)
		}
	})
}

func TestRef(t *testing.T) {
	for text, want := range map[string]Ref{
		"": {}, "0a1b": {ID: "0a1b"}, "server:a b": {protocol.OnServer, "a b"}, "published:mnist-cnn-seed1": {protocol.Published, "mnist-cnn-seed1"},
	} {
		if got := RefOf(text); got != want || got.String() != text {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

// A site that has no such server is asked once; a server's going away is noticed whatever page is shown.
func TestServerOfASite(t *testing.T) {
	tasks := make(chan func(app.Context), 100)
	dispatch := func(f func(app.Context)) { tasks <- f }
	until := func(what string, is func() bool) {
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
	server := &remotetest.Server{}
	r := NewRuns(func() (store.Changing, error) { return nil, errors.New("no storage") }, mirrortest.Opener(server.Do), dispatch)
	r.Follow()
	until("the server has answered, and the storage has not", func() bool { return r.Server.Here != nil && r.Server.Answered() && r.Failed != nil })
	until("the server's runs are listed", func() bool { return r.Version > 1 })
	server.Away(true)
	until("the server is away", func() bool { return r.Server.Away })

	asked := 0
	none := NewRuns(func() (store.Changing, error) { return &store.Memory{}, nil }, mirrortest.Opener(nothing(&asked)), dispatch)
	none.Follow()
	until("it is known that there is no server", func() bool { return none.Server.Answered() && none.Version > 0 })
	none.Follow()
	until("the runs are listed again", func() bool { return none.Version > 1 })
	if asked != 1 || none.Server.Here != nil {
		t.Errorf("asked %d times", asked)
	}
}

// nothing is a site of static files.
func nothing(asked *int) remote.Do {
	return func(context.Context, string, string, string, []byte) (int, io.ReadCloser, error) {
		*asked++
		return 404, io.NopCloser(strings.NewReader("404 page not found")), nil
	}
}
