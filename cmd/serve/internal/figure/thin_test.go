package figure

import (
	"math"
	"slices"
	"testing"
)

// A curve of a million points is drawn by those that can be seen: its ends and its peaks are among them, in order.
func TestThin(t *testing.T) {
	points := make([]Point, 1_000_000)
	for i := range points {
		points[i] = Point{float64(i), math.Sin(float64(i) / 1e5)}
	}
	points[123_456].Y, points[654_321].Y = 7, -7
	shown := thin(points)
	if len(shown) > 4*columns || len(shown) < columns || shown[0] != points[0] || shown[len(shown)-1] != points[len(points)-1] {
		t.Errorf("%d points from %v to %v", len(shown), shown[0], shown[len(shown)-1])
	}
	for _, peak := range []int{123_456, 654_321} {
		if !slices.Contains(shown, points[peak]) {
			t.Errorf("the peak at %d is not shown", peak)
		}
	}
	if !slices.IsSortedFunc(shown, func(a, b Point) int { return int(a.X - b.X) }) {
		t.Error("the points are out of order")
	}
	if few := thin(points[:4*columns]); len(few) != 4*columns {
		t.Errorf("of %d points %d are shown", 4*columns, len(few))
	}
	if same := thin(make([]Point, 10*columns)); len(same) == 0 || len(same) > 4*columns { // all at one place
		t.Errorf("%d points", len(same))
	}
}
