package remote_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"unpool/core/api"
	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/remote"
	"unpool/core/store/remote/remotetest"
	"unpool/core/store/storetest"
)

func metric(seq uint64) run.Record {
	return run.Record{Seq: seq, Time: time.UnixMilli(1e12).UTC(), Event: &run.Metric{Step: int(seq), Test: run.Measure{Accuracy: 0.5, N: 10}}}
}

func start(id string) run.Record {
	return run.Record{Seq: 1, Time: time.UnixMilli(1e12).UTC(), Event: &run.Start{Version: run.Version, ID: id, Recipe: storetest.Recipe()}}
}

// begin makes a run on the server.
func begin(t *testing.T, s *remotetest.Server, id string) store.Writer {
	t.Helper()
	w, err := s.Store.Create(t.Context(), id)
	if err == nil {
		err = s.Say(id, w, start(id))
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func open(t *testing.T, do remote.Do) *remote.Store {
	t.Helper()
	s := remote.Connect(do)
	if err := s.Answers(t.Context()); err != nil {
		t.Fatal(err)
	}
	go s.Listen(t.Context(), "", s.Hear)
	return s
}

// A store says of the server's runs what the server has.
func TestReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &remotetest.Server{Here: api.Here{Name: "box", MsPerStep: 7}, Machines: []api.Worker{{Name: "attic", Run: "a b"}, {Name: "box"}}}
		const id = "a b"
		w := begin(t, server, id)
		if err := w.Put("last.bin", func(to io.Writer) error { _, err := to.Write([]byte("bytes")); return err }); err != nil {
			t.Fatal(err)
		}
		s := open(t, server.Do)
		ctx := t.Context()
		r := storetest.Recipe()
		if here, err := s.Machine(ctx, &r); err != nil || here != server.Here {
			t.Errorf("the machine is %+v, %v", here, err)
		}
		if all, err := s.Machines(ctx); err != nil || !slices.Equal(all, server.Machines) {
			t.Errorf("the machines are %+v, %v", all, err)
		}
		if asked := server.Asked("recipe="); len(asked) != 1 {
			t.Errorf("asked about a recipe: %v", asked)
		}
		if all, err := s.List(ctx); err != nil || len(all) != 1 || all[0].ID != id || all[0].Phase != run.Training {
			t.Errorf("listed %+v, %v", all, err)
		}
		if log, err := s.Read(ctx, id, 1); err != nil || len(log) != 1 || fmt.Sprint(log[0].Time) != fmt.Sprint(start(id).Time) {
			t.Errorf("read %v, %v", log, err)
		}
		if all, err := s.Artifacts(ctx, id); err != nil || fmt.Sprint(all) != "[{last.bin 5}]" {
			t.Errorf("artifacts %v, %v", all, err)
		}
		a, err := s.Get(ctx, id, "last.bin")
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(a); err != nil || string(text) != "bytes" {
			t.Errorf("got %q, %v", text, err)
		}
		if err := s.Label(ctx, id, run.Label{Name: "n"}); err != nil {
			t.Error(err)
		}
		if all, _ := server.Store.List(ctx); all[0].Name != "n" {
			t.Errorf("the label is %+v", all[0].Label)
		}
		if err := s.Delete(ctx, id); !errors.Is(err, store.ErrBusy) {
			t.Errorf("deleted in a writer's hand: %v", err)
		}
		w.Close()
		if err := s.Delete(ctx, id); err != nil {
			t.Error(err)
		}
		if _, err := s.Read(ctx, id, 1); !errors.Is(err, store.ErrNotFound) || !strings.Contains(err.Error(), "run a b") {
			t.Errorf("read what is gone: %v", err)
		}
	})
}

