package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"unpool/core/recipe"
)

func recipeOf() recipe.Recipe {
	return recipe.Recipe{
		Version: recipe.Version, Net: "gru 64", Dataset: recipe.MNIST, Optimizer: recipe.Adam,
		LearningRate: 1e-3, Batch: 128, Steps: 100, Seed: 1, EvalEvery: 50, Eval: recipe.EvalSample,
	}
}

func TestRoundTrip(t *testing.T) {
	roundTrip(t, Train{Recipe: recipeOf()})
	roundTrip(t, Train{Recipe: recipeOf(), Files: true})
	roundTrip(t, Resume{File: true, LearningRate: 0.1})
	roundTrip(t, Predict{Images: []byte{0, 255}})
	roundTrip(t, Look{What: LookStatistics, With: json.RawMessage(`{"layer":1}`)})
	roundTrip(t, Alive{Doing: "loading", Patience: 3, Progress: Progress{Done: 1, Total: 2, Unit: "bytes"}})
	roundTrip(t, Prediction{Step: 3, Classes: []string{"a"}, Probabilities: [][]float32{{1}}})
	roundTrip(t, Error{Busy, "it is busy", "wait"})
}

func roundTrip[Body any](t *testing.T, body Body) {
	t.Helper()
	head := Head{Kind: "x", Call: 3, Fold: "f"}
	m, err := Parse(Write(head, body).String())
	if err != nil || m.Head != head {
		t.Fatalf("%+v, %v", m.Head, err)
	}
	if got, err := Read[Body](m); err != nil || !reflect.DeepEqual(got, body) {
		t.Errorf("%+v became %+v, %v", body, got, err)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{"", "two lines"},
		{`{"kind":"train"}`, "two lines"},
		{"no\n{}", "head"},
		{"{}\n{}", "kind"},
	} {
		if m, err := Parse(c.text); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %+v, %v does not say %q", c.text, m, err, c.says)
		}
	}
}

func TestTrainRefuses(t *testing.T) {
	for name, c := range map[string]struct{ body, says string }{
		"no recipe":          {"{}", "no recipe"},
		"an invalid recipe":  {`{"recipe":{"version":1}}`, "arch"},
		"a misspelt setting": {`{"recipe":{"version":2,"sede":1}}`, "sede"},
		"an array":           {"[]", "train"},
	} {
		if got, err := Read[Train](Message{Head{Kind: AskTrain}, json.RawMessage(c.body)}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %+v, %v does not say %q", name, got, err, c.says)
		}
	}
}

func TestErrorOf(t *testing.T) {
	known := &Error{NoData, "a", "b"}
	if got := ErrorOf(fmt.Errorf("why: %w", known), Broken, "c"); got != known {
		t.Errorf("%+v", got)
	}
	if got := ErrorOf(errors.New("a"), Broken, "c"); *got != (Error{Broken, "a", "c"}) {
		t.Errorf("%+v", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Write(Head{Kind: AskTrain, Call: 1}, Train{Recipe: recipeOf()}).String())
	f.Add("{\"kind\":\"x\"}\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(m.String())
		if err != nil || again.Head != m.Head || !bytes.Equal(again.Body, m.Body) {
			t.Errorf("%q became %+v: %v", text, again, err)
		}
	})
}
