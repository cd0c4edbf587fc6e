package net_test

import (
	"encoding/json"
	"strings"
	"testing"

	"unpool/models/net"
)

func parse(t *testing.T, text string) net.Net {
	t.Helper()
	n, err := net.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWith(t *testing.T) {
	const text = "conv 3x3x8, relu, pool 2, dropout 0.5, residual(gru 4 sequence, layernorm), lstm 8"
	for _, c := range []struct{ path, value, want string }{
		{"0.maps", "16", "conv 3x3x16, relu, pool 2, dropout 0.5, residual(gru 4 sequence, layernorm), lstm 8"},
		{"0.nobias", "true", "conv 3x3x8 nobias, relu, pool 2, dropout 0.5, residual(gru 4 sequence, layernorm), lstm 8"},
		{"0.init", `"starter"`, "conv 3x3x8 starter, relu, pool 2, dropout 0.5, residual(gru 4 sequence, layernorm), lstm 8"},
		{"2.window", "3", "conv 3x3x8, relu, pool 3 stride 2, dropout 0.5, residual(gru 4 sequence, layernorm), lstm 8"},
		{"3.rate", "0.25", "conv 3x3x8, relu, pool 2, dropout 0.25, residual(gru 4 sequence, layernorm), lstm 8"},
		{"4.layers.0.units", "6", "conv 3x3x8, relu, pool 2, dropout 0.5, residual(gru 6 sequence, layernorm), lstm 8"},
		{"1.kind", `"tanh"`, "conv 3x3x8, tanh, pool 2, dropout 0.5, residual(gru 4 sequence, layernorm), lstm 8"},
		{"5.kind", `"rnn"`, "conv 3x3x8, relu, pool 2, dropout 0.5, residual(gru 4 sequence, layernorm), rnn 8"},
	} {
		n := parse(t, text)
		got, err := n.With(c.path, json.RawMessage(c.value))
		if err != nil || got.String() != c.want {
			t.Errorf("%s: %s, %v, want %s", c.path, got, err, c.want)
		}
		if n.String() != text {
			t.Errorf("%s: the net itself became %s", c.path, n)
		}
	}
	for _, c := range []struct{ path, value, says string }{
		{"6.maps", "1", `there is no layer "6"; they are numbered from 0 to 5`},
		{"-1.maps", "1", `there is no layer "-1"`},
		{"", "1", `there is no layer ""`},
		{"0", "1", `layer 1, "conv 3x3x8": has no field ""; it has height, width, maps, stride, valid, nobias, init`},
		{"0.units", "1", `has no field "units"`},
		{"0.maps.more", "1", `has no field "maps"`},
		{"1.slope", "1", `layer 2, "relu": has no field "slope"; it has kind`},
		{"4.layers.1.scale", "1", `layer 5.2, "layernorm": has no fields`},
		{"4.layers.9.units", "1", `layer 5, "residual(gru 4 sequence, layernorm)": there is no layer "9"; they are numbered from 0 to 1`},
		{"0.maps", "1.5", `layer 1, "conv 3x3x8": needs a whole number, not 1.5`},
		{"0.valid", `"yes"`, `needs true or false, not "yes"`},
		{"0.maps", "0", `layer 1, "conv 3x3x0": a number of maps must be from 1 to 1024, not 0`},
		{"0.init", `"warm"`, `no initialisation is called "warm"`},
	} {
		if _, err := parse(t, text).With(c.path, json.RawMessage(c.value)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s = %s: %v does not say %q", c.path, c.value, err, c.says)
		}
	}
	if rate, err := parse(t, text).Value("3.rate"); rate != 0.5 || err != nil {
		t.Errorf("3.rate is %v, %v", rate, err)
	}
}

func TestWider(t *testing.T) {
	n := parse(t, "conv 3x3x8, relu, residual(conv 3x3x8, relu), dense 16, dropout 0.5, logits he")
	if got := n.Wider().String(); got != "conv 3x3x16, relu, residual(conv 3x3x16, relu), dense 32, dropout 0.5, logits he" {
		t.Error(got)
	}
	if got := parse(t, "lstm 8 sequence, gru 4").Wider().String(); got != "lstm 16 sequence, gru 8" {
		t.Error(got)
	}
}

func TestWithUnits(t *testing.T) {
	n := parse(t, "lstm 8 sequence, residual(gru 8 sequence), rnn 4")
	got, err := n.WithUnits(16)
	if err != nil || got.String() != "lstm 16 sequence, residual(gru 16 sequence), rnn 16" {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := n.WithUnits(0); err == nil {
		t.Error("0 units are taken")
	}
	for text, want := range map[string]bool{
		"conv 3x3x8": true, "pool 2, residual(relu, conv 3x3x1)": true, "residual(relu), dense 4": false, "lstm 8": false,
	} {
		if got := parse(t, text).Convolutional(); got != want {
			t.Errorf("%s is convolutional: %v", text, got)
		}
	}
	if n := parse(t, "residual(relu), dense 4"); n.Recurrent() {
		t.Errorf("%s is recurrent", n)
	} else if _, err := n.WithUnits(16); err == nil {
		t.Errorf("%s takes units", n)
	}
}
