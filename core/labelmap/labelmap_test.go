package labelmap

import (
	"slices"
	"strings"
	"testing"
)

func TestClasses(t *testing.T) {
	if got := Classes([]int{4, 2, 4, 1, 2, 4}); !slices.Equal(got, []Class{{4, 3}, {2, 2}, {1, 1}}) {
		t.Error(got)
	}
	if got := Classes([]int{9, 3}); !slices.Equal(got, []Class{{3, 1}, {9, 1}}) {
		t.Error(got)
	}
}

// Two rows of two: the first is one bar of the most frequent class.
func TestDraw(t *testing.T) {
	names := []string{"cat", "dog <&>"}
	got, height := Draw(2, []int{1, 1, 0, 1}, names)
	for _, want := range []string{
		`<rect x="0.00" y="0.00" width="280.00" height="140.00" fill="#c0bdba"`,
		`<rect x="0.00" y="140.00" width="140.00" height="140.00" fill="#d55e00"`,
		`<rect x="140.00" y="140.00" width="140.00" height="140.00" fill="#c0bdba"`,
		"dog &lt;&amp;&gt;: 75 %", "cat: 25 %",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not have %s:\n%s", want, got)
		}
	}
	if height != 280+gap+2*line {
		t.Errorf("it is %d high", height)
	}
	if got, _ := Draw(1, slices.Repeat([]int{0}, 28), names); !strings.Contains(got, `y="270.00" width="280.00" height="10.00"`) {
		t.Errorf("28 rows are\n%s", got)
	}
	if got, _ := Draw(1, append(slices.Repeat([]int{0}, 300), 1), names); !strings.Contains(got, "dog &lt;&amp;&gt;: under 1 %") || !strings.Contains(got, "cat: 100 %") {
		t.Errorf("one of 301 is\n%s", got)
	}
	many := make([]int, 12)
	for i := range many {
		many[i] = i
	}
	if got, _ := Draw(4, many, slices.Repeat([]string{"x"}, 12)); strings.Count(got, Colors[8]) != 2*4 {
		t.Errorf("of 12 classes are not the last 4 together:\n%s", got)
	}
}
