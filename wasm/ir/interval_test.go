package ir

import (
	"math/rand/v2"
	"testing"
)

// Each operation gives the smallest interval that holds all results, nothing from nothing.
func TestIntervals(t *testing.T) {
	all := []interval{nothing}
	for lo := -4; lo <= 4; lo++ {
		for hi := lo; hi <= 4; hi++ {
			all = append(all, interval{lo, hi})
		}
	}
	// around holds the results of an operation on each number of a, or each pair of numbers of a and b.
	around := func(a, b interval, f func(x, y int) int) interval {
		i := nothing
		for x := a.lo; x <= a.hi; x++ {
			for y := b.lo; y <= b.hi; y++ {
				i = i.union(interval{f(x, y), f(x, y)})
			}
		}
		return i
	}
	one := interval{1, 1}
	for _, a := range all {
		for _, b := range all {
			for name, op := range map[string]struct {
				got  interval
				want func(x, y int) int
			}{
				"plus": {a.plus(b), func(x, y int) int { return x + y }},
				"min":  {a.min(b), func(x, y int) int { return min(x, y) }},
				"max":  {a.max(b), func(x, y int) int { return max(x, y) }},
			} {
				if want := around(a, b, op.want); op.got != want {
					t.Errorf("%v %s %v is %v, want %v", a, name, b, op.got, want)
				}
			}
			for x := -5; x <= 5; x++ {
				in := func(i interval) bool { return x >= i.lo && x <= i.hi }
				if in(a.intersect(b)) != (in(a) && in(b)) || (in(a) || in(b)) && !in(a.union(b)) {
					t.Errorf("%d is in %v or not in %v, the intersection and the union of %v and %v", x, a.intersect(b), a.union(b), a, b)
				}
			}
		}
		for k := -3; k <= 3; k++ {
			if got, want := a.times(k), around(a, one, func(x, _ int) int { return k * x }); got != want {
				t.Errorf("%v times %d is %v, want %v", a, k, got, want)
			}
		}
		for by := 1; by <= 3; by++ {
			if got, want := a.div(by), around(a, one, func(x, _ int) int { return x / by }); got != want {
				t.Errorf("%v divided by %d is %v, want %v", a, by, got, want)
			}
			// Of a remainder no more is asked than that nothing is left out, and that it is below what divides.
			got, want := a.rem(by), around(a, one, func(x, _ int) int { return x % by })
			if got.union(want) != got || got.empty() != a.empty() || got.lo < 1-by && !got.empty() || got.hi >= by {
				t.Errorf("%v modulo %d is %v, want %v or a little more", a, by, got, want)
			}
		}
	}
}

// Large numbers stay within far and are not mistaken for nothing.
func TestIntervalsFarOut(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	number := func() int { return []int{far, -far, far - 1, 1 - far, 1 << 31, -1 << 31, 0, 1}[r.IntN(8)] }
	for range 10_000 {
		x, y := number(), number()
		a, b := interval{min(x, y), max(x, y)}, interval{number(), far}
		for name, i := range map[string]interval{"plus": a.plus(b), "times": a.times(number()), "min": a.min(b), "max": a.max(b)} {
			if i.empty() || i.lo < -far || i.hi > far {
				t.Fatalf("%s of %v and %v is %v", name, a, b, i)
			}
		}
	}
}
