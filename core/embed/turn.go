package embed

import "math"

// Turn turns the plane about the origin, after it has mirrored it or not.
type Turn struct{ cos, sin, mirror float64 }

// Still turns nothing.
var Still = Turn{1, 0, 1}

// Alignment is the Turn after which positions, [n, 2], are as near to others, [n, 2], as they can be (the orthogonal Procrustes problem, in closed form
// for the plane). Distances stay as they are.
func Alignment(positions, to []float32) Turn {
	var m [2][2]float64
	for i := 0; i < len(positions); i += 2 {
		for r := range 2 {
			for c := range 2 {
				m[r][c] += float64(positions[i+r]) * float64(to[i+c])
			}
		}
	}
	mirror := 1.0
	if math.Hypot(m[0][0]-m[1][1], m[0][1]+m[1][0]) > math.Hypot(m[0][0]+m[1][1], m[0][1]-m[1][0]) {
		mirror = -1
	}
	cos, sin := m[0][0]+mirror*m[1][1], m[0][1]-mirror*m[1][0]
	length := math.Hypot(cos, sin)
	if length == 0 {
		return Still
	}
	return Turn{cos / length, sin / length, mirror}
}

// Of returns positions, [n, 2], turned.
func (t Turn) Of(positions []float32) []float32 {
	turned := make([]float32, len(positions))
	for i := 0; i < len(positions); i += 2 {
		x, y := float64(positions[i]), t.mirror*float64(positions[i+1])
		turned[i], turned[i+1] = float32(t.cos*x-t.sin*y), float32(t.sin*x+t.cos*y)
	}
	return turned
}
