package reliability

import (
	"strings"
	"testing"
)

// A part whose answers are as often right as they say lies on the diagonal; one without images is nowhere.
func TestDraw(t *testing.T) {
	got := Draw([]Part{{}, {Images: 50, Right: 25, Mean: 0.5}, {Images: 150, Right: 150, Mean: 1}})
	for _, want := range []string{`cx="184.0" cy="134.0" r="5.2"`, `cx="308.0" cy="12.0" r="9.8"`} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not have %s:\n%s", want, got)
		}
	}
	if n := strings.Count(got, "<circle"); n != 2 {
		t.Errorf("%d points, want 2", n)
	}
}
