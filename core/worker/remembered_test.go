package worker

import (
	"context"
	"io"
	"strings"
	"testing"

	"unpool/core/protocol"
	"unpool/core/store"
)

// What was searched for and measured is kept beside the run: another trainer has it at once. What is beyond the data set is
// searched for again.
func TestAnalysesAreRemembered(t *testing.T) {
	runs := &store.Memory{}
	x := newTrialIn(t, runs)
	onOurs(x)
	x.runEnd(x.ask(protocol.AskTrain, convolutions()))
	all, err := runs.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id := all[0].ID
	unit := protocol.TestUnit{Layer: "relu2", Map: 1, Among: 300}
	search := func() (s protocol.Strongest, searched bool) {
		t.Helper()
		x := newTrialIn(t, runs)
		onOurs(x)
		call := x.ask(protocol.AskLook, with(t, protocol.LookStrongest, id, 6, unit))
		s = result[protocol.Strongest](x, call)
		for _, m := range x.said {
			if m.Kind == protocol.SayProgress && m.Call == call && strings.Contains(m.String(), `"images"`) {
				searched = true
			}
		}
		return s, searched
	}
	first, searched := search()
	if !searched {
		t.Error("nothing was searched")
	}
	again, searched := search()
	if searched || again.Trained.Units[0] != first.Trained.Units[0] || again.Untrained.Units[8] != first.Untrained.Units[8] {
		t.Errorf("searched again: %t; it found %+v, and before %+v", searched, again.Trained.Units, first.Trained.Units)
	}
	result[any](x, x.ask(protocol.AskLook, with(t, protocol.LookStatistics, id, 6, nil)))
	files, err := runs.Artifacts(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	w, err := runs.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, f := range files {
		if !strings.HasPrefix(f.Name, "analysis-") {
			continue
		}
		kept++
		from, err := runs.Get(t.Context(), id, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		damaged := strings.ReplaceAll(string(text), `"Image":`, `"Image":9`)
		if err := w.Put(f.Name, func(to io.Writer) error { _, err := io.WriteString(to, damaged); return err }); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	if kept != 3 { // of the net before and after its training, and the statistics
		t.Errorf("%d analyses are kept: %v", kept, files)
	}
	if again, searched = search(); !searched || again.Trained.Units[0] != first.Trained.Units[0] {
		t.Errorf("with a damaged file: searched again: %t; it found %+v", searched, again.Trained.Units)
	}
}

// Those of a server's run are kept beside the copy of it that this browser has; without one they are computed again.
func TestAnalysesOfServersRuns(t *testing.T) {
	theirs := &store.Memory{}
	x := newTrialIn(t, theirs)
	onOurs(x)
	x.runEnd(x.ask(protocol.AskTrain, convolutions()))
	all, err := theirs.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id := all[0].ID
	copies := &store.Memory{}
	measured := func() (measured bool) {
		t.Helper()
		x := newTrial(t)
		onOurs(x)
		x.Get = func(ctx context.Context, _ protocol.Place, run, file string) (io.ReadCloser, error) {
			return theirs.Get(ctx, run, file)
		}
		x.Copies = func() store.Store { return copies }
		look := with(t, protocol.LookStatistics, id, 6, nil)
		look.Place = protocol.OnServer
		call := x.ask(protocol.AskLook, look)
		result[any](x, call)
		for _, m := range x.said {
			measured = measured || m.Kind == protocol.SayProgress && m.Call == call && strings.Contains(m.String(), `"images"`)
		}
		return measured
	}
	for range 2 {
		if !measured() {
			t.Error("what nothing was kept of was not measured")
		}
	}
	log, err := theirs.Read(t.Context(), id, 1)
	if err != nil {
		t.Fatal(err)
	}
	w, err := copies.Create(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(log...); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if !measured() || measured() {
		t.Error("the statistics are measured again although the run has a copy here, or were there before they were measured")
	}
}
