package learn

import (
	"slices"
	"strings"
	"testing"

	"unpool/app/ui/markup"
	"unpool/core/protocol"
	"unpool/models/net"
)

// A place is read from its link, and one that makes no sense is the list of chapters or the first step.
func TestPlace(t *testing.T) {
	for fragment, want := range map[string]place{"": {}, "lenet5/3": {"lenet5", 2}, "lenet5": {"lenet5", 0}, "lenet5/-1": {"lenet5", 0}, "a/b/c": {"a", 0}} {
		if got := placeOf(fragment); got != want {
			t.Errorf("%q is %+v, want %+v", fragment, got, want)
		}
	}
	if link := (place{"lenet5", 2}).link(); link != "./learn/#lenet5/3" {
		t.Error(link)
	}
}

// The sum under a figure is made of the numbers under the window; padding and zeros are left out.
func TestSum(t *testing.T) {
	input := make([]float32, 64)
	input[0], input[9] = 3, 5
	for text, want := range map[string]string{
		"conv 3x3x1 nobias":                "3·2 + 5·(−1) = ", // at the corner the window begins outside
		"conv 3x3x1 nobias valid stride 2": "5·2 = ",
		"pool 2":                           "the largest of 3, 0, 0, 5 is ",
		"avgpool 2":                        "the mean of 3, 0, 0, 5 is ",
		"relu":                             "3 becomes ",
	} {
		layers, err := net.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := layers.Plan(net.Task{Height: 8, Width: 8, Channels: 1, Classes: 2})
		if err != nil {
			t.Fatal(err)
		}
		with := protocol.Example{Height: 8, Width: 8, Channels: 1, Input: input}
		if strings.HasPrefix(text, "conv") {
			with.Weights = map[string][]float32{"conv1/weights": {0, 0, 0, 0, 2, 0, 0, 0, -1}}
		}
		if got := sum(&plan.Layers[0], with, [2]int{}); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestMarkup(t *testing.T) {
	var m markup.Markup
	m.Add(`<p title="%s">%d %[1]s</p>`, `a<"b">`, 3)
	if got := m.String(); got != `<p title="a&lt;&#34;b&#34;&gt;">3 a&lt;&#34;b&#34;&gt;</p>` {
		t.Error(got)
	}
}

func TestPlain(t *testing.T) {
	if got := plain("a <em>b</em> &lt; c &amp; d"); got != "a b < c & d" {
		t.Errorf("%q", got)
	}
}

func TestSigned(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 3: "3", -0.5: "−0.5", 1.23456: "1.23", -12.3456: "−12.35", 0.99951: "1", -0.333333: "−0.33", 100000: "100000"} {
		if got := signed(x); got != want {
			t.Errorf("%g is %s, want %s", x, got, want)
		}
	}
}

// The gradient with respect to each row is a share of that with respect to the last.
func TestFade(t *testing.T) {
	if got := fade([]float32{0, 0.3, 0, -0.4, 0.6, 0.8}, 3); !slices.Equal(got, []float32{30, 40, 100}) {
		t.Errorf("%v", got)
	}
}

// Rows with the same answer have it once, those that were read apart from those that were not.
func TestSameAnswer(t *testing.T) {
	f := &reading{answer: &protocol.Reading{Cells: make([]protocol.Cell, 7)}}
	for _, best := range []int{0, 0, 1, 0, 0, 0, 0} {
		p := make([]float32, 2)
		p[best] = 1
		f.answer.Answers = append(f.answer.Answers, p)
	}
	for read, want := range map[float64][]int{
		1: {1, 1, 1, 4, 0, 0, 0},
		3: {2, 0, 1, 4, 0, 0, 0},
		5: {2, 0, 1, 2, 0, 2, 0},
		7: {2, 0, 1, 4, 0, 0, 0},
	} {
		f.value = read
		var got []int
		for row := range f.answer.Answers {
			got = append(got, f.sameAnswer(row))
		}
		if !slices.Equal(got, want) {
			t.Errorf("after %g rows: %v, want %v", read, got, want)
		}
	}
}
