package net_test

import (
	"testing"

	"unpool/models/net"
)

// what is a net's text, "" for none.
func what(n net.Net) string { return n.String() }

func TestAblations(t *testing.T) {
	n := parse(t, "conv 5x5x8, batchnorm, relu, pool 2, residual(conv 3x3x8, relu), conv 3x3x8, relu, dropout 0.5, dense 20, relu")
	all := n.Ablations(net.Task{Height: 28, Width: 28, Channels: 1, Classes: 10})
	want := []struct{ name, without, half, double string }{
		{"conv1", "", "", ""}, // the group reads its eight maps
		{"residual1", "conv 5x5x8, batchnorm, relu, pool 2, conv 3x3x8, relu, dropout 0.5, dense 20, relu", "", ""},
		{"conv3",
			"conv 5x5x8, batchnorm, relu, pool 2, residual(conv 3x3x8, relu), dense 20, relu",
			"conv 5x5x8, batchnorm, relu, pool 2, residual(conv 3x3x8, relu), conv 3x3x4, relu, dropout 0.5, dense 20, relu",
			"conv 5x5x8, batchnorm, relu, pool 2, residual(conv 3x3x8, relu), conv 3x3x16, relu, dropout 0.5, dense 20, relu"},
		{"fc1",
			"conv 5x5x8, batchnorm, relu, pool 2, residual(conv 3x3x8, relu), conv 3x3x8, relu, dropout 0.5",
			"conv 5x5x8, batchnorm, relu, pool 2, residual(conv 3x3x8, relu), conv 3x3x8, relu, dropout 0.5, dense 10, relu",
			"conv 5x5x8, batchnorm, relu, pool 2, residual(conv 3x3x8, relu), conv 3x3x8, relu, dropout 0.5, dense 40, relu"},
	}
	if len(all) != len(want) {
		t.Fatalf("%d layers", len(all))
	}
	for i, w := range want {
		a := all[i]
		if a.Name != w.name || what(a.Without) != w.without || what(a.Half) != w.half || what(a.Double) != w.double {
			t.Errorf("%s: without it %q, half %q, double %q", a.Name, a.Without, a.Half, a.Double)
		}
	}
	if both := n.Without(all[2].At, all[3].At).String(); both != "conv 5x5x8, batchnorm, relu, pool 2, residual(conv 3x3x8, relu)" {
		t.Errorf("without both it is %q", both)
	}
}

func TestChanged(t *testing.T) {
	n := parse(t, "conv 5x5x8, relu, conv 3x3x8, relu, dense 20")
	for other, want := range map[string]string{
		"conv 5x5x8, relu, conv 3x3x8, relu, dense 20":           "no change",
		"conv 5x5x8, relu, dense 20":                             "without conv 3x3x8, relu",
		"conv 5x5x8, relu, conv 3x3x16, relu, dense 20":          "conv 3x3x16 in place of conv 3x3x8",
		"relu, conv 3x3x8, relu":                                 "relu, conv 3x3x8, relu in place of conv 5x5x8, relu, conv 3x3x8, relu, dense 20",
		"conv 5x5x8, relu, conv 3x3x8, relu, dense 20, dense 20": "with dense 20 added",
	} {
		if got := n.Changed(parse(t, other)); got != want {
			t.Errorf("%s: %q, want %q", other, got, want)
		}
	}
}
