package control

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"unpool/core/recipe"
)

func commands() []Command {
	r := &recipe.Recipe{
		Version: recipe.Version, Net: "gru 64", Dataset: recipe.MNIST, Optimizer: recipe.Adam,
		LearningRate: 1e-3, Batch: 128, Steps: 100, Seed: 1, EvalEvery: 50, Eval: recipe.EvalSample,
	}
	return []Command{
		{Do: Train, Recipe: r}, {Do: Train, Recipe: r, Files: true},
		{Do: Pause}, {Do: Continue}, {Do: Step}, {Do: SetRate, LearningRate: 1e-4}, {Do: Stop}, {Do: Resume}, {Do: Save}, {Do: Measure},
	}
}

func TestRoundTrip(t *testing.T) {
	for _, c := range commands() {
		b, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Unmarshal(b); err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("%s: %+v, %v", b, got, err)
		}
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"nothing":             {"", "command"},
		"an array":            {"[]", "command"},
		"null":                {"null", `unknown verb ""`},
		"no verb":             {"{}", `unknown verb ""`},
		"an unknown verb":     {`{"do":"jump"}`, `"jump"`},
		"train without":       {`{"do":"train"}`, "no recipe"},
		"an invalid recipe":   {`{"do":"train","recipe":{"version":1}}`, "arch"},
		"a misspelt setting":  {`{"do":"train","recipe":{"version":2,"sede":1}}`, "sede"},
		"no learning rate":    {`{"do":"rate"}`, "learning_rate"},
		"a rate out of range": {`{"do":"rate","learning_rate":11}`, "learning_rate"},
	} {
		if got, err := Unmarshal([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.says) {
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
		c, err := Unmarshal(b)
		if err != nil {
			return
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatalf("read from %q, but cannot be written: %v", b, err)
		}
		if same, err := Unmarshal(again); err != nil || !reflect.DeepEqual(same, c) {
			t.Errorf("%q became %q: %v", b, again, err)
		}
	})
}
