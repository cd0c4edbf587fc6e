package linechart

import (
	"fmt"
	"strings"
	"testing"
)

func TestDraw(t *testing.T) {
	got := Draw([]string{"image", "conv1", "<relu>"}, "accuracy", Series{"test", []float64{0, 0.5, 1}}, Series{"training", []float64{1, 1, 1}})
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
	if got := Draw(many, "accuracy", Series{"test", make([]float64, 70)}); strings.Contains(got, ">layer1<") || !strings.Contains(got, ">layer4<") || strings.Count(got, "<circle") != 70 {
		t.Errorf("of 70 places:\n%s", got)
	}
	if got := Draw([]string{"image"}, "accuracy", Series{"test", []float64{1}}); !strings.Contains(got, `cx="82.0"`) {
		t.Errorf("of one place:\n%s", got)
	}
}
