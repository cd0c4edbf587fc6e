package api

import (
	"encoding/json"
	"strings"
	"testing"

	wire "unpool/core/api"
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
