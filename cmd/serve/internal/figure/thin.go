package figure

// columns is into how many parts of the axis a curve of many points is divided: more than a figure has pixels.
const columns = 2000

// thin leaves out points of a curve that cannot be seen: of those in one column the first and the last remain, and the lowest and the highest
// between them. A curve of few points remains as it is.
func thin(points []Point) []Point {
	if len(points) <= 4*columns {
		return points
	}
	first, last := points[0].X, points[len(points)-1].X
	column := func(p Point) int { return min(int((p.X-first)/(last-first)*columns), columns-1) }
	var shown []Point
	for from := 0; from < len(points); {
		to, low, high := from, from, from
		for ; to < len(points) && column(points[to]) == column(points[from]); to++ {
			if points[to].Y < points[low].Y {
				low = to
			}
			if points[to].Y > points[high].Y {
				high = to
			}
		}
		before := -1
		for _, k := range []int{from, min(low, high), max(low, high), to - 1} {
			if k > before {
				shown = append(shown, points[k])
				before = k
			}
		}
		from = to
	}
	return shown
}
