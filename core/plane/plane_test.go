package plane

import (
	"strings"
	"testing"
)

// The circle has a radius of 144/1.1 = 130.9 pixels; if a point lies further out than 1.1/1.05, as one of magnitude 1.131 does, of 144/(1.05·1.131) = 121.2.
func TestDraw(t *testing.T) {
	svg := Draw([][2]float32{{0.5, 0}, {0, -1}, {0.8, 0.8}})
	for _, want := range []string{
		`class="unit-circle" fill="none" stroke="#777" cx="160" cy="160" r="121.2"`,
		`class="eigenvalue" fill="#0072b2" cx="220.6" cy="160.0"`,
		`class="eigenvalue" fill="#0072b2" cx="160.0" cy="281.2"`,
		`class="eigenvalue outside" fill="#d55e00" cx="257.0" cy="63.0"`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("it does not have %s:\n%s", want, svg)
		}
	}
	if svg := Draw(nil); !strings.Contains(svg, `r="130.9"`) {
		t.Errorf("without points it is\n%s", svg)
	}
}
