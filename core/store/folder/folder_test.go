package folder

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/storetest"
	"unpool/internal/long"
)

func TestFolder(t *testing.T) {
	many := 500
	if long.Tests {
		many = 10_000
	}
	storetest.Test(t, many, func(t *testing.T) storetest.Open {
		dir := filepath.Join(t.TempDir(), "runs")
		return func() store.Store { return Store{dir} }
	})
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// begin makes a run of three events, and returns its store, folder and log.
func begin(t *testing.T) (s Store, dir, log string) {
	t.Helper()
	s = Store{t.TempDir()}
	w, err := s.Create(t.Context(), "a")
	must(t, err)
	for i, e := range []run.Event{&run.Start{Version: run.Version, Recipe: storetest.Recipe()}, &run.Metric{}, &run.Rate{Step: 1, LearningRate: 2}} {
		must(t, w.Append(run.Record{Seq: uint64(i + 1), Event: e}))
	}
	must(t, w.Close())
	dir = filepath.Join(s.Dir, "a")
	return s, dir, filepath.Join(dir, logFile)
}

// A log that was cut anywhere is what its whole lines say, and grows on after the last of them.
func TestTornLog(t *testing.T) {
	s, _, log := begin(t)
	text, err := os.ReadFile(log)
	must(t, err)
	first := strings.Index(string(text), "\n") + 1
	for cut := first; cut <= len(text); cut++ {
		must(t, os.WriteFile(log, text[:cut], 0o644))
		whole := uint64(strings.Count(string(text[:cut]), "\n"))
		w, err := s.Open(t.Context(), "a")
		must(t, err)
		if w.Last() != whole {
			t.Fatalf("cut after %d bytes: %d events, want %d", cut, w.Last(), whole)
		}
		must(t, w.Append(run.Record{Seq: whole + 1, Event: &run.Rate{Step: 9, LearningRate: 1}}), w.Close())
		all, err := s.Read(t.Context(), "a", 1)
		if err != nil || uint64(len(all)) != whole+1 || all[whole].Event.(*run.Rate).Step != 9 {
			t.Fatalf("cut after %d bytes: %v, %v", cut, all, err)
		}
	}
}

// A log from before events were numbered is read as it is, and numbered on.
func TestLogWithoutNumbers(t *testing.T) {
	s, _, log := begin(t)
	must(t, os.WriteFile(log, []byte(`{"type":"start","version":1,"recipe":{"version":1,"arch":"gru","units":8,"dataset":"mnist"}}`+"\n"+`{"type":"rate","step":1,"learning_rate":2}`+"\n"), 0o644))
	w, err := s.Open(t.Context(), "a")
	must(t, err, w.Append(run.Record{Seq: 3, Event: &run.Metric{Step: 1}}), w.Close())
	all, err := s.Read(t.Context(), "a", 1)
	if err != nil || len(all) != 3 || all[1].Seq != 2 || all[2].Seq != 3 {
		t.Errorf("%v, %v", all, err)
	}
	if sums, err := s.List(t.Context()); err != nil || len(sums) != 1 || sums[0].Recipe.Net != "gru 8" {
		t.Errorf("%+v, %v", sums, err)
	}
}

// A log that is not one is refused by its line.
func TestDamagedLog(t *testing.T) {
	s, _, log := begin(t)
	text, err := os.ReadFile(log)
	must(t, err)
	lines := strings.SplitAfter(string(text), "\n")
	for says, damaged := range map[string]string{
		"line 1: event: is not JSON":                    "x\n",
		"line 2: event: is not JSON":                    lines[0] + "\n" + lines[1],
		"line 2: it is numbered 3":                      lines[0] + lines[2],
		"line 3: it is numbered 1":                      lines[0] + lines[1] + lines[0],
		"line 1: event start: version 99, this program": strings.Replace(lines[0], `"version":1`, `"version":99`, 1),
	} {
		must(t, os.WriteFile(log, []byte(damaged), 0o644))
		if _, err := s.Open(t.Context(), "a"); err == nil || !strings.Contains(err.Error(), log+", "+says) {
			t.Errorf("%v does not say %q", err, says)
		}
		all, err := s.List(t.Context())
		if err != nil || len(all) != 1 || all[0].ID != "a" || all[0].Phase != run.Unreadable || !strings.Contains(all[0].Error, says) {
			t.Errorf("%+v is listed, %v", all, err)
		}
		if after, err := os.ReadFile(log); err != nil || string(after) != damaged {
			t.Errorf("%v: the log was changed", err)
		}
	}
}

// A log that is deleted, replaced or changed while a run writes it is noticed: nothing is written into a file that nobody will find.
func TestLogChangedBehindItsBack(t *testing.T) {
	for name, change := range map[string]func(log string) error{
		"deleted":        os.Remove,
		"folder deleted": func(log string) error { return os.RemoveAll(filepath.Dir(log)) },
		"replaced": func(log string) error {
			text, err := os.ReadFile(log)
			return errors.Join(err, os.Remove(log), os.WriteFile(log, text, 0o644))
		},
		"shortened": func(log string) error { return os.Truncate(log, 10) },
	} {
		s, _, log := begin(t)
		w, err := s.Open(t.Context(), "a")
		must(t, err, w.Append(run.Record{Seq: 4, Event: &run.Metric{}}), change(log))
		if err := w.Append(run.Record{Seq: 5, Event: &run.Metric{}}); !errors.Is(err, store.ErrConflict) || !strings.Contains(err.Error(), log) {
			t.Errorf("%s: %v", name, err)
		}
		w.Close()
	}
}

// A run begins only in a folder that has nothing in it.
func TestCreateRefuses(t *testing.T) {
	_, dir, _ := begin(t)
	must(t, os.Remove(filepath.Join(dir, logFile)), os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o644))
	s, id, err := Of(dir)
	must(t, err)
	if _, err := s.Create(t.Context(), id); !errors.Is(err, store.ErrExists) || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a run in somebody's folder: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o644))
	s, id, err = Of(file)
	must(t, err)
	if _, err := s.Create(t.Context(), id); err == nil {
		t.Error("a file is taken for a folder")
	}
}
