package words

import (
	"testing"
	"time"
)

func TestMoment(t *testing.T) {
	now := time.Date(2026, 11, 28, 0, 10, 0, 0, time.Local)
	for at, want := range map[time.Time]string{
		now:                        "00:10",
		now.Add(-5 * time.Minute):  "00:05",
		now.Add(-15 * time.Minute): "27 November 2026, 23:55",
	} {
		if got := Moment(at, now); got != want {
			t.Errorf("%s is %q", at, got)
		}
	}
}
