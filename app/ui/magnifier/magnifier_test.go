package magnifier

import "testing"

// Keys move the place and stop at the edges.
func TestMoved(t *testing.T) {
	at := [2]int{0, 1}
	for i, step := range []struct {
		key  string
		want [2]int
	}{
		{"ArrowUp", [2]int{0, 1}}, {"ArrowRight", [2]int{0, 2}}, {"ArrowRight", [2]int{0, 2}}, {"ArrowDown", [2]int{1, 2}},
		{"Home", [2]int{1, 0}}, {"ArrowLeft", [2]int{1, 0}}, {"PageDown", [2]int{3, 0}}, {"ArrowDown", [2]int{3, 0}},
		{"End", [2]int{3, 2}}, {"PageUp", [2]int{0, 2}},
	} {
		row, column, ok := Moved(at, 4, 3, step.key)
		if at = [2]int{row, column}; at != step.want || !ok {
			t.Errorf("%d, %s: %v %v, want %v", i, step.key, at, ok, step.want)
		}
	}
	if _, _, ok := Moved(at, 4, 3, "Tab"); ok {
		t.Error("Tab moves the place")
	}
}
