package net_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"unpool/models/net"
	"unpool/models/net/nettest"
)

// Every field of every kind of layer is an option but for a group's layers, and each can be set to what it is.
func TestOptionsAreTheFields(t *testing.T) {
	for seed := range uint64(200) {
		n, _ := nettest.Random(seed)
		for _, l := range n {
			options := net.Options(l)
			if layer := reflect.TypeOf(l); layer.Kind() == reflect.Struct {
				var fields, names []string
				for i := range layer.NumField() {
					if name := strings.ToLower(layer.Field(i).Name); name != "layers" {
						fields = append(fields, name)
					}
				}
				for _, o := range options {
					names = append(names, o.Name)
				}
				slices.Sort(fields)
				if slices.Sort(names); !slices.Equal(fields, names) {
					t.Fatalf("%q has the fields %v and the options %v", l, fields, names)
				}
			}
			for _, o := range options {
				if again, err := o.Set(l, o.Text(l)); err != nil || again != l {
					t.Fatalf("%q with its own %s is %v, %v", l, o.Name, again, err)
				}
				if o.Label == "" || o.Sort(l) == "" {
					t.Errorf("%q: the option %+v has no label or sort", l, o)
				}
			}
		}
	}
}

func TestOptionSet(t *testing.T) {
	for _, c := range []struct{ layer, option, text, want, says string }{
		{"conv 3x3x8", "maps", "16", "conv 3x3x16", ""},
		{"conv 3x3x8", "maps", "5000", "conv 3x3x5000", ""}, // Draft says that it is too many
		{"conv 3x3x8", "nobias", "true", "conv 3x3x8 nobias", ""},
		{"conv 3x3x8 he", "init", "", "conv 3x3x8", ""},
		{"pool 2", "average", "true", "avgpool 2", ""},
		{"dropout 0.5", "rate", ".25", "dropout 0.25", ""},
		{"relu", "kind", "tanh", "tanh", ""},
		{"lstm 8", "kind", "gru", "gru 8", ""},
		{"conv 3x3x8", "maps", "1.5", "", `needs a whole number, not "1.5"`},
		{"dropout 0.5", "rate", "half", "", `needs a number, not "half"`},
		{"gru 8", "both", "yes", "", `needs true or false, not "yes"`},
	} {
		l := parse(t, c.layer)[0]
		options := net.Options(l)
		o := options[slices.IndexFunc(options, func(o net.Option) bool { return o.Name == c.option })]
		switch got, err := o.Set(l, c.text); {
		case c.says != "" && (err == nil || err.Error() != c.says):
			t.Errorf("%s, %s = %s: %v, want %q", c.layer, c.option, c.text, err, c.says)
		case c.says == "" && (err != nil || got.String() != c.want):
			t.Errorf("%s, %s = %s: %v, %v, want %q", c.layer, c.option, c.text, got, err, c.want)
		}
		if l.String() != c.layer {
			t.Errorf("%s became %s", c.layer, l)
		}
	}
}

// A menu has every kind of layer, and what it adds fits somewhere.
func TestExamples(t *testing.T) {
	image := net.Shape{28, 28, 1}
	for _, c := range []struct {
		in    net.Shape
		group string
	}{
		{image, "residual(conv 3x3x1, relu)"}, {net.Shape{28, 64}, "residual(gru 64 sequence)"}, {net.Shape{64}, "residual(dense 64, relu)"}, {nil, "residual(relu)"},
	} {
		examples := net.Examples(c.in)
		if got := examples[len(examples)-1].Layer.String(); len(examples) != 17 || got != c.group {
			t.Errorf("%d kinds, the last %s, want 17 and %s", len(examples), got, c.group)
		}
		for _, e := range examples {
			if e.Purpose == "" {
				t.Errorf("%s has no purpose", e.Layer)
			}
		}
	}
	for _, e := range net.Examples(image) {
		n := net.Net{e.Layer}
		if again, err := net.Parse(n.String()); err != nil || !reflect.DeepEqual(again, n) {
			t.Errorf("%s is read as %v, %v", n, again, err)
		}
		if _, err := n.Plan(mnist); err != nil {
			t.Error(err)
		}
	}
}

// A draft has the layers up to the one that is wrong, whether that cannot be at all or does not fit.
func TestDraft(t *testing.T) {
	for _, c := range []struct {
		text, shapes, problem string
		path                  []int
	}{
		{"conv 3x3x8, relu", "28x28x8 28x28x8 10", "", nil},
		{"conv 3x3x8, dense 5000, relu", "28x28x8 -", "a number of units must be from 1 to 4096, not 5000", []int{1}},
		{"mean, conv 3x3x8, dense 5000", "1 -", "its input is 1; it needs an image", []int{1}},
		{"conv 99x3x8", "-", "a window must be from 1 to 31, not 99", []int{0}},
		{"relu, residual(relu, pool 2, relu), relu", "28x28x1 (28x28x1 14x14x1 14x14x1) -", "its layers turn 28x28x1 into 14x14x1", []int{1}},
		{"relu, residual(relu, pool 40 valid)", "28x28x1 (28x28x1 -) -", "a window must be from 1 to 31, not 40", []int{1, 1}},
		{"relu, logits, relu", "28x28x1 -", "logits must be the last layer of a net", []int{1}},
	} {
		n, err := net.ParseDraft(c.text)
		if err != nil {
			t.Fatal(err)
		}
		draft, err := n.Draft(mnist)
		if got := shapes(draft.Layers); got != c.shapes {
			t.Errorf("%s: shapes %s, want %s", c.text, got, c.shapes)
		}
		wrong := (*net.Error)(nil)
		errors.As(err, &wrong)
		if c.problem == "" != (err == nil) || err != nil && (!strings.HasPrefix(wrong.Problem, c.problem) || !slices.Equal(wrong.Path(), c.path)) {
			t.Errorf("%s: %v, want layer %v: %s", c.text, err, c.path, c.problem)
		}
	}
	if draft, err := (net.Net{}).Draft(mnist); err == nil || len(draft.Layers) != 0 {
		t.Errorf("no layers: %v, %v", draft, err)
	}
}

// shapes are those of layers' outputs, "-" where that is unknown.
func shapes(layers []net.Placed) string {
	var all []string
	for _, p := range layers {
		if p.Layers != nil {
			all = append(all, "("+shapes(p.Layers)+")")
		}
		if p.Out == nil {
			all = append(all, "-")
		} else {
			all = append(all, p.Out.String())
		}
	}
	return strings.Join(all, " ")
}
