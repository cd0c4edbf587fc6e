package control

import (
	"encoding/json"
	"strings"
	"testing"
)

func commands() []Command {
	return []Command{{Do: Pause}, {Do: Continue}, {Do: Step}, {Do: SetRate, LearningRate: 1e-4}, {Do: Stop}}
}

func TestRoundTrip(t *testing.T) {
	for _, c := range commands() {
		b, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var got Command
		if err := json.Unmarshal(b, &got); err != nil || got != c {
			t.Errorf("%s: %+v, %v", b, got, err)
		}
	}
}

func TestRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"an array":            {"[]", "array"},
		"no verb":             {"{}", `unknown verb ""`},
		"an unknown verb":     {`{"do":"jump"}`, `"jump"`},
		"no learning rate":    {`{"do":"rate"}`, "learning_rate"},
		"a rate out of range": {`{"do":"rate","learning_rate":11}`, "learning_rate"},
	} {
		var got Command
		if err := json.Unmarshal([]byte(c.text), &got); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %+v, %v does not say %q", name, got, err, c.says)
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	for _, c := range commands() {
		b, _ := json.Marshal(c)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var c, same Command
		if json.Unmarshal(b, &c) != nil || c == (Command{}) {
			return
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatalf("read from %q, but cannot be written: %v", b, err)
		}
		if err := json.Unmarshal(again, &same); err != nil || same != c {
			t.Errorf("%q became %q: %v", b, again, err)
		}
	})
}
