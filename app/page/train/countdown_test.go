package train

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// Estimates that vary by a tenth about the truth, as a run of six minutes comes to its end: what is said only ever falls, each of it once.
func TestCountdownDoesNotJump(t *testing.T) {
	var c countdown
	var said []string
	for second := 0.0; second < 360; second++ {
		left := 360 - second
		c.hear(left * (1 + 0.1*math.Sin(second)))
		if w := c.words(); len(said) == 0 || said[len(said)-1] != w {
			said = append(said, w)
		}
	}
	if want := "about 6\u202fmin left"; said[0] != want {
		t.Errorf("it begins with %q, want %q", said[0], want)
	}
	if sorted := slices.Compact(slices.Sorted(slices.Values(said))); len(sorted) != len(said) {
		t.Errorf("it says %s", strings.Join(said, ", "))
	}
	if n := len(said); n < 8 || n > 16 {
		t.Errorf("it says %d things: %s", n, strings.Join(said, ", "))
	}
}

func TestCountdownIsRounded(t *testing.T) {
	for _, test := range []struct {
		left float64
		want string
	}{
		{0.2, "about 2 s left"}, {7.4, "about 8 s left"}, {23, "about 25 s left"}, {47, "about 50 s left"}, {100, "about 2 min left"},
		{1000, "about 15 min left"}, {7000, "about 2.0 h left"},
	} {
		var c countdown
		c.hear(test.left)
		if got := strings.ReplaceAll(c.words(), "\u202f", " "); got != test.want {
			t.Errorf("%v seconds are %q, want %q", test.left, got, test.want)
		}
	}
}
