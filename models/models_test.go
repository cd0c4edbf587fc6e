package models_test

import (
	"strings"
	"testing"

	"unpool/core/recipe"
	"unpool/models"
)

// The counts were worked out by hand.
func TestParameters(t *testing.T) {
	want := map[string]int{
		"mnist-rnn-128": 21_386, "mnist-rnn-64": 6_602, "mnist-rnn-32": 2_282,
		"mnist-lstm-128": 81_674, "mnist-lstm-64": 24_458, "mnist-lstm-32": 8_138,
		"mnist-gru-128": 61_578, "mnist-gru-64": 18_506, "mnist-gru-32": 6_186,
		"mnist-cnn": 3_274_634, "cifar-lenet5": 3_274_634, "cifar-bn": 322_058,
		"mnist-vgg": 195_498, "mnist-gru-128-cosine": 61_578, "cifar-vgg": 195_498, "cifar10-vgg": 538_602,
	}
	if len(models.Catalog) != len(want) {
		t.Errorf("the catalog has %d nets, want %d", len(models.Catalog), len(want))
	}
	for name, parameters := range want {
		e, err := models.Find(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if e.Parameters != parameters {
			t.Errorf("%s: %d parameters, want %d", name, e.Parameters, parameters)
		}
		if err := e.Recipe.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	bn, _ := models.Find("cifar-bn")
	statistics := 0
	for _, l := range models.Layers(bn.Recipe) {
		statistics += l.Statistics
	}
	if statistics != 832 {
		t.Errorf("cifar-bn: %d running statistics, want 832", statistics)
	}
}

func TestFindUnknown(t *testing.T) {
	_, err := models.Find("mnist-rnn")
	if err == nil || !strings.Contains(err.Error(), "mnist-rnn-128") {
		t.Errorf("error %v does not name the nets there are", err)
	}
}

// A net without its dropout layers lists none, and has all its numbers.
func TestNoDropout(t *testing.T) {
	count := func(r recipe.Recipe) (dropouts, parameters int) {
		for _, l := range models.Layers(r) {
			if strings.HasPrefix(l.Name, "dropout") {
				dropouts++
			}
			parameters += l.Parameters
		}
		return
	}
	e, err := models.Find("cifar-bn")
	if err != nil {
		t.Fatal(err)
	}
	if dropouts, parameters := count(e.Recipe); dropouts != 2 || parameters != e.Parameters {
		t.Errorf("%d dropout layers and %d parameters, want 2 and %d", dropouts, parameters, e.Parameters)
	}
	e.Recipe.NoDropout = true
	if dropouts, parameters := count(e.Recipe); dropouts != 0 || parameters != e.Parameters {
		t.Errorf("without dropout: %d dropout layers and %d parameters, want 0 and %d", dropouts, parameters, e.Parameters)
	}
}
