package scatter

import (
	"strings"
	"testing"
)

// The picture is filled in its longer direction, with one scale, and y points up.
func TestPlace(t *testing.T) {
	got := Place([]float32{0, 0, 20, 0, 10, 5})
	for i, want := range [][2]float64{{12, 347}, {548, 347}, {280, 213}} {
		if got[i] != want {
			t.Errorf("point %d is at %v, want %v", i, got[i], want)
		}
	}
	if got := Place([]float32{3, 3, 3, 3}); got[1] != [2]float64{280, 280} {
		t.Errorf("points at one place are at %v", got)
	}
	if got := Place(nil); len(got) != 0 {
		t.Errorf("no points are %v", got)
	}
}

func TestDraw(t *testing.T) {
	at := [][2]float64{{10, 20}, {30, 40}, {50, 60}}
	got := Draw(at, []int{0, 1, 11}, []bool{false, true, false}, All)
	for _, want := range []string{
		`<path class="mark0" fill="#0072b2" opacity="0.8" d="M10.0 20.0m-3.2`,
		`<path class="mark1 missed" fill="#d55e00" opacity="0.8" stroke="#1c1917" stroke-width="1.2" d="M30.0 40.0m-2.9`,
		`<path class="mark1" fill="#d55e00" opacity="0.8" d="M50.0 60.0m0-4 3.7`, // class 11 has the colour of class 1, and another shape
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not have %s:\n%s", want, got)
		}
	}
	one := Draw(at, []int{0, 1, 11}, make([]bool, 3), 0)
	if strings.Count(one, `opacity="0.12"`) != 2 || !strings.HasPrefix(one[strings.LastIndex(one, "<path"):], `<path class="mark0"`) {
		t.Errorf("the class 0 alone is not on top of faint ones:\n%s", one)
	}
}

// Up to fifty classes differ in colour or shape.
func TestMark(t *testing.T) {
	seen := map[string]int{}
	for class := range 50 {
		if other, is := seen[Mark(class)]; is {
			t.Errorf("classes %d and %d look alike", other, class)
		}
		seen[Mark(class)] = class
	}
}

func TestLegend(t *testing.T) {
	got, height := Legend([]string{"0", "1 <&>", "2"})
	if height != 22 || !strings.Contains(got, "1 &lt;&amp;&gt;") || !strings.Contains(got, `translate(160 0)`) {
		t.Errorf("%d high:\n%s", height, got)
	}
	if _, height := Legend([]string{strings.Repeat("long ", 10), "2"}); height != 44 {
		t.Errorf("long names take %d", height)
	}
}
