package study

import (
	"cmp"
	"math"
	"slices"
)

// Sorting is the order of the table.
type Sorting struct {
	By   string // an axis's name, or one of the columns below
	Down bool   // the largest first
}

// Columns of the table that are not axes.
const (
	ByRank  = "rank"
	ByN     = "n"
	ByRung  = "rung"
	ByState = "state"
)

// Rows are points in an order. Those without a value come last, in either direction; of equals the better is first.
func (t *Study) Rows(points []int, s Sorting) []int {
	rows := slices.Clone(points)
	key := t.key(s.By)
	slices.SortStableFunc(rows, func(a, b int) int {
		x, y := key(a), key(b)
		switch nx, ny := math.IsNaN(x), math.IsNaN(y); {
		case nx && ny:
			return 0
		case nx:
			return 1
		case ny:
			return -1
		}
		if s.Down {
			x, y = y, x
		}
		return cmp.Compare(x, y)
	})
	return rows
}

func (t *Study) key(by string) func(int) float64 {
	switch by {
	case ByRank:
		return func(p int) float64 {
			if r := t.All[p].Rank; r > 0 {
				return float64(r)
			}
			return math.NaN()
		}
	case ByN:
		return func(p int) float64 { return float64(t.All[p].N) }
	case ByRung:
		return func(p int) float64 { return float64(t.All[p].Rung) }
	case ByState:
		states := []State{Done, Training, Waiting, Begun, Parked, Stopped, Failed, None}
		return func(p int) float64 { return float64(slices.Index(states, t.state[p])) }
	case Accuracy:
		return func(p int) float64 {
			if t.All[p].N == 0 {
				return math.NaN()
			}
			return t.All[p].Accuracy
		}
	}
	return t.Axis(by).At
}
