package net_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"unpool/models/net"
	"unpool/models/net/nettest"
)

var mnist = net.Task{Height: 28, Width: 28, Channels: 1, Classes: 10}

func plan(t *testing.T, text string, task net.Task) *net.Plan {
	t.Helper()
	n, err := net.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	p, err := n.Plan(task)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

// What a person types becomes layers, and those one text.
func TestParse(t *testing.T) {
	for _, c := range []struct {
		text, canonical string // "" for the same
		want            net.Net
	}{
		{"conv 5x5x32, relu, pool 2", "", net.Net{net.Conv{Height: 5, Width: 5, Maps: 32, Stride: 1}, net.ReLU, net.Pool{Window: 2, Stride: 2}}},
		{"  Conv 3X3X8 valid  stride 2 HE nobias ,tanh", "conv 3x3x8 stride 2 valid nobias he, tanh",
			net.Net{net.Conv{Height: 3, Width: 3, Maps: 8, Stride: 2, Valid: true, NoBias: true, Init: net.He}, net.Tanh}},
		{"conv 1x9x4 stride 1", "conv 1x9x4", net.Net{net.Conv{Height: 1, Width: 9, Maps: 4, Stride: 1}}},
		{"pool 3 stride 2, avgpool 2 stride 2 valid", "pool 3 stride 2, avgpool 2 valid",
			net.Net{net.Pool{Window: 3, Stride: 2}, net.Pool{Average: true, Window: 2, Stride: 2, Valid: true}}},
		{"relu,tanh,sigmoid,leaky,gelu", "relu, tanh, sigmoid, leaky, gelu",
			net.Net{net.ReLU, net.Tanh, net.Sigmoid, net.Leaky, net.GELU}},
		{"batchnorm, layernorm, dropout, dropout .25, mean", "batchnorm, layernorm, dropout 0.5, dropout 0.25, mean",
			net.Net{net.BatchNorm{}, net.LayerNorm{}, net.Dropout{Rate: 0.5}, net.Dropout{Rate: 0.25}, net.Mean{}}},
		{"dense 64 orthogonal nobias, logits starter", "dense 64 nobias orthogonal, logits starter",
			net.Net{net.Dense{Units: 64, NoBias: true, Init: net.Orthogonal}, net.Logits{Init: net.Starter}}},
		{"logits", "", net.Net{net.Logits{}}},
		{"lstm 64 both columns sequence, gru 32, rnn 8 glorot", "lstm 64 sequence columns both, gru 32, rnn 8 glorot",
			net.Net{net.Cell{Kind: net.LSTM, Units: 64, Sequence: true, Columns: true, Both: true}, net.Cell{Kind: net.GRU, Units: 32},
				net.Cell{Kind: net.RNN, Units: 8, Init: net.Glorot}}},
		{"residual ( conv 3x3x1,relu, residual(batchnorm)),relu", "residual(conv 3x3x1, relu, residual(batchnorm)), relu",
			net.Net{net.Residual{Layers: net.Net{net.Conv{Height: 3, Width: 3, Maps: 1, Stride: 1}, net.ReLU,
				net.Residual{Layers: net.Net{net.BatchNorm{}}}}}, net.ReLU}},
	} {
		got, err := net.Parse(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %#v, want %#v", c.text, got, c.want)
		}
		canonical := c.canonical
		if canonical == "" {
			canonical = c.text
		}
		if got.String() != canonical {
			t.Errorf("%q: the text is %q, want %q", c.text, got, canonical)
		}
	}
}

// What is wrong is one line that names the layer, what it gets and what it needs.
func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    `a net needs layers, such as "dense 64, relu"; the smallest net is "logits"`,
		"relu,,relu":                          `layer 2, "": a layer is missing beside a comma`,
		"relu, conf 3x3x3":                    `layer 2, "conf 3x3x3": no layer is called "conf"; choose one of conv, pool, avgpool, relu, tanh, sigmoid, leaky, gelu, batchnorm, layernorm, dropout, dense, mean, rnn, lstm, gru, logits and residual`,
		"conv 5x5":                            `layer 1, "conv 5x5": needs a size, as in "conv 3x3x32"`,
		"conv 5x5x32 stride":                  `layer 1, "conv 5x5x32 stride": stride must be followed by a whole number`,
		"conv 5x5x32 valid valid":             `layer 1, "conv 5x5x32 valid valid": unexpected "valid"`,
		"conv 0x5x32":                         `layer 1, "conv 0x5x32": a window must be from 1 to 31, not 0`,
		"dense 5000":                          `layer 1, "dense 5000": a number of units must be from 1 to 4096, not 5000`,
		"dropout 1":                           `layer 1, "dropout 1": a rate must be from 0.01 to 0.99, not 1`,
		"dropout nan":                         `layer 1, "dropout NaN": a rate must be from 0.01 to 0.99, not NaN`,
		"relu 3":                              `layer 1, "relu 3": unexpected "3"`,
		"residual(relu":                       `unmatched opening parenthesis in "residual(relu"`,
		"relu)":                               `unmatched closing parenthesis after "relu"`,
		"residual":                            `layer 1, "residual": needs layers in parentheses, as in "residual(conv 3x3x32, relu)"`,
		"relu, residual()":                    `layer 2, "residual()": a group needs at least one layer`,
		"residual(residual( ))":               `layer 1.1, "residual( )": a group needs at least one layer`,
		"relu, residual(relu, dense x)":       `layer 2.2, "dense x": needs a size, as in "dense 256"`,
		"logits, relu":                        `layer 1, "logits": logits must be the last layer of a net`,
		"relu, residual(logits)":              `layer 2.1, "logits": logits must be the last layer of a net`,
		"mean, conv 3x3x8":                    `layer 2, "conv 3x3x8": its input is 1; it needs an image`,
		"pool 4, pool 8 valid":                `layer 2, "pool 8 valid": its input is 7x7x1; it needs an image of at least 8x8`,
		"dense 8, lstm 8":                     `layer 2, "lstm 8": its input is 8; it needs an image or a sequence`,
		"gru 8 sequence, gru 8 columns":       `layer 2, "gru 8 columns": its input is 28x8; it needs an image, to read its columns`,
		"dense 8, mean":                       `layer 2, "mean": its input is 8; it needs an image or a sequence`,
		"residual(conv 3x3x8, relu)":          `layer 1, "residual(conv 3x3x8, relu)": its layers turn 28x28x1 into 28x28x8; they must keep the shape, so that output and input can be added`,
		"relu, residual(relu, pool 29 valid)": `layer 2.2, "pool 29 valid": its input is 28x28x1; it needs an image of at least 29x29`,
		"conv 3x3x1024, dense 4096":           `layer 2, "dense 4096": with it the net has 3288348672 parameters; the limit is 134217728`,
		"conv 9x9x512, conv 31x31x64":         `layer 2, "conv 31x31x64": with it a training step takes 74129620992 multiply-adds per image; the limit is 4294967296`,
		"dense 4096, dense 4096 orthogonal":   `layer 2, "dense 4096 orthogonal": making 4096 x 4096 weights orthogonal takes 68719476736 multiplications; the limit is 4294967296`,
		strings.Repeat("relu,", 64) + "relu":  `a net of 65 layers is too large; the limit is 64`,
		strings.Repeat(" ", 5000):             `a net of 5000 characters is too long; the limit is 4096`,
	} {
		n, err := net.Parse(text)
		if err == nil {
			_, err = n.Plan(mnist)
		}
		if err == nil || err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %s", text[:min(len(text), 60)], err, want)
		}
	}
	for _, task := range []net.Task{{28, 28, 2, 10}, {7, 28, 1, 10}, {28, 97, 1, 10}, {28, 28, 1, 1}, {28, 28, 1, 257}} {
		if _, err := (net.Net{net.ReLU}).Plan(task); err == nil {
			t.Errorf("%+v: no error", task)
		}
	}
	largest := net.Task{Height: 96, Width: 96, Channels: 1, Classes: 10}
	plan(t, "lstm 8 sequence both, lstm 8 both", largest)
	n := net.Net{net.Cell{Kind: net.GRU, Units: 8, Sequence: true, Both: true}, net.Cell{Kind: net.GRU, Units: 8}}
	want := `layer 2, "gru 8": with it a training step has 1717 matrix products; the limit is 1200`
	if _, err := n.Plan(largest); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	var layer *net.Error
	_, err := net.Parse("relu, residual(relu, dense x)")
	if !errors.As(err, &layer) || layer.Number != "2.2" {
		t.Errorf("%v is no error of a layer 2.2", err)
	}
	if _, err := (net.Net{net.Conv{}}).Plan(mnist); err == nil {
		t.Error("a net of an empty value: no error")
	}
	if _, err := (net.Net{net.Logits{Init: "zero"}}).Plan(mnist); err == nil {
		t.Error("logits that begin in an unknown way: no error")
	}
}

