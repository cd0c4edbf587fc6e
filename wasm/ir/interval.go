package ir

// interval is all integers from lo to hi; nothing is the one without any, and the only one whose lo is above its hi.
type interval struct{ lo, hi int }

// far is beyond every number that matters, and small enough for sums of many. A bound that is far stays far.
const far = 1 << 50

// nothing leaves every other interval as it is in a union.
var nothing = interval{far, -far}

func (a interval) empty() bool { return a.lo > a.hi }

func (a interval) union(b interval) interval { return interval{min(a.lo, b.lo), max(a.hi, b.hi)} }

func (a interval) intersect(b interval) interval {
	if i := (interval{max(a.lo, b.lo), min(a.hi, b.hi)}); !i.empty() {
		return i
	}
	return nothing
}

// both is nothing if a or b is; else it is the numbers between two bounds, which may be beyond far.
func (a interval) both(b interval, lo, hi int) interval {
	if a.empty() || b.empty() {
		return nothing
	}
	return interval{min(max(lo, -far), far), min(max(hi, -far), far)}
}

func (a interval) plus(b interval) interval { return a.both(b, a.lo+b.lo, a.hi+b.hi) }

func (a interval) min(b interval) interval { return a.both(b, min(a.lo, b.lo), min(a.hi, b.hi)) }

func (a interval) max(b interval) interval { return a.both(b, max(a.lo, b.lo), max(a.hi, b.hi)) }

// times is k·a.
func (a interval) times(k int) interval {
	mul := func(x int) int {
		if x != 0 && (k >= far/max(x, -x) || -k >= far/max(x, -x)) {
			if (x > 0) == (k > 0) {
				return far
			}
			return -far
		}
		return k * x
	}
	if k == 0 {
		return a.both(a, 0, 0)
	}
	lo, hi := mul(a.lo), mul(a.hi)
	return a.both(a, min(lo, hi), max(lo, hi))
}

// div is a divided by a number above zero, towards zero.
func (a interval) div(by int) interval { return a.both(a, a.lo/by, a.hi/by) }

// rem is what is left of a divided by a number above zero; it has the sign of what is divided.
func (a interval) rem(by int) interval {
	lo, hi := max(a.lo, 1-by), min(a.hi, by-1)
	return a.both(a, min(lo, 0), max(hi, 0))
}

// numbers are those that a type can hold.
func numbers(t DType) interval {
	bits := 8 * t.Size()
	switch {
	case t == Bool:
		return interval{0, 1}
	case t.Float() || bits == 64:
		return interval{-far, far}
	case t.Unsigned():
		return interval{0, 1<<bits - 1}
	}
	return interval{-1 << (bits - 1), 1<<(bits-1) - 1}
}
