package dotplot

import (
	"strings"
	"testing"
)

func TestDraw(t *testing.T) {
	got, height := Draw([]string{"conv1", "<relu>"}, "share", Series{"marked", []float64{0, 0.2}, nil}, Series{"random", []float64{0.1, 0.02}, []float64{0.05, 0.04}})
	if height != 2*20+10+2*26+44 {
		t.Errorf("it is %d pixels high", height)
	}
	for _, want := range []string{
		`class="dot0" fill="#0072b2" d="M76.0 59.5m`, `class="dot0" fill="#0072b2" d="M384.0 85.5m`, // at both ends of the axis
		`class="line1" stroke="#d55e00" stroke-width="2" x1="153.0" x2="307.0" y1="66.5" y2="66.5"`,
		`x1="76.0" x2="168.4" y1="92.5"`, // nothing is below zero
		">&lt;relu&gt;<", ">conv1<", ">marked<", ">random<", ">share<", ">0 %<", ">20 %<",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not have %s:\n%s", want, got)
		}
	}
	for most, last := range map[float64]string{0: ">1 %<", 0.004: ">1 %<", 0.31: ">40 %<", 0.5: ">50 %<", 1: ">100 %<"} {
		if got, _ := Draw([]string{"a"}, "share", Series{"b", []float64{most}, nil}); !strings.Contains(got, last) || strings.Contains(got, ">125 %<") {
			t.Errorf("an axis up to %g does not end with %s:\n%s", most, last, got)
		}
	}
}
