package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unpool/core/api"
	"unpool/core/control"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/folder"
	"unpool/core/store/remote"
)

// ofATab is the run of a folder as one file, and as if a browser had trained it, with its ID.
func ofATab(t *testing.T, dir string) (file, id string) {
	t.Helper()
	runs, name, err := folder.Of(dir)
	if err != nil {
		t.Fatal(err)
	}
	log, err := runs.Read(t.Context(), name, 1)
	if err != nil {
		t.Fatal(err)
	}
	c, err := store.Load(t.Context(), runs, name, store.Last)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range log {
		if s, ok := r.Event.(*run.Start); ok {
			s.Machine, id = run.Browser, s.ID
		}
	}
	c.Where.Machine = run.Browser
	tab := &store.Memory{}
	w, err := tab.Create(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := errors.Join(w.Append(log...), w.Put(store.Last, c.Write), w.Close(), store.Export(t.Context(), tab, id, &b)); err != nil {
		t.Fatal(err)
	}
	return b.String(), id
}

// theirs are the server's runs, as a page has them.
func (s *server) theirs() *remote.Store {
	return remote.Connect(func(ctx context.Context, method, path, kind string, body []byte) (int, io.ReadCloser, error) {
		status, text := s.ask(method, path, string(body), "Content-Type", kind)
		return status, io.NopCloser(bytes.NewReader(text)), nil
	})
}

// doneAt waits until a run is done that has so many steps.
func (s *server) doneAt(id string, step int) (sum run.Summary) {
	s.t.Helper()
	for until := time.Now().Add(3 * time.Minute); sum.Phase != run.Done || sum.Step != step; time.Sleep(20 * time.Millisecond) {
		sum = run.Summary{}
		s.must(&sum, "GET", api.Run(id), nil)
		if sum.Phase == run.Failed || time.Now().After(until) {
			s.t.Fatalf("the run is %q after step %d (%s)\n%s", sum.Phase, sum.Step, sum.Error, s.stderr)
		}
	}
	return sum
}

// A run that was trained in a tab continues at the server, and from there elsewhere: an exact one to the same weights as a run that stayed where it was. Done,
// it is trained for as many steps again, or to a step and at a rate that are asked for.
func TestARunGoesOnElsewhere(t *testing.T) {
	s := keeping(t, t.TempDir())
	dir := filepath.Join(t.TempDir(), "run")
	train := func(args ...string) {
		t.Helper()
		if _, says, code := cli(t, t.Context(), append([]string{"train"}, args...)...); code != exitDone {
			t.Fatal(says)
		}
	}
	train("mnist-rnn-32", "-steps", "4", "-eval-every", "2", "-batch", "16", "-exact", "-backend", "wasm", "-out", dir)
	file, id := ofATab(t, dir)
	take := func(file string, want int) {
		t.Helper()
		if status, text := s.ask("POST", api.Import, file, "Content-Type", store.FileType); status != want {
			t.Fatalf("the file is answered with %d, %s", status, text)
		}
	}
	take(file, http.StatusCreated)
	s.must(nil, "POST", api.Resume(id), nil)
	eight := s.doneAt(id, 8)
	take(file, http.StatusConflict) // an older copy
	sixteen := s.create(small(16))
	undisturbed := s.create(small(8))
	if want := s.until(undisturbed, run.Done); eight.Step != 8 || eight.SHA256 != want.SHA256 {
		t.Errorf("after step %d on the server the weights are %s, want %s", eight.Step, eight.SHA256, want.SHA256)
	}

	// Back, and to the server once more.
	var back bytes.Buffer
	theirs := s.theirs()
	if err := store.Export(t.Context(), theirs, id, &back); err != nil {
		t.Fatal(err)
	}
	elsewhere := folder.Store{Dir: t.TempDir()}
	if _, err := store.Import(t.Context(), elsewhere, bytes.NewReader(back.Bytes()), int64(back.Len())); err != nil {
		t.Fatal(err)
	}
	train("-resume", filepath.Join(elsewhere.Dir, id), "-steps", "16")
	back.Reset()
	if err := store.Export(t.Context(), elsewhere, id, &back); err != nil {
		t.Fatal(err)
	}
	take(back.String(), http.StatusCreated)
	want := s.until(sixteen, run.Done)
	if there := s.doneAt(id, 16); there.Step != 16 || there.SHA256 != want.SHA256 {
		t.Errorf("after step %d elsewhere the weights are %s, want %s", there.Step, there.SHA256, want.SHA256)
	}

	for what, c := range map[string]struct {
		how  api.Further
		want string
	}{
		"steps that are done": {api.Further{Steps: 15}, "16 are done already"}, "too many steps": {api.Further{Steps: 1 << 40}, "steps"},
		"no rate": {api.Further{LearningRate: -1}, "learning"},
	} {
		if status, text := s.ask("POST", api.Resume(id), c.how); status != http.StatusUnprocessableEntity || !strings.Contains(string(text), c.want) {
			t.Errorf("%s: %d, %s", what, status, text)
		}
	}
	s.must(nil, "POST", api.Resume(id), api.Further{Steps: 18, LearningRate: 0.125})
	s.doneAt(id, 18)
	log, err := theirs.Read(t.Context(), id, 1)
	if err != nil {
		t.Fatal(err)
	}
	if v := run.Replay(log); v.LearningRate != 0.125 || len(v.Rates) != 1 || v.Rates[0].Step != 16 || len(v.Moves) != 0 {
		t.Errorf("the rate is %g, changed %+v, moved %+v", v.LearningRate, v.Rates, v.Moves)
	}
}

// A run of a tab that is not exact continues on the server's backend, and its log says so.
func TestARunOfATabMoves(t *testing.T) {
	s := keeping(t, t.TempDir())
	dir := filepath.Join(t.TempDir(), "run")
	if _, says, code := cli(t, t.Context(), "train", "mnist-rnn-32", "-steps", "4", "-eval-every", "2", "-batch", "16", "-backend", "wasm", "-out", dir); code != exitDone {
		t.Fatal(says)
	}
	file, id := ofATab(t, dir)
	if status, text := s.ask("POST", api.Import, file, "Content-Type", store.FileType); status != http.StatusCreated {
		t.Fatalf("%d, %s", status, text)
	}
	s.must(nil, "POST", api.Resume(id), nil)
	s.doneAt(id, 8)
	log, err := s.theirs().Read(t.Context(), id, 1)
	if err != nil {
		t.Fatal(err)
	}
	if moves := run.Replay(log).Moves; len(moves) != 1 || moves[0].Step != 4 || moves[0].From.Machine != run.Browser || moves[0].To.Machine == run.Browser {
		t.Errorf("it moved %+v", moves)
	}
}

// A run that was paused is paused when the server starts again, and says so; it continues when it is told to.
func TestPausedOverARestart(t *testing.T) {
	dir := t.TempDir()
	s := keeping(t, dir)
	id := s.create(small(400))
	s.until(id, run.Training)
	s.must(nil, "POST", api.Commands(id), control.Command{Do: control.Pause})
	s.until(id, run.Paused)
	s.stop()
	s = keeping(t, dir)
	s.until(id, run.Paused)
	s.must(nil, "POST", api.Commands(id), control.Command{Do: control.Continue})
	s.until(id, run.Training)
	s.must(nil, "POST", api.Commands(id), control.Command{Do: control.Stop})
}
