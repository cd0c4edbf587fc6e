package recipe_test

import (
	"reflect"
	"strings"
	"testing"

	"unpool/core/recipe"
	"unpool/models"
)

// A link carries what is compared: each net with its own way of training, on the first one's batches.
func TestBeside(t *testing.T) {
	first := find(t, "mnist-rnn-128")
	first.Seed, first.Steps = 7, 300
	momentum := find(t, "mnist-cnn")
	momentum.Optimizer, momentum.Momentum, momentum.Batch = recipe.Momentum, 0.9, 5
	slow := first
	slow.LearningRate = 1e-5
	others := []recipe.Recipe{first.Beside(momentum), first.Beside(slow), first.Beside(find(t, "mnist-gru-64"))}
	if got := others[0]; got.Net != momentum.Net || got.Momentum != 0.9 || got.Batch != first.Batch || got.Seed != 7 || got.Steps != 300 {
		t.Errorf("beside %+v there is %+v", first, got)
	}
	for n := range others {
		query := first.QueryBeside(others[:n+1])
		r, read, err := recipe.ParseQueryBeside(query)
		if err != nil || r != first || !reflect.DeepEqual(read, others[:n+1]) {
			t.Errorf("%s is read as %+v and %+v, %v", query, r, read, err)
		}
	}
	back := others[0] // from a recipe with momentum to one without
	if r, read, err := recipe.ParseQueryBeside(back.QueryBeside([]recipe.Recipe{first})); err != nil || r != back || read[0] != first {
		t.Errorf("%+v and %+v, %v", r, read, err)
	}
	if first.QueryBeside(nil) != first.Query() {
		t.Error("a link without others is not the recipe's")
	}
}

func TestBesideRefuses(t *testing.T) {
	first := find(t, "mnist-rnn-128").Query()
	for query, says := range map[string]string{
		first + "&beside=batch%3D3":              "batch",
		first + "&beside=net%3Dlstm+0":           "net",
		first + "&beside=net%3D%25":              "net",
		first + "&beside=learning_rate%3Dmuch":   "learning_rate",
		first + "&beside=momentum%3D0.9":         "momentum",
		first + strings.Repeat("&beside=", 4):    "5 nets",
		first + "&beside=optimizer%3Dsgd&what=3": "what",
		"%zz":                                    "link",
	} {
		if r, others, err := recipe.ParseQueryBeside(query); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %+v, %+v, %v does not say %q", query, r, others, err, says)
		}
	}
}

func find(t *testing.T, name string) recipe.Recipe {
	t.Helper()
	e, err := models.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return e.Recipe
}
