package study

import (
	"cmp"
	"math"
	"slices"

	"unpool/core/api"
)

// Importance is how much of the points' order a field explains by itself.
type Importance struct {
	Axis   *Axis
	Share  float64 // of the variance of ranks, 0 to 1, corrected for what groups drawn by chance explain
	Groups int     // that the points are put into: one group per value, or quantiles
	N      int     // points
	Chance bool    // groups drawn by chance explain as much in more than one of twenty cases
}

// mostGroups is how many values a field of numbers may have for each to be a group; one of more has quantiles instead.
const (
	mostGroups = 6
	quantiles  = 5
)

// Importances are those of all fields, the largest first. They are ε² (Kelley, An unbiased correlation ratio measure, PNAS 1935) of the points'
// ranks in groups of the field's values: (between − (k−1)·within/(n−k)) / total, with k groups of n points, at least 0. Ranks are those of the
// sweep, so that points stopped at a rung come after those that continued. Whether that is more than chance is the test of Kruskal and Wallis (Use
// of ranks in one-criterion variance analysis, JASA 1952): H = (n−1)·between/total against the 95 % point of χ² with k−1 degrees of freedom.
//
// A field is looked at alone: what two fields do only together is not seen, and where few points share a value the rest of the fields adds noise.
func (t *Study) Importances() (all []Importance) {
	for _, a := range t.Axes[:len(t.Axes)-1] {
		all = append(all, importance(t.All, a))
		for i := len(all) - 1; i > 0 && all[i-1].Share < all[i].Share; i-- {
			all[i-1], all[i] = all[i], all[i-1]
		}
	}
	return all
}

func importance(all []api.SweepPoint, a *Axis) Importance {
	var points []int
	for i := range all {
		if all[i].Rank > 0 {
			points = append(points, i)
		}
	}
	groups := a.groups(points)
	k, n := len(groups), len(points)
	out := Importance{Axis: a, Groups: k, N: n, Chance: true}
	if k < 2 || n <= k {
		return out
	}
	mean := 0.0
	for _, p := range points {
		mean += float64(all[p].Rank) / float64(n)
	}
	between, total := 0.0, 0.0
	for _, g := range groups {
		sum := 0.0
		for _, p := range g {
			d := float64(all[p].Rank) - mean
			sum += d
			total += d * d
		}
		between += sum * sum / float64(len(g))
	}
	if total == 0 {
		return out
	}
	within := (total - between) / float64(n-k)
	out.Share = max(0, (between-float64(k-1)*within)/total)
	out.Chance = float64(n-1)*between/total <= chiSquare95(k-1)
	return out
}

// groups are points by their values on the axis.
func (a *Axis) groups(points []int) (groups [][]int) {
	number := map[string]int{}
	for _, p := range points {
		i, ok := number[a.text[p]]
		if !ok {
			i = len(groups)
			number[a.text[p]], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	if a.Names != nil || len(groups) <= mostGroups {
		return groups
	}
	groups = nil
	sorted := slices.Clone(points)
	without := slices.DeleteFunc(slices.Clone(sorted), func(p int) bool { return !math.IsNaN(a.at[p]) })
	sorted = slices.DeleteFunc(sorted, func(p int) bool { return math.IsNaN(a.at[p]) })
	slices.SortStableFunc(sorted, func(x, y int) int { return cmp.Compare(a.at[x], a.at[y]) })
	for from, q := 0, 1; from < len(sorted); q++ {
		to := max(from+1, q*len(sorted)/quantiles)
		for to < len(sorted) && a.at[sorted[to]] == a.at[sorted[to-1]] { // equals stay together
			to++
		}
		groups, from = append(groups, sorted[from:to]), to
	}
	if len(without) > 0 {
		groups = append(groups, without)
	}
	return groups
}

// chiSquare95 is the 95 % point of χ² with k degrees of freedom, by Wilson and Hilferty's approximation (PNAS 1931), which is good to a hundredth of it.
func chiSquare95(k int) float64 {
	const z = 1.6449 // of the normal distribution
	v := 2 / (9 * float64(k))
	return float64(k) * math.Pow(1-v+z*math.Sqrt(v), 3)
}
