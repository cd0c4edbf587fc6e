package store_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/storetest"
)

// trained is a store with one run of three events, two artifacts and a label.
func trained(t testing.TB) (*store.Memory, string) {
	t.Helper()
	s := &store.Memory{}
	r, err := store.Begin(t.Context(), s, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []run.Event{
		&run.Start{Version: run.Version, Recipe: storetest.Recipe()},
		&run.Metric{Step: 10, Test: run.Measure{Accuracy: 0.5, N: 10}},
		&run.End{Status: run.Done, Steps: 10},
	} {
		if err := r.Record(e); err != nil {
			t.Fatal(err)
		}
	}
	r.Close()
	w, err := s.Open(t.Context(), r.ID())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{store.Last: "the last", store.Best: strings.Repeat("the best", 1000)} {
		if err := w.Put(name, func(to io.Writer) error { _, err := io.WriteString(to, text); return err }); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	if err := s.Label(t.Context(), r.ID(), run.Label{Name: "Ours", Note: "two\nlines"}); err != nil {
		t.Fatal(err)
	}
	return s, r.ID()
}

func exported(t testing.TB, s store.Store, id string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := store.Export(t.Context(), s, id, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func imported(t testing.TB, s store.Store, file []byte) (string, error) {
	return store.Import(t.Context(), s, bytes.NewReader(file), int64(len(file)))
}

// all is everything that a store keeps of a run.
func all(t testing.TB, s store.Store, id string) string {
	t.Helper()
	log, err := s.Read(t.Context(), id, 1)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range log {
		line, err := r.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", line)
	}
	artifacts, err := s.Artifacts(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range artifacts {
		from, err := s.Get(t.Context(), id, a.Name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s: %s\n", a.Name, text)
	}
	list, err := s.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, sum := range list {
		if sum.ID == id {
			fmt.Fprintf(&b, "%q, %d bytes\n", sum.Label, sum.Bytes)
		}
	}
	return b.String()
}

// further trains a run on, by an event and a checkpoint.
func further(t testing.TB, s store.Store, id string, step int) {
	t.Helper()
	w, err := s.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	start := &run.Start{Version: run.Version, ID: id, Recipe: storetest.Recipe(), Step: 10, After: w.Last()}
	for _, e := range []run.Event{start, &run.Metric{Step: step, Test: run.Measure{Accuracy: 0.6, N: 10}}} {
		if err := w.Append(run.Record{Seq: w.Last() + 1, Time: time.UnixMilli(int64(2e12 + step)), Event: e}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Put(store.Last, func(to io.Writer) error { _, err := fmt.Fprint(to, "after ", step); return err }); err != nil {
		t.Fatal(err)
	}
	w.Close()
}

// A run goes from one store to another and back, and is trained further in each: its copies are brought to where the run is, and never back, nor
// is anything lost of two copies that went apart.
func TestARunGoesBetweenStores(t *testing.T) {
	here, id := trained(t)
	there := &store.Memory{}
	if _, err := imported(t, there, exported(t, here, id)); err != nil {
		t.Fatal(err)
	}
	before := exported(t, here, id)
	further(t, there, id, 20)
	if got, err := imported(t, here, exported(t, there, id)); err != nil || got != id {
		t.Fatalf("it comes back as %q, %v", got, err)
	}
	if got, want := all(t, here, id), all(t, there, id); got != want {
		t.Errorf("back it has\n%s\nwant\n%s", got, want)
	}
	want := all(t, here, id)
	for what, file := range map[string][]byte{"as it is": exported(t, there, id), "as it was": before} {
		if _, err := imported(t, here, file); !errors.Is(err, store.ErrExists) {
			t.Errorf("imported %s: %v", what, err)
		}
	}
	further(t, there, id, 30)
	apart := &store.Memory{}
	if _, err := imported(t, apart, exported(t, here, id)); err != nil {
		t.Fatal(err)
	}
	further(t, apart, id, 40)
	if _, err := imported(t, apart, exported(t, there, id)); !errors.Is(err, store.ErrExists) || !strings.Contains(err.Error(), "its copies differ") {
		t.Errorf("two copies that went apart: %v", err)
	}
	w, err := here.Open(t.Context(), id) // somebody trains it
	if err != nil {
		t.Fatal(err)
	}
	if _, err := imported(t, here, exported(t, there, id)); !errors.Is(err, store.ErrBusy) {
		t.Errorf("while it is in training: %v", err)
	}
	w.Close()
	if got := all(t, here, id); got != want {
		t.Errorf("it was changed to\n%s", got)
	}
}

// What can be computed again leaves no run, and comes with none.
func TestAnalysesAreInNoFile(t *testing.T) {
	s, id := trained(t)
	want, file := all(t, s, id), exported(t, s, id)
	if _, err := store.Analysed(t.Context(), s, id, func() (string, error) { return "a key", nil }, func(int) bool { return true }, func() (int, error) { return 7, nil }); err != nil {
		t.Fatal(err)
	}
	if again := exported(t, s, id); !bytes.Equal(again, file) {
		t.Error("the run's file has an analysis")
	}
	var more bytes.Buffer
	w := zip.NewWriter(&more)
	r, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		if err := w.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Create(id + "/analysis-000001-00.json"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	other := &store.Memory{}
	if _, err := imported(t, other, more.Bytes()); err != nil || all(t, other, id) != want {
		t.Errorf("%v; with an analysis in its file the run has become\n%s", err, all(t, other, id))
	}
}

func TestARunAsOneFile(t *testing.T) {
	s, id := trained(t)
	file := exported(t, s, id)
	other := &store.Memory{}
	if got, err := imported(t, other, file); err != nil || got != id {
		t.Fatalf("the import is of run %q, %v", got, err)
	}
	if got, want := all(t, other, id), all(t, s, id); got != want {
		t.Errorf("the run has become\n%s\nit was\n%s", got, want)
	}
	if again := exported(t, other, id); !bytes.Equal(again, file) {
		t.Error("exported again the file differs")
	}

	if err := other.Label(t.Context(), id, run.Label{Name: "Theirs"}); err != nil {
		t.Fatal(err)
	}
	before := all(t, other, id)
	if _, err := imported(t, other, file); !errors.Is(err, store.ErrExists) {
		t.Errorf("imported twice: %v", err)
	}
	if got := all(t, other, id); got != before {
		t.Errorf("the run that was there has become\n%s", got)
	}

	unfinished := &store.Memory{}
	r, err := store.Begin(t.Context(), unfinished, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Record(&run.Start{Version: run.Version, Recipe: storetest.Recipe()}); err != nil {
		t.Fatal(err)
	}
	if err := store.Export(t.Context(), unfinished, r.ID(), io.Discard); !errors.Is(err, store.ErrBusy) {
		t.Errorf("a run that is being trained is exported: %v", err)
	}
}

// packed is a zip file of names and texts, in order.
func packed(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = io.WriteString(w, parts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// startLine is the log of a run that has begun.
func startLine(t testing.TB, id string) string {
	t.Helper()
	line, err := run.Record{Seq: 1, Time: time.UnixMilli(1).UTC(), Event: &run.Start{Version: run.Version, ID: id, Recipe: storetest.Recipe()}}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return string(line) + "\n"
}

// What other programs pack: the folder, or only what is in it, with what a system leaves there.
func TestFilesThatOthersPacked(t *testing.T) {
	for _, parts := range [][]string{
		{"events.jsonl", startLine(t, "a")},
		{"mine/", "", "mine/events.jsonl", startLine(t, "a"), "mine/.lock", "", "__MACOSX/mine/._events.jsonl", "?"},
		{"mine/label.json", `{"name":"A"}`, "mine/events.jsonl", startLine(t, "a") + `{"type":"metr`},
	} {
		s := &store.Memory{}
		if id, err := imported(t, s, packed(t, parts...)); id != "a" || err != nil {
			t.Errorf("%q: run %q, %v", parts, id, err)
		}
	}
	s := &store.Memory{}
	old := packed(t, "events.jsonl", startLine(t, ""))
	if id, err := imported(t, s, old); len(id) != 16 || err != nil {
		t.Errorf("a log without an ID is run %q, %v", id, err)
	}
	if _, err := imported(t, s, old); !errors.Is(err, store.ErrExists) {
		t.Errorf("the same once more: %v", err)
	}
}

func TestHostileFiles(t *testing.T) {
	good := startLine(t, "a")
	lying := packed(t, "events.jsonl", good, "last.safetensors", strings.Repeat("x", 5000))
	at := bytes.LastIndex(lying, []byte("PK\x01\x02"))
	copy(lying[at+24:], []byte{1, 0, 0, 0}) // it says one byte, and has 5,000
	var many []string
	for i := range 201 {
		many = append(many, fmt.Sprint(i), "")
	}
	for name, file := range map[string][]byte{
		"nothing":                    nil,
		"no zip file":                []byte("hello"),
		"an empty zip file":          packed(t),
		"no log":                     packed(t, "last.safetensors", "x"),
		"an empty log":               packed(t, "events.jsonl", ""),
		"a log that is none":         packed(t, "events.jsonl", "hello\n"),
		"a log without a start":      packed(t, "events.jsonl", `{"type":"rate","seq":1,"step":1}`+"\n"),
		"a log with what none keeps": packed(t, "events.jsonl", good+`{"type":"state","seq":2}`+"\n"),
		"evaluations out of order":   packed(t, "events.jsonl", good+`{"type":"metric","seq":2,"step":50}`+"\n"+`{"type":"metric","seq":3,"step":0}`+"\n"),
		"a log with a gap":           packed(t, "events.jsonl", good+`{"type":"rate","seq":3,"step":1}`+"\n"),
		"a later version":            packed(t, "events.jsonl", strings.Replace(good, `"version":1`, `"version":9`, 1)),
		"a way out":                  packed(t, "../events.jsonl", good),
		"an absolute path":           packed(t, "/events.jsonl", good),
		"a deep path":                packed(t, "a/b/events.jsonl", good),
		"two folders":                packed(t, "a/events.jsonl", good, "b/last.safetensors", "x"),
		"a file twice":               packed(t, "events.jsonl", good, "events.jsonl", good),
		"a name with a backslash":    packed(t, "events.jsonl", good, `a\x`, "x"),
		"an ID that is a path":       packed(t, "events.jsonl", startLine(t, "../a")),
		"too many files":             packed(t, many...),
		"a bomb":                     packed(t, "events.jsonl", good, "last.safetensors", strings.Repeat("\x00", 64<<20)),
		"a wrong size":               lying,
		"a label that is none":       packed(t, "events.jsonl", good, "label.json", "["),
		"a large label":              packed(t, "events.jsonl", good, "label.json", `{"note":"`+strings.Repeat("x", 1<<17)+`"}`),
	} {
		s := &store.Memory{}
		if id, err := imported(t, s, file); err == nil {
			t.Errorf("%s: it is taken as run %q", name, id)
		}
		if list, err := s.List(t.Context()); len(list) > 0 || err != nil {
			t.Errorf("%s: %d runs are left, %v", name, len(list), err)
		}
	}
}

// Whatever a file is, it is refused, or it is a run that is the same when exported and imported again.
func FuzzImport(f *testing.F) {
	s, id := trained(f)
	f.Add(exported(f, s, id))
	f.Add(packed(f, "events.jsonl", startLine(f, "a")))
	f.Add(packed(f, "a/events.jsonl", startLine(f, ""), "a/label.json", "{}"))
	f.Fuzz(func(t *testing.T, file []byte) {
		s := &store.Memory{}
		id, err := imported(t, s, file)
		if err != nil {
			if list, _ := s.List(t.Context()); len(list) > 0 {
				t.Fatalf("it is refused, and a run is left: %v", err)
			}
			return
		}
		list, err := s.List(t.Context())
		if err != nil || len(list) != 1 {
			t.Fatalf("it is taken, and there are %d runs, %v", len(list), err)
		}
		other := &store.Memory{}
		again, err := imported(t, other, exported(t, s, id))
		if err != nil || again == "" {
			t.Fatalf("exported, it is refused: %v", err)
		}
		if !reflect.DeepEqual(all(t, s, id), all(t, other, again)) {
			t.Fatal("exported and imported it has become another")
		}
	})
}
