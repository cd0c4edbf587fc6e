package look

import "math"

// Similar orders units by what they do, which is values [steps, units]: it begins with unit 0, and after each unit comes the one of those left
// whose values correlate most with its own, the first of equals. A unit whose values are always the same correlates with none.
func Similar(values []float32, units int) []int {
	steps := len(values) / units
	unit := make([][]float64, units) // each unit's values, less their mean and of length 1
	for u := range unit {
		unit[u] = make([]float64, steps)
		mean, squares := 0.0, 0.0
		for t := range steps {
			mean += float64(values[t*units+u]) / float64(steps)
		}
		for t := range steps {
			unit[u][t] = float64(values[t*units+u]) - mean
			squares += unit[u][t] * unit[u][t]
		}
		if squares > 0 {
			for t := range steps {
				unit[u][t] /= math.Sqrt(squares)
			}
		}
	}
	order, placed := []int{0}, make([]bool, units)
	placed[0] = true
	for len(order) < units {
		last, best, most := unit[order[len(order)-1]], -1, 0.0
		for u := range unit {
			if placed[u] {
				continue
			}
			correlation := 0.0
			for t, v := range last {
				correlation += v * unit[u][t]
			}
			if best < 0 || correlation > most {
				best, most = u, correlation
			}
		}
		order, placed[best] = append(order, best), true
	}
	return order
}
