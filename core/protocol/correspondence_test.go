package protocol

import (
	"slices"
	"testing"
)

// Marks are read as they are written, and nothing else is.
func TestMarks(t *testing.T) {
	marks := []Mark{{12, [4]int{0, 3, 14, 7}}, {0, [4]int{-1, 2, 3, 4}}}
	text := marks[0].String() + "," + marks[1].String()
	if text != "12:0.3.14.7,0:-1.2.3.4" || !slices.Equal(MarksOf(text), marks) {
		t.Errorf("%q is read as %v", text, MarksOf(text))
	}
	for _, text := range []string{"", "12", "12:1.2.3", "12:1.2.3.4.5", "1:1.2.3.4 ", "a:1.2.3.4", "1:+1.2.3.4", "1:1.2.3.4,", "1:1.2.3.99999999999999999999"} {
		if got := MarksOf(text); got != nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}
