package linechart

import (
	"fmt"
	"strings"
	"testing"
)

func TestDraw(t *testing.T) {
	got := Draw([]string{"image", "conv1", "<relu>"}, "accuracy", Series{Name: "test", Values: []float64{0, 0.5, 1}}, Series{Name: "training", Values: []float64{1, 1, 1}})
	for _, want := range []string{
		`d="M70 14h28M82.0 214.0L231.0 124.0L380.0 34.0"`, `<circle class="dot0" fill="#0072b2" cx="231.0" cy="124.0" r="3"/>`, `class="line1" fill="none" stroke="#d55e00"`,
		`stroke-dasharray="5 4"`, ">&lt;relu&gt;<", ">image<", ">conv1<", ">training<", ">accuracy<", ">75 %<",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not have %s:\n%s", want, got)
		}
	}
	// Of many places only some have names, so that these do not overlap.
	var many []string
	for i := range 70 {
		many = append(many, fmt.Sprint("layer", i))
	}
	if got := Draw(many, "accuracy", Series{Name: "test", Values: make([]float64, 70)}); strings.Contains(got, ">layer1<") || !strings.Contains(got, ">layer4<") || strings.Count(got, "<circle") != 70 {
		t.Errorf("of 70 places:\n%s", got)
	}
	if got := Draw([]string{"image"}, "accuracy", Series{Name: "test", Values: []float64{1}}); !strings.Contains(got, `cx="82.0"`) {
		t.Errorf("of one place:\n%s", got)
	}
}

func TestLog(t *testing.T) {
	got := Log([]int{1, 10, 90, 100}, "images", "accuracy", Series{Name: "features", Values: []float64{0, 0.5, 1, 1}, Spread: []float64{0.25, 0.1, 0.25, 0}},
		Series{Name: "random"}, Series{Name: "scratch"})
	for _, want := range []string{
		`M84.0 234.0L`, ` 56.0L372.0 56.0"`, `<circle class="dot0" fill="#0072b2" cx="228.0" cy="145.0" r="3"/>`, // 10 is in the middle between 1 and 100
		`d="M81.0 189.5h6m-3 0V234.0m-3 0h6"`, `class="line2" fill="none" stroke="#009e73"`, ">images<", ">100<", ">1<", `y="38" font-size="13">scratch<`, // what spreads below 0 is cut off
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not have %s:\n%s", want, got)
		}
	}
	if strings.Contains(got, ">90<") {
		t.Errorf("there is no room for the name of 90:\n%s", got)
	}
	if got := Log([]int{7}, "images", "accuracy", Series{Name: "features", Values: []float64{1}}); !strings.Contains(got, `cx="231.0" cy="56.0"`) {
		t.Errorf("of one number:\n%s", got)
	}
}
