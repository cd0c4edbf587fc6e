package look

import (
	"reflect"
	"strings"
	"testing"
)

// A convolution of ones over an image of ones, worked out by hand, in the corner where five of nine places are padding.
func TestArithmeticByHand(t *testing.T) {
	c, set := weights(t, "mnist-cnn")
	set("/conv1/weights", 2)
	set("/conv1/bias", 0.5)
	d := black(1)
	for i := range d.Test.Images {
		d.Test.Images[i] = 255
	}
	n, err := Open(backends(t)["exact"], c, d)
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	layers, _, err := n.Maps(d.Test.Images)
	if err != nil {
		t.Fatal(err)
	}
	got, err := n.Arithmetic(d.Test.Images, layers, Unit{Layer: "conv1", Map: 3})
	if err != nil {
		t.Fatal(err)
	}
	// A window of 5x5 has 3x3 places in the image.
	inputs, kernel, products := make([]float32, 25), make([]float32, 25), make([]float32, 25)
	for i := range inputs {
		kernel[i] = 2
		if i/5 >= 2 && i%5 >= 2 {
			inputs[i], products[i] = 1, 2
		}
	}
	want := &Arithmetic{
		Value: 18.5, Kind: "conv", Patch: Patch{-2, -2, 5, 5}, Terms: []Term{{Map: 0, Sum: 18}}, Bias: 0.5,
		Inputs: [][]float32{inputs}, Kernels: [][]float32{kernel}, Products: [][]float32{products},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want\n%+v", got, want)
	}
	if got, err = n.Arithmetic(d.Test.Images, layers, Unit{Layer: "pool1", Row: 13, Column: 13, Map: 3}); err != nil {
		t.Fatal(err)
	}
	// Of the last 2x2 places the first has the largest window inside: 4x4 places of 5x5, 32.5; then 3x4, 4x3 and 3x3.
	if want := (&Arithmetic{
		Value: 32.5, Kind: "pool", From: "relu1", Patch: Patch{26, 26, 2, 2}, Terms: []Term{{Map: 3, Sum: 32.5}}, Won: &[2]int{26, 26},
		Inputs: [][]float32{{32.5, 24.5, 24.5, 18.5}},
	}); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want\n%+v", got, want)
	}
}

// Each layer reads the one before, in a group and after dropout, too.
func TestArithmeticReads(t *testing.T) {
	n, d := small(t, "conv 3x3x2, dropout 0.5, residual(relu, residual(tanh, dropout 0.5), conv 3x3x2), dropout 0.5, pool 2, dense 3", 1)
	layers, _, err := n.Maps(d.Test.Images)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range layers {
		a, err := n.Arithmetic(d.Test.Images, layers, Unit{Layer: l.Layer})
		if err != nil {
			t.Fatal(err)
		}
		reads := a.Kind + " " + l.Layer + " " + a.From
		for _, term := range a.Terms {
			if term.From != "" {
				reads += "+" + term.From
			}
		}
		got = append(got, reads)
	}
	want := "conv conv1 ; relu relu1 conv1; tanh tanh1 relu1; residual residual2 relu1+tanh1; conv conv2 residual2; residual residual1 conv1+conv2; " +
		"pool pool2 residual1; dense fc1 pool2; logits logits fc1"
	if strings.Join(got, "; ") != want {
		t.Errorf("%s\nwant %s", strings.Join(got, "; "), want)
	}
	for name, u := range map[string]Unit{"layer": {Layer: "dropout1"}, "row": {Layer: "conv1", Row: 28}, "map": {Layer: "fc1", Map: -1}} {
		if _, err := n.Arithmetic(d.Test.Images, layers, u); err == nil {
			t.Errorf("there is no such %s", name)
		}
	}
	if _, err := n.Arithmetic(nil, layers, Unit{Layer: "conv1"}); err == nil {
		t.Error("there is no image")
	}
}
