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
	plan, err := models.Plan(bn.Recipe)
	if err != nil {
		t.Fatal(err)
	}
	if statistics := plan.Statistics(); statistics != 832 {
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
		plan, err := models.Plan(r)
		if err != nil {
			t.Fatal(err)
		}
		for l := range plan.All() {
			if strings.HasPrefix(l.Name, "dropout") {
				dropouts++
			}
		}
		return dropouts, plan.Parameters()
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

// Names are what initial weights and dropout's masks are drawn by, and what results name their layers by.
func TestNamesAreThoseTheyWere(t *testing.T) {
	for name, want := range map[string]string{
		"mnist-rnn-128":  "rnn logits",
		"mnist-lstm-128": "lstm logits",
		"mnist-gru-128":  "gru logits",
		"mnist-cnn":      "conv1 relu1 pool1 conv2 relu2 pool2 fc1 relu3 logits",
		"cifar-bn": "conv1 relu1 pool1 norm1 conv2 relu2 pool2 norm2 dropout2 conv3 relu3 pool3 norm3 fc1 relu4 norm4 dropout4 " +
			"logits",
		"cifar-vgg": "conv1 norm1 relu1 pool1 conv2 norm2 relu2 conv3 norm3 relu3 pool3 conv4 norm4 relu4 conv5 norm5 relu5 mean5 " +
			"dropout5 logits",
	} {
		e, err := models.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := models.Plan(e.Recipe)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for l := range plan.All() {
			names = append(names, l.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// The numbers are those of the architectures when each had its own formula.
func TestStepFlops(t *testing.T) {
	for name, want := range map[string]int64{
		"mnist-rnn-128": 392_101_888, "mnist-lstm-128": 1_565_458_432, "mnist-gru-128": 1_174_339_584,
		"mnist-cnn": 10_502_275_072, "cifar-bn": 3_661_107_200, "mnist-vgg": 13_642_186_752, "cifar10-vgg": 14_839_578_624,
	} {
		e, err := models.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := models.StepFlops(e.Recipe); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}
