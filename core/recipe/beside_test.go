package recipe_test

import (
	"reflect"
	"slices"
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
		want := recipe.Link{Recipes: append([]recipe.Recipe{first}, others[:n+1]...)}
		if link, err := recipe.ParseLink(query); err != nil || !reflect.DeepEqual(link, want) {
			t.Errorf("%s is read as %+v, %v", query, link, err)
		}
	}
	back := others[0] // from a recipe with momentum to one without
	if link, err := recipe.ParseLink(back.QueryBeside([]recipe.Recipe{first})); err != nil || !slices.Equal(link.Recipes, []recipe.Recipe{back, first}) {
		t.Errorf("%+v, %v", link, err)
	}
	if first.QueryBeside(nil) != first.Query() {
		t.Error("a link without others is not the recipe's")
	}
}

func TestBesideRefuses(t *testing.T) {
	first := find(t, "mnist-rnn-128").Query()
	for query, says := range map[string]string{
		first + "&beside=batch%3D3":            "batch",
		first + "&beside=net%3Dlstm+0":         "net",
		first + "&beside=net%3D%25":            "net",
		first + "&beside=learning_rate%3Dmuch": "learning_rate",
		first + "&beside=momentum%3D0.9":       "momentum",
		first + strings.Repeat("&beside=", 4):  "5 nets",
		"%zz":                                  "link",
	} {
		if link, err := recipe.ParseLink(query); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %+v, %v does not say %q", query, link, err, says)
		}
	}
}

// Links pass through sites that add to them, and through the hands of people. What is not a setting changes nothing.
func TestUnknownParametersOfALink(t *testing.T) {
	first := find(t, "mnist-rnn-128")
	for added, want := range map[string][]string{
		"utm_source=letter&utm_term=50%&fbclid=IwAR0&gclid=1&ref=%zz": nil,
		"lr=0.1&learning-rte=3&Seed=2": {
			"Seed: is not a setting; the nearest is seed", "learning-rte: is not a setting; the nearest is learning_rate",
			"lr: is not a setting; the nearest is learning_rate",
		},
		"units=8&_x=":     {"_x: is not a setting; the nearest is net", "units: is not a setting; the nearest is net"}, // units are of version 1
		"batchs=1&batchs": {"batchs: is not a setting; the nearest is batch"},
	} {
		for _, query := range []string{first.Query() + "&" + added, added + "&" + first.Query(), added} {
			link, err := recipe.ParseLink(query)
			var unknown []string
			for _, u := range link.Unknown {
				unknown = append(unknown, u.Error())
			}
			recipes := []recipe.Recipe{first}
			if query == added {
				recipes = nil
			}
			if err != nil || !slices.Equal(unknown, want) || !slices.Equal(link.Recipes, recipes) {
				t.Errorf("%s: %+v with unknown %q, %v", query, link.Recipes, unknown, err)
			}
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

// A recipe for another data set trains the same layers on images of the same form.
func TestOn(t *testing.T) {
	own := recipe.Default()
	own.Dataset, own.Size, own.Colour, own.Classes, own.Split, own.Holdout = recipe.Folder("x"), 20, recipe.RGB, 3, 0.2, 5
	for _, c := range []struct {
		from   recipe.Recipe
		to     recipe.Dataset
		counts int
		want   recipe.Recipe
	}{
		{recipe.Default(), recipe.CIFAR10RGB, 10, recipe.Recipe{Dataset: recipe.CIFAR10RGB, Size: 28, Colour: recipe.Gray}},
		{own, recipe.EMNISTLetters, 26, recipe.Recipe{Dataset: recipe.EMNISTLetters, Size: 20, Colour: recipe.RGB}},
		{recipe.Default(), recipe.Folder("y"), 4, recipe.Recipe{Dataset: recipe.Folder("y"), Size: 28, Colour: recipe.Gray, Classes: 4}},
	} {
		got := c.from.On(c.to, c.counts)
		if err := got.Validate(); err != nil {
			t.Errorf("%s: %v", c.to, err)
		}
		was, is := c.from.Task(), got.Task()
		if was.Classes = c.counts; is != was || got.Dataset != c.want.Dataset || got.Size != c.want.Size || got.Colour != c.want.Colour || got.Classes != c.want.Classes ||
			got.Split != 0 || got.Holdout != 0 || got.Net != c.from.Net {
			t.Errorf("%s: %+v", c.to, got)
		}
	}
}

func TestBecomes(t *testing.T) {
	for _, c := range []struct {
		set            recipe.Dataset
		side, channels int
		want           string
	}{
		{recipe.MNIST, 28, 1, "have the size and colours that the net reads"},
		{recipe.CIFAR10RGB, 28, 1, "are resized to 28 by 28 pixels and made gray, as the net reads them"},
		{recipe.MNIST, 28, 3, "are given three equal channels, as the net reads them"},
		{recipe.Folder("x"), 28, 3, "become 28 by 28 pixels in colour, as the net reads them"},
	} {
		if got := c.set.Becomes(c.side, c.channels); got != c.want {
			t.Errorf("%s at %d with %d channels: %s", c.set, c.side, c.channels, got)
		}
	}
}