// Runs are begun, resumed and commanded there, and not written from here.
func TestAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &remotetest.Server{}
		s := open(t, server.Do)
		ctx := t.Context()
		r := storetest.Recipe()
		id, err := s.Begin(ctx, r, "mine")
		if made := server.Made(); err != nil || id != remotetest.ID(0) || len(made) != 1 || made[0] != (api.New{Recipe: r, Name: "mine"}) {
			t.Errorf("made %q %+v, %v", id, made, err)
		}
		rate := control.Command{Do: control.SetRate, LearningRate: 0.5}
		if err := errors.Join(s.Command(ctx, id, rate), s.Resume(ctx, id, api.Further{})); err != nil || fmt.Sprint(server.Commands()) != fmt.Sprint([]control.Command{rate}) {
			t.Errorf("told %v, %v", server.Commands(), err)
		}
		if _, err := s.Create(ctx, "x"); !errors.Is(err, remote.ErrThere) {
			t.Error("created", err)
		}
		if _, err := s.Open(ctx, id); !errors.Is(err, remote.ErrThere) {
			t.Error("opened", err)
		}
		if err := s.Label(ctx, id, run.Label{Name: strings.Repeat("x", run.MaxName+1)}); err == nil || len(server.Asked("PATCH")) > 0 {
			t.Error("a label that is too long went to the server")
		}
	})
}

// A site without an API is asked once; a server that is away is asked again.
func TestOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		site := func(status int, text string) remote.Do {
			return func(context.Context, string, string, string, []byte) (int, io.ReadCloser, error) {
				asked++
				return status, io.NopCloser(strings.NewReader(text)), nil
			}
		}
		for _, do := range []remote.Do{site(404, "not found"), site(200, "<!doctype html>"), site(200, "null"), site(503, `{"title":"this server keeps no runs"}`)} {
			asked = 0
			if err := remote.Connect(do).Answers(t.Context()); !errors.Is(err, remote.ErrNone) {
				t.Errorf("it answers: %v", err)
			}
			time.Sleep(time.Hour)
			if asked != 1 {
				t.Errorf("asked %d times", asked)
			}
		}
		server := &remotetest.Server{}
		server.Away(true)
		time.AfterFunc(time.Minute, func() { server.Away(false) })
		open(t, server.Do)
		if n := len(server.Asked("machine")); n < 4 || n > 10 {
			t.Errorf("asked %d times in a minute", n)
		}
	})
}

// What one who watches hears is the log, in order, without gap or double, wherever the stream is cut.
func TestWatchThroughCuts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &remotetest.Server{}
		w, other := begin(t, server, "a"), begin(t, server, "b")
		s := open(t, server.Do)
		const last = 400
		var heard [][]byte
		done := make(chan struct{})
		go func() {
			defer close(done)
			for r, err := range s.Watch(t.Context(), "a", 1) {
				if err != nil {
					t.Error(err)
					return
				}
				line, _ := r.Marshal()
				if heard = append(heard, line); r.Seq == last {
					return
				}
			}
		}()
		random := rand.New(rand.NewPCG(1, 2))
		for seq := uint64(2); seq <= last; seq++ {
			switch random.IntN(12) {
			case 0:
				server.Cut()
			case 1:
				server.Away(true)
				time.AfterFunc(time.Duration(random.IntN(20))*time.Second, func() { server.Away(false) })
			case 2:
				time.Sleep(time.Duration(random.IntN(40)) * time.Second)
			case 3:
				synctest.Wait()
			}
			if err := errors.Join(server.Say("a", w, metric(seq)), server.Say("b", other, metric(seq))); err != nil {
				t.Fatal(err)
			}
		}
		<-done
		log, err := server.Store.Read(t.Context(), "a", 1)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := store.Lines("a", 0, log)
		if got := append(bytes.Join(heard, []byte("\n")), '\n'); !bytes.Equal(got, bytes.Join(want, nil)) {
			t.Errorf("heard %d records, which are not the %d of the log", len(heard), len(log))
		}
	})
}

