// Package slices has what stands in for two files of slices. There, each type that is sorted gets a sort of its own, of a dozen functions; here all
// share one, which sorts places.
package slices

func pdqsortCmpFunc[E any](data []E, a, b, _ int, cmp func(a, b E) int) {
	stableCmpFunc(data[a:b], b-a, cmp)
}

func stableCmpFunc[E any](data []E, n int, cmp func(a, b E) int) {
	sorted := make([]E, n)
	for i, from := range places(n, func(i, j int) bool { return cmp(data[i], data[j]) < 0 }) {
		sorted[i] = data[from]
	}
	copy(data, sorted)
}

// places returns the numbers below n in the order that less gives, equal ones in their own order. It merges runs of twice the length each time.
func places(n int, less func(i, j int) bool) []int {
	order, merged := make([]int, n), make([]int, n)
	for i := range order {
		order[i] = i
	}
	for run := 1; run < n; run *= 2 {
		for start := 0; start < n; start += 2 * run {
			middle, end := min(start+run, n), min(start+2*run, n)
			left, right := start, middle
			for i := start; i < end; i++ {
				if left < middle && (right == end || !less(order[right], order[left])) {
					merged[i] = order[left]
					left++
				} else {
					merged[i] = order[right]
					right++
				}
			}
		}
		order, merged = merged, order
	}
	return order
}
