package marker

import "testing"

// Parts are dragged in any direction, moved to where one presses, and stay within the image.
func TestParts(t *testing.T) {
	for _, c := range []struct {
		what      string
		got, want Part
	}{
		{"dragged down and right", between([2]int{2, 3}, [2]int{5, 9}), Part{2, 3, 4, 7}},
		{"dragged up and left", between([2]int{5, 9}, [2]int{2, 3}), Part{2, 3, 4, 7}},
		{"a pixel", between([2]int{5, 9}, [2]int{5, 9}), Part{5, 9, 1, 1}},
		{"pressed", around(Part{0, 0, 5, 4}, [2]int{8, 8}, 20, 10), Part{6, 6, 5, 4}},
		{"pressed in a corner", around(Part{0, 0, 5, 4}, [2]int{19, 0}, 20, 10), Part{15, 0, 5, 4}},
		{"beyond", Fit(Part{-3, 9, 50, 0}, 20, 10), Part{0, 9, 20, 1}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
	part := Part{0, 8, 1, 2}
	for i, step := range []struct {
		key   string
		shift bool
		want  Part
	}{
		{"ArrowUp", false, Part{0, 8, 1, 2}}, {"ArrowDown", false, Part{1, 8, 1, 2}}, {"ArrowRight", false, Part{1, 8, 1, 2}}, {"ArrowLeft", false, Part{1, 7, 1, 2}},
		{"ArrowRight", true, Part{1, 7, 1, 3}}, {"ArrowRight", true, Part{1, 7, 1, 3}}, {"ArrowUp", true, Part{1, 7, 1, 3}}, {"ArrowDown", true, Part{1, 7, 2, 3}},
		{"ArrowLeft", true, Part{1, 7, 2, 2}}, {"ArrowUp", true, Part{1, 7, 1, 2}},
	} {
		got, ok := keyed(part, step.key, step.shift, 20, 10)
		if part = got; got != step.want || !ok {
			t.Errorf("%d, %s: %v %v, want %v", i, step.key, got, ok, step.want)
		}
	}
	if _, ok := keyed(part, "Tab", true, 20, 10); ok {
		t.Error("Tab moves the part")
	}
}

func TestSays(t *testing.T) {
	if got := Says(Part{0, 3, 5, 1}); got != "rows 1 to 5, column 4" {
		t.Error(got)
	}
}
