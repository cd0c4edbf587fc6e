package sweep

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Ladder is how far the runs of a sweep are trained: to the first rung, and from each rung on those that are promoted.
//
// It is asynchronous successive halving, ASHA (Li et al., A System for Massively Parallel Hyperparameter Tuning, MLSys 2020, Algorithm 2): whenever there is
// room for a run, the best one that is among the top 1/Eta of its rung and was not promoted yet is, those of higher rungs first; only where there is none
// a new one begins. A ladder of one rung trains all runs to the end.
type Ladder struct {
	Rungs []int // training steps, the lowest first; the last is the recipe's, the end of a run
	Eta   int   // of those at a rung one in Eta is promoted; not looked at for one rung
}

// Standing is how far a run of a sweep has come.
type Standing struct {
	Busy    bool      // it is in training, or in the queue for that
	To      int       // the rung that it is trained to, of one that is busy; -1 where that is not known
	Reached []Reached // the rungs that it was measured at, the lowest first
	Failed  bool      // or was stopped by the user: its point is trained no further, and comes last
	Stopped bool      // by the sweep, for good
	Time    time.Time // of its failure
}

// Reached is a run's result at a rung.
type Reached struct {
	Rung     int
	Accuracy float64 // of validation images
	Time     time.Time
}

// to is the highest rung that a run was sent to, -1 for one that was not begun.
func (s Standing) to() int {
	to := -1
	if s.Busy {
		to = s.To
	}
	for _, r := range s.Reached {
		to = max(to, r.Rung)
	}
	return to
}

// at returns a run's result at a rung, and whether it has reached that.
func (s Standing) at(rung int) (Reached, bool) {
	i := slices.IndexFunc(s.Reached, func(r Reached) bool { return r.Rung == rung })
	if i < 0 {
		return Reached{}, false
	}
	return s.Reached[i], true
}

// Race is how far the runs of a sweep have come on its ladder. The unit of comparison is the point: its runs, one per seed, go to the same rungs, it is at a rung
// when the last of them is, and their mean accuracy counts.
//
// Which point is promoted is decided when a report arrives, not when somebody asks: it depends on the reports and their order alone, and not on how many workers there are.
type Race struct {
	ladder Ladder
	points [][]Standing // by point and seed
	to     []int        // of each point: the highest rung that any of its runs was sent to, -1 for none
	out    []bool       // of each point: it failed, or is stopped
	ranks  [][]entrant  // of each rung: the points there, the best first
	rises  []map[int]bool
}

// entrant is a point at a rung.
type entrant struct {
	point    int
	accuracy float64 // a mean; -Inf for one that failed
}

// before orders entrants, the better first. Of equals the one that the file has first is the better.
func (e entrant) before(o entrant) int {
	return cmp.Or(cmp.Compare(o.accuracy, e.accuracy), cmp.Compare(e.point, o.point))
}

// report says that a point has reached a rung.
type report struct {
	entrant
	rung int
	time time.Time
}

// Judge decides from how far the runs have come, by point and seed.
func (l Ladder) Judge(points [][]Standing) *Race {
	r := &Race{ladder: l, points: points, to: make([]int, len(points)), out: make([]bool, len(points)), ranks: make([][]entrant, len(l.Rungs))}
	for range l.Rungs {
		r.rises = append(r.rises, map[int]bool{})
	}
	var reports []report
	for p := range points {
		reports = append(reports, r.reports(p)...)
	}
	slices.SortStableFunc(reports, func(a, b report) int { return a.time.Compare(b.time) })
	for _, one := range reports {
		r.take(one)
	}
	return r
}

// reports are those of a point; it notes how far the point was sent.
func (r *Race) reports(p int) (all []report) {
	runs := r.points[p]
	r.to[p] = -1
	stopped := len(runs) > 0
	for _, s := range runs {
		r.to[p] = max(r.to[p], s.to())
		r.out[p] = r.out[p] || s.Failed
		stopped = stopped && s.Stopped
	}
	for rung := range r.to[p] + 1 {
		one := report{entrant{point: p}, rung, time.Time{}}
		n := 0
		for _, s := range runs {
			if at, ok := s.at(rung); ok {
				n++
				one.accuracy += at.Accuracy
				one.time = later(one.time, at.Time)
			}
		}
		one.accuracy /= float64(n)
		if n == len(runs) || n > 0 && rung < r.to[p] {
			all = append(all, one)
		}
	}
	if r.out[p] { // it ranks last where it failed
		rung := max(r.to[p], 0)
		all = slices.DeleteFunc(all, func(one report) bool { return one.rung == rung })
		one := report{entrant{p, math.Inf(-1)}, rung, time.Time{}}
		for _, s := range runs {
			if s.Failed {
				one.time = later(one.time, s.Time)
			}
		}
		all = append(all, one)
	}
	r.out[p] = r.out[p] || stopped
	return all
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// take ranks a report. It makes room for one more to be promoted at most: the new one, or the one at the edge.
func (r *Race) take(one report) {
	if math.IsNaN(one.accuracy) {
		one.accuracy = math.Inf(-1)
	}
	ranks := r.ranks[one.rung]
	i, _ := slices.BinarySearchFunc(ranks, one.entrant, entrant.before)
	ranks = slices.Insert(ranks, i, one.entrant)
	r.ranks[one.rung] = ranks
	if one.rung == len(r.ladder.Rungs)-1 {
		return
	}
	top := len(ranks) / r.ladder.Eta
	for _, at := range []int{i, top - 1} {
		if at >= 0 && at < top && !math.IsInf(ranks[at].accuracy, -1) {
			r.rises[one.rung][ranks[at].point] = true
		}
	}
}

// Next returns the run that is to be trained next, by point and seed, and to which rung. There may be none until a report arrives.
// Points begin in the order that is given.
func (r *Race) Next(order []int) (point, seed, rung int, ok bool) {
	for p, runs := range r.points { // first the missing runs of points that were begun
		if r.to[p] < 0 || r.out[p] {
			continue
		}
		for s, one := range runs {
			if one.to() < r.to[p] && !one.Stopped {
				return p, s, r.to[p], true
			}
		}
	}
	for rung := len(r.ladder.Rungs) - 2; rung >= 0; rung-- {
		for _, e := range r.ranks[rung] {
			if r.rises[rung][e.point] && r.to[e.point] == rung && !r.out[e.point] {
				return e.point, 0, rung + 1, true
			}
		}
	}
	for _, p := range order {
		if r.to[p] < 0 && !r.out[p] {
			return p, 0, 0, true
		}
	}
	return 0, 0, 0, false
}

// Over reports whether all is done: no run is in training, and none is to be.
func (r *Race) Over() bool {
	for _, runs := range r.points {
		if slices.ContainsFunc(runs, func(s Standing) bool { return s.Busy }) {
			return false
		}
	}
	_, _, _, more := r.Next(everyOne(len(r.points)))
	return !more
}

func everyOne(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	return all
}

// Place is where a point stands among those at the highest rung that it was sent to: 1 for the best of so many. It is 0 where the point is at no rung.
func (r *Race) Place(point int) (rung, place, of int) {
	if rung = r.to[point]; rung < 0 {
		return rung, 0, 0
	}
	return rung, 1 + slices.IndexFunc(r.ranks[rung], func(e entrant) bool { return e.point == point }), len(r.ranks[rung])
}
