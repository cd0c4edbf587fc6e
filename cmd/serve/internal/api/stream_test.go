package api

import (
	"encoding/json"
	"strings"
	"testing"

	wire "unpool/core/api"
	"unpool/core/run"
	"unpool/core/store"
)

// An event's data is what core/api says that it is, and its ID a position.
func TestEvent(t *testing.T) {
	record := json.RawMessage(`{"seq":1,"text":"<a> \u2028"}`)
	at := store.Position{Store: 10, Events: 2, Runs: 3}
	for _, test := range []struct {
		h    store.Happening
		want wire.Happening
		id   string
	}{
		{store.Happening{At: at, Run: `a "b" <c>`, Record: record}, wire.Happening{Run: `a "b" <c>`, Record: record}, "a-2-3"},
		{store.Happening{At: at, Run: "a", Record: record, Passing: true}, wire.Happening{Run: "a", Passing: record}, ""},
		{store.Happening{At: at, Run: "a"}, wire.Happening{Run: "a"}, "a-2-3"},
		{store.Happening{At: at, Run: "a", Deleted: true}, wire.Happening{Run: "a", Deleted: true}, "a-2-3"},
	} {
		text, err := event(test.h)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(text), "\n")
		id := ""
		if rest, ok := strings.CutPrefix(lines[0], "id: "); ok {
			id, lines = rest, lines[1:]
		}
		var got wire.Happening
		data, ok := strings.CutPrefix(lines[0], "data: ")
		if err := json.Unmarshal([]byte(data), &got); err != nil || !ok || id != test.id || strings.Join(lines[1:], "|") != "|" {
			t.Errorf("%q, %v", text, err)
		}
		if got.Run != test.want.Run || string(got.Record) != string(test.want.Record) || string(got.Passing) != string(test.want.Passing) || got.Deleted != test.want.Deleted {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

// What comes at once is sent at once, in order; of a run's progress and of its answers the newest.
func TestTogether(t *testing.T) {
	line := func(e run.Event) json.RawMessage {
		text, err := run.Record{Event: e}.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	progress := func(id string, step int) store.Happening {
		return store.Happening{Run: id, Passing: true, Record: line(&run.Progress{Step: step})}
	}
	answers := func(id string, step int) store.Happening {
		return store.Happening{Run: id, Passing: true, Record: line(&run.Answers{Step: step})}
	}
	paused := store.Happening{Run: "a", Passing: true, Record: line(&run.State{Phase: run.Paused})}
	kept := store.Happening{Run: "a", Record: json.RawMessage(`{"kept":1}`)}
	more := make(chan store.Happening, 10)
	for _, h := range []store.Happening{progress("a", 2), answers("a", 2), progress("b", 3), paused, answers("a", 4), kept, progress("a", 4), {Run: "c", Deleted: true}} {
		more <- h
	}
	close(more)
	text, err := together(progress("a", 1), more)
	if err != nil {
		t.Fatal(err)
	}
	var want []byte
	for _, h := range []store.Happening{progress("b", 3), paused, answers("a", 4), kept, progress("a", 4), {Run: "c", Deleted: true}} {
		e, err := event(h)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, e...)
	}
	if string(text) != string(want) {
		t.Errorf("together they are\n%s, want\n%s", text, want)
	}
}