// A layer's name is fixed by the layers before it, as the nets of the catalog have had them.
func TestNames(t *testing.T) {
	for text, want := range map[string]string{
		"conv 5x5x32, relu, pool 2, conv 5x5x64, relu, pool 2, dense 1024, relu":          "conv1 relu1 pool1 conv2 relu2 pool2 fc1 relu3 logits",
		"pool 2, relu, relu, conv 3x3x8, relu, tanh":                                      "pool1 relu1 relu2 conv1 relu3 tanh1 logits",
		"conv 3x3x4, batchnorm, relu, conv 3x3x4, batchnorm, relu, pool 2, mean, dropout": "conv1 norm1 relu1 conv2 norm2 relu2 pool2 mean2 dropout2 logits",
		"lstm 8 sequence, layernorm, gru 8, dense 4":                                      "lstm layernorm1 gru2 fc1 logits",
		"conv 3x3x4, residual(batchnorm, relu, conv 3x3x4), relu":                         "conv1 norm1 relu1 conv2 residual1 relu2 logits",
	} {
		var names []string
		for l := range plan(t, text, mnist).All() {
			names = append(names, l.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// Without dropout a net has the same other layers by the same names.
func TestWithoutDropout(t *testing.T) {
	n, err := net.Parse("dropout, conv 3x3x1, residual(relu, dropout), dense 8, relu, dropout")
	if err != nil {
		t.Fatal(err)
	}
	if got := n.WithoutDropout().String(); got != "conv 3x3x1, residual(relu), dense 8, relu" {
		t.Errorf("%q", got)
	}
}

// Fields worked out by hand.
func TestFields(t *testing.T) {
	whole := net.Field{Height: 28, Width: 28}
	for text, want := range map[string]net.Field{
		"conv 5x3x2":                           {Top: -2, Left: -1, Height: 5, Width: 3, StepY: 1, StepX: 1},
		"conv 5x5x2, pool 2":                   {Top: -2, Left: -2, Height: 6, Width: 6, StepY: 2, StepX: 2},
		"conv 5x5x2, pool 2, conv 3x3x2":       {Top: -4, Left: -4, Height: 10, Width: 10, StepY: 2, StepX: 2},
		"conv 4x4x2 stride 4 valid":            {Height: 4, Width: 4, StepY: 4, StepX: 4},
		"residual(conv 3x3x1, conv 3x3x1)":     {Top: -2, Left: -2, Height: 5, Width: 5, StepY: 1, StepX: 1},
		"conv 5x5x2, relu, layernorm, dropout": {Top: -2, Left: -2, Height: 5, Width: 5, StepY: 1, StepX: 1},
		"conv 5x5x2, mean":                     whole,
		"gru 4 sequence":                       whole,
		"dense 3":                              whole,
	} {
		layers := plan(t, text, mnist).Layers
		if got := layers[len(layers)-2].Field; got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

// Every random net's text is read back as the same net.
func TestRandomRoundTrip(t *testing.T) {
	for seed := range uint64(2000) {
		n, task := nettest.Random(seed)
		again, err := net.Parse(n.String())
		if err != nil || !reflect.DeepEqual(again, n) {
			t.Fatalf("seed %d: %q is read as %#v, %v, want %#v", seed, n, again, err, n)
		}
		if _, err := n.Plan(task); err != nil {
			t.Fatalf("seed %d: %q: %v", seed, n, err)
		}
	}
}

// Random takes every kind of layer.
func TestRandomHasEveryKind(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(200) {
		n, task := nettest.Random(seed)
		p, err := n.Plan(task)
		if err != nil {
			t.Fatal(err)
		}
		for l := range p.All() {
			kind := strings.ToLower(fmt.Sprintf("%T", l.Layer))
			if a, ok := l.Layer.(net.Activation); ok {
				kind = string(a)
			}
			if c, ok := l.Layer.(net.Cell); ok {
				kind = string(c.Kind)
			}
			seen[kind] = true
		}
	}
	if len(seen) != 17 {
		t.Errorf("%d kinds: %v", len(seen), seen)
	}
}

// Whatever is typed, what is accepted has one text, which means the same.
func FuzzParse(f *testing.F) {
	for seed := range uint64(20) {
		n, _ := nettest.Random(seed)
		f.Add(n.String())
	}
	for _, text := range []string{"", "conv 5X5x32 VALID", "dropout .25", "residual(residual((relu)))", "pool 3 stride 2,", "rnn 8 both both", "conv +3x03x8"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := net.Parse(text)
		if err != nil {
			return
		}
		again, err := net.Parse(n.String())
		if err != nil || !reflect.DeepEqual(again, n) {
			t.Fatalf("%q is %q, which is read as %#v, %v; want %#v", text, n, again, err, n)
		}
		n.Plan(mnist) // whatever comes of it, no panic
	})
}

// A plan adds up what its layers need, and shapes follow each other.
func TestPlanAddsUp(t *testing.T) {
	p := plan(t, "conv 5x5x32 starter, relu, pool 2, conv 5x5x64 starter, relu, pool 2, dense 1024 starter, relu, logits starter", mnist)
	if p.Parameters() != 3_274_634 || p.Statistics() != 0 {
		t.Errorf("%d parameters and %d statistics", p.Parameters(), p.Statistics())
	}
	// conv1 25·32·784, conv2 25·32·64·196, fc1 3136·1024, logits 1024·10; the first has no gradient with respect to its input.
	parts := []int64{25 * 32 * 784, 25 * 32 * 64 * 196, 3136 * 1024, 1024 * 10}
	forward := parts[0] + parts[1] + parts[2] + parts[3]
	if p.Forward() != forward || p.Step() != 3*forward-parts[0] {
		t.Errorf("%d forward and %d a step, want %d and %d", p.Forward(), p.Step(), forward, 3*forward-parts[0])
	}
	shapes := []string{}
	for l := range p.All() {
		shapes = append(shapes, l.Out.String())
	}
	if want := []string{"28x28x32", "28x28x32", "14x14x32", "14x14x64", "14x14x64", "7x7x64", "1024", "1024", "10"}; !slices.Equal(shapes, want) {
		t.Errorf("shapes %v, want %v", shapes, want)
	}
	bn := plan(t, "conv 3x3x8, batchnorm", mnist)
	if bn.Statistics() != 16 {
		t.Errorf("%d statistics, want 16", bn.Statistics())
	}
}