// States and progress come too, though no log keeps them; a deletion ends the watching.
func TestWatchHearsWhatIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &remotetest.Server{}
		w := begin(t, server, "a")
		s := open(t, server.Do)
		var mu sync.Mutex
		var heard []string
		go func() {
			for r, err := range s.Watch(t.Context(), "a", 1) {
				mu.Lock()
				heard = append(heard, fmt.Sprintf("%d %T %v", r.Seq, r.Event, err))
				mu.Unlock()
			}
		}()
		synctest.Wait()
		paused := run.Record{Event: &run.State{Phase: run.Paused, Step: 3}}
		if err := server.Say("a", w, paused, metric(2)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		w.Close()
		if err := s.Delete(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		want := "[1 *run.Start <nil> 0 *run.State <nil> 2 *run.Metric <nil> 0 <nil> run a: not found]"
		if got := fmt.Sprint(heard); got != want {
			t.Errorf("heard\n%s, want\n%s", got, want)
		}
	})
}

// Each change gives a token, and so do the server's going away and coming back; a quiet hour asks for nothing but the stream.
func TestChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &remotetest.Server{}
		w := begin(t, server, "a")
		s := open(t, server.Do)
		changed := s.Changes(t.Context())
		token := func(want bool, after string) {
			t.Helper()
			time.Sleep(time.Minute)
			synctest.Wait()
			select {
			case <-changed:
				if !want {
					t.Errorf("a token after %s", after)
				}
			default:
				if want {
					t.Errorf("no token after %s", after)
				}
			}
		}
		token(true, "the beginning")
		token(false, "nothing")
		steps := []struct {
			name string
			do   func() error
			want bool
		}{
			{"a record", func() error { return server.Say("a", w, metric(2)) }, true},
			{"progress", func() error { return server.Say("a", w, run.Record{Event: &run.Progress{Step: 2}}) }, false},
			{"a label", func() error { return s.Label(t.Context(), "a", run.Label{Name: "x"}) }, true},
			{"its being away", func() error { server.Away(true); return nil }, true},
			{"its being away still", func() error { return nil }, false},
			{"its being back", func() error { server.Away(false); return nil }, true},
		}
		for _, step := range steps {
			if err := step.do(); err != nil {
				t.Fatal(err)
			}
			token(step.want, step.name)
			if away := step.name == "its being away" || step.name == "its being away still"; s.Away() != away {
				t.Errorf("after %s: away is %v", step.name, s.Away())
			}
		}
		if asked := server.Asked("since="); len(asked) == 0 || !strings.HasPrefix(asked[len(asked)-1], "GET api/events?since=") {
			t.Errorf("the stream goes on by %v", asked)
		}
		if asked := server.Asked("api/runs"); len(asked) != 1 { // the label
			t.Errorf("asked for %v", asked)
		}
	})
}

// Refusals say what the server said.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		status int
		text   string
		is     error
		says   string
	}{
		{404, `{"code":"not_found","title":"Not found","detail":"There is no run x."}`, store.ErrNotFound, "There is no run x"},
		{409, `{"code":"busy"}`, store.ErrBusy, store.ErrBusy.Error()},
		{409, `{"code":"idle","title":"Conflict"}`, store.ErrIdle, "Conflict"},
		{409, `{"code":"over","detail":"it has ended"}`, nil, "it has ended"},
		{507, `{"code":"full","title":"The disk is full"}`, store.ErrFull, "The disk is full"},
		{200, `<html>`, nil, "what answered is not Unpool’s server: a sign-in page or a proxy may stand in between"},
		{502, `<html>`, remote.ErrAway, remote.ErrAway.Error()},
		{422, `{"title":"Invalid","detail":"batch is 0."}`, nil, "batch is 0"},
		{500, ``, nil, "the server answered 500"},
	} {
		machine := true
		s := open(t, func(context.Context, string, string, string, []byte) (int, io.ReadCloser, error) {
			if machine {
				machine = false
				return 200, io.NopCloser(strings.NewReader("{}")), nil
			}
			return c.status, io.NopCloser(strings.NewReader(c.text)), nil
		})
		_, err := s.Begin(t.Context(), recipe.Recipe{}, "")
		if err == nil || err.Error() != c.says || c.is != nil && !errors.Is(err, c.is) || c.is == nil && errors.Unwrap(err) != nil {
			t.Errorf("%d: %v", c.status, err)
		}
	}
}
