package models_test

import (
	"encoding/json"
	"os"
	"path/filepath"
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
		"mnist-lstm-2x64": 57_482, "cifar10-resnet": 1_940_970, "cifar10-rgb-resnet": 1_646_122,
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
	plan, err := bn.Recipe.Plan()
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

func TestDescribe(t *testing.T) {
	find := func(name string) recipe.Recipe {
		e, err := models.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		return e.Recipe
	}
	with := func(r recipe.Recipe, change func(*recipe.Recipe)) recipe.Recipe {
		change(&r)
		return r
	}
	for _, e := range models.Catalog {
		if got := models.Describe(e.Recipe); got.Name != e.Name {
			t.Errorf("%s is described as %s", e.Name, got.Name)
		}
	}
	for _, c := range []struct {
		r           recipe.Recipe
		name, title string
	}{
		{with(find("mnist-gru-128-cosine"), func(r *recipe.Recipe) { r.Steps = 9 }), "mnist-gru-128-cosine", "GRU · 128 units, cosine"},
		{with(find("mnist-gru-128"), func(r *recipe.Recipe) { r.Flip = true }), "mnist-gru-128", "GRU · 128 units"},
		{with(find("cifar-bn"), func(r *recipe.Recipe) { r.Dataset = recipe.CIFAR10RGB }),
			"cifar10-rgb-conv-5x5x32-starter-relu-pool-2-batchnorm-conv-3", "CNN with batch normalisation"},
		{with(find("mnist-rnn-32"), func(r *recipe.Recipe) { r.Net = "rnn 12 both" }), "mnist-rnn-12-both", "rnn 12 both"},
	} {
		if e := models.Describe(c.r); e.Name != c.name || e.Title != c.title || models.Title(c.r) != c.title || e.Parameters == 0 {
			t.Errorf("%s is described as %s, %q, with %d parameters", c.r.Net, e.Name, e.Title, e.Parameters)
		}
	}
}

// Version 1 gave its nets other names; the committed logs say them. They are the nets of the catalog.
func TestOldLogsAreOfTheCatalog(t *testing.T) {
	logs, err := filepath.Glob("../public/results/*.jsonl")
	if err != nil || len(logs) < len(models.Catalog) {
		t.Fatalf("%d logs, %v", len(logs), err)
	}
	for _, log := range logs {
		text, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		line, _, _ := strings.Cut(string(text), "\n")
		var start struct{ Recipe recipe.Recipe }
		if err := json.Unmarshal([]byte(line), &start); err != nil {
			t.Fatalf("%s: %v", log, err)
		}
		name, _, _ := strings.Cut(filepath.Base(log), "-seed")
		e, err := models.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		want := e.Recipe
		want.Seed, want.Eval, want.EvalEvery = start.Recipe.Seed, start.Recipe.Eval, start.Recipe.EvalEvery
		if start.Recipe != want {
			t.Errorf("%s: %+v, want %+v", log, start.Recipe, want)
		}
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
		plan, err := e.Recipe.Plan()
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
