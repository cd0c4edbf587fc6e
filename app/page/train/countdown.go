package train

import (
	"math"

	"unpool/core/number"
)

// countdown says how long a run will still take. It is rounded, the more the longer it is, and keeps what it says until an estimate is
// clearly another, more so a longer one: time runs down.
type countdown struct{ said float64 } // seconds; 0 before the first estimate

// hear takes in an estimate, in seconds.
func (c *countdown) hear(left float64) {
	unit := roundTo(left)
	falls, rises := left < c.said-0.75*unit, left > c.said+1.5*unit
	if c.said == 0 || falls || rises {
		c.said = max(unit*math.Round(left/unit), unit)
	}
}

// words says what is left; "" before the first estimate.
func (c *countdown) words() string {
	switch {
	case c.said == 0:
		return ""
	case c.said < 60:
		return "about " + number.Round(c.said) + number.Thin + "s left"
	case c.said < 3600:
		return "about " + number.Round(c.said/60) + number.Thin + "min left"
	}
	return "about " + number.Significant(c.said/3600, 2) + number.Thin + "h left"
}

// roundTo is what so many seconds are rounded to.
func roundTo(left float64) float64 {
	switch {
	case left < 10:
		return 2
	case left < 30:
		return 5
	case left < 60:
		return 10
	case left < 600:
		return 60
	case left < 3600:
		return 300
	}
	return 1800
}
