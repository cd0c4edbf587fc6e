package recipe

import (
	"encoding/json"
	"strings"
	"testing"
)

// old are recipes as version 1 wrote them, in both of its forms, and their nets.
var old = []struct{ json, link, net string }{
	{
		`{"version":1,"arch":"rnn","units":128,"dataset":"mnist","optimizer":"adam","learning_rate":0.001,"batch":128,"steps":5500,"seed":1,"eval_every":50,"eval":"sample"}`,
		"arch=rnn&batch=128&dataset=mnist&eval=sample&eval_every=50&learning_rate=0.001&optimizer=adam&seed=1&steps=5500&units=128&version=1",
		"rnn 128",
	},
	{
		`{"version":1,"arch":"lenet5","dataset":"mnist","optimizer":"adam","learning_rate":0.001,"batch":128,"steps":5500,"seed":9007199254740991,"eval_every":50,"eval":"sample","exact":true}`,
		"arch=lenet5&batch=128&dataset=mnist&eval=sample&eval_every=50&exact=true&learning_rate=0.001&optimizer=adam&seed=9007199254740991&steps=5500&version=1",
		"conv 5x5x32 starter, relu, pool 2, conv 5x5x64 starter, relu, pool 2, dense 1024 starter, relu, logits starter",
	},
	{
		`{"version":1,"arch":"vgg","dataset":"cifar10-report","optimizer":"momentum","learning_rate":0.003,"momentum":0.9,"schedule":"cosine","batch":128,"steps":5500,"seed":1,"eval_every":100,"eval":"full","holdout":2000,"normalize":true,"no_dropout":true,"shift":3,"flip":true,"cutout":8}`,
		"arch=vgg&batch=128&cutout=8&dataset=cifar10-report&eval=full&eval_every=100&flip=true&holdout=2000&learning_rate=0.003&momentum=0.9&no_dropout=true&normalize=true&optimizer=momentum&schedule=cosine&seed=1&shift=3&steps=5500&version=1",
		"conv 3x3x32 nobias, batchnorm, relu, pool 2, conv 3x3x64 nobias, batchnorm, relu, conv 3x3x64 nobias, batchnorm, relu, pool 2, " +
			"conv 3x3x96 nobias, batchnorm, relu, conv 3x3x96 nobias, batchnorm, relu, mean",
	},
}

// Stored recipes and shared links keep their meaning.
func TestVersion1(t *testing.T) {
	for _, c := range old {
		r, err := Unmarshal([]byte(c.json))
		if err != nil || r.Version != Version || r.Net != c.net {
			t.Errorf("%s: %+v, %v", c.json, r, err)
		}
		if linked, err := parseLink(c.link); err != nil || linked != r {
			t.Errorf("%s: %+v, %v, want %+v", c.link, linked, err, r)
		}
		var part struct{ Recipe Recipe }
		if err := json.Unmarshal([]byte(`{"recipe":`+c.json+`}`), &part); err != nil || part.Recipe != r {
			t.Errorf("as a part: %+v, %v", part.Recipe, err)
		}
	}
	r, _ := Unmarshal([]byte(old[2].json))
	want := Recipe{
		Version: Version, Net: old[2].net, Dataset: CIFAR10Report, Optimizer: Momentum, LearningRate: 0.003, Momentum: 0.9, Schedule: Cosine,
		Batch: 128, Steps: 5500, Seed: 1, EvalEvery: 100, Eval: EvalFull, Holdout: 2000, Normalize: true, Augment: Augment{3, true, 8},
	}
	if r != want {
		t.Errorf("%+v, want %+v", r, want)
	}
}

func TestVersion1Refuses(t *testing.T) {
	for _, c := range []struct{ was, is, says string }{
		{`"rnn"`, `"alexnet"`, "arch"}, {`"rnn"`, "1", "arch"}, {`"rnn"`, `"bncnn"`, "units"},
		{`"units":128`, `"units":0`, "units"}, {`"units":128`, `"units":1025`, "units"}, {`"units":128`, `"units":1.5`, "units"},
		{`"units":128`, `"units":128,"no_dropout":true`, "no_dropout"}, {`"version":1`, `"version":2`, "arch is not known"},
		{`"version":1`, `"version":3`, "arch is not known"}, {`"version":1`, `"version":"1"`, "version"},
		{`"seed":1`, `"sede":1`, "sede is not known"},
	} {
		text := strings.Replace(old[0].json, c.was, c.is, 1)
		if r, err := Unmarshal([]byte(text)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %+v, %v does not say %q", text, r, err, c.says)
		}
	}
	// A reader of events skips what it does not know.
	var r Recipe
	if err := json.Unmarshal([]byte(strings.Replace(old[0].json, `"seed"`, `"colour":"red","seed"`, 1)), &r); err != nil || r.Net != "rnn 128" {
		t.Errorf("%+v, %v", r, err)
	}
}
