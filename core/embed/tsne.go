package embed

import "math"

// What van der Maaten and Hinton (2008) choose, but for the exaggeration, which is larger as in later work, and the start, which is the principal
// components' and not random (Kobak and Berens, 2019): so groups that are far from each other tend to stay so.
const (
	Perplexity   = 30  // about how many neighbours a point has
	Iterations   = 500 // after which the picture hardly changes
	exaggeration = 12  // by which attraction is larger at first
	exaggerated  = 125 // iterations
	spread       = 1e-4
	leastRate    = 50
)

// TSNE is t-SNE of some points under way: positions in the plane in which near points are those that are near in all dimensions.
type TSNE struct {
	Iteration int       // iterations done
	Positions []float64 // [n, 2]

	n               int
	p               []float32 // of pairs of points i > j, at i(i-1)/2 + j: how near they are in all dimensions; all pairs, both ways, add up to 1
	velocity, gains []float64
	pull, push      []float64
}

// NewTSNE begins with points x, [n, d], whose first two coordinates, their principal components, are where it starts.
func NewTSNE(x []float64, n, d int, tell Tell) (*TSNE, error) {
	t := &TSNE{
		n: n, p: make([]float32, n*(n-1)/2), Positions: make([]float64, 2*n),
		velocity: make([]float64, 2*n), gains: make([]float64, 2*n), pull: make([]float64, 2*n), push: make([]float64, 2*n),
	}
	variance := 0.0
	for i := range n {
		variance += x[i*d] * x[i*d] / float64(n)
	}
	scale := 0.0
	if variance > 0 {
		scale = spread / math.Sqrt(variance)
	}
	distances, near := make([]float64, n), make([]float64, n)
	for i := range n {
		if i%16 == 0 {
			if err := tell(); err != nil {
				return nil, err
			}
		}
		for c := range min(2, d) {
			t.Positions[2*i+c] = scale * x[i*d+c]
		}
		a := x[i*d : (i+1)*d]
		for j := range n {
			distances[j] = 0
			for c, v := range x[j*d : (j+1)*d] {
				distances[j] += (v - a[c]) * (v - a[c])
			}
		}
		neighbourhood(distances, i, min(Perplexity, max(1, float64(n-1)/3)), near)
		for j, v := range near {
			if i != j {
				t.p[pair(i, j)] += float32(v / float64(2*n))
			}
		}
	}
	for i := range t.gains {
		t.gains[i] = 1
	}
	return t, nil
}

// pair is the place of a pair of points.
func pair(i, j int) int {
	if i < j {
		i, j = j, i
	}
	return i*(i-1)/2 + j
}

// neighbourhood writes how near the others are to a point, which add up to 1: a normal distribution around it of such a width that its perplexity, the
// exponential of its entropy, is the one wanted. distances are squared.
func neighbourhood(distances []float64, point int, perplexity float64, near []float64) {
	least := math.Inf(1)
	for j, d := range distances {
		if j != point {
			least = min(least, d)
		}
	}
	want := math.Log(perplexity)
	low, high, beta := 0.0, math.Inf(1), 1.0
	if mean := sumOf(distances)/float64(len(distances)) - least; mean > 0 {
		beta = 1 / mean
	}
	for range 64 {
		sum, first, second := 0.0, 0.0, 0.0
		for j, d := range distances {
			near[j] = 0
			if j != point {
				d -= least // which cancels, and without which all could be 0
				near[j] = math.Exp(-beta * d)
				sum += near[j]
				first += near[j] * d
				second += near[j] * d * d
			}
		}
		for j := range near {
			near[j] /= sum
		}
		first, second = first/sum, second/sum
		off := math.Log(sum) + beta*first - want
		if math.Abs(off) < 1e-5 {
			return
		}
		if off > 0 { // too wide
			low = beta
		} else {
			high = beta
		}
		beta += off / (beta * (second - first*first)) // Newton's step
		switch {
		case beta > low && beta < high:
		case math.IsInf(high, 1):
			beta = 2 * low
		default:
			beta = (low + high) / 2
		}
	}
}

func sumOf(values []float64) (sum float64) {
	for _, v := range values {
		sum += v
	}
	return sum
}

// Step does an iteration: gradient descent with momentum, and with a gain for each coordinate that grows while its direction stays.
func (t *TSNE) Step() {
	attraction, momentum := 1.0, 0.8
	if t.Iteration < exaggerated {
		attraction, momentum = exaggeration, 0.5
	}
	rate := max(leastRate, float64(t.n)/exaggeration)
	gradient := t.gradient(attraction)
	mean := [2]float64{}
	for i, g := range gradient {
		if g*t.velocity[i] < 0 {
			t.gains[i] += 0.2
		} else {
			t.gains[i] = max(0.01, 0.8*t.gains[i])
		}
		t.velocity[i] = momentum*t.velocity[i] - rate*t.gains[i]*g
		t.Positions[i] += t.velocity[i]
		mean[i%2] += t.Positions[i] / float64(t.n)
	}
	for i := range t.Positions {
		t.Positions[i] -= mean[i%2]
	}
	t.Iteration++
}

// gradient is that of the divergence between the nearness of the points and that of their positions (equation 5), [n, 2].
func (t *TSNE) gradient(attraction float64) []float64 {
	clear(t.pull)
	clear(t.push)
	y, total := t.Positions, math.SmallestNonzeroFloat64
	for i := 1; i < t.n; i++ {
		xi, yi := y[2*i], y[2*i+1]
		pull, push := [2]float64{}, [2]float64{}
		for j, p := range t.p[i*(i-1)/2 : i*(i+1)/2] {
			dx, dy := xi-y[2*j], yi-y[2*j+1]
			w := 1 / (1 + dx*dx + dy*dy)
			total += w
			near, far := w*float64(p), w*w
			pull[0] += near * dx
			pull[1] += near * dy
			push[0] += far * dx
			push[1] += far * dy
			t.pull[2*j] -= near * dx
			t.pull[2*j+1] -= near * dy
			t.push[2*j] -= far * dx
			t.push[2*j+1] -= far * dy
		}
		t.pull[2*i] += pull[0]
		t.pull[2*i+1] += pull[1]
		t.push[2*i] += push[0]
		t.push[2*i+1] += push[1]
	}
	for i := range t.pull {
		t.pull[i] = 4 * (attraction*t.pull[i] - t.push[i]/(2*total))
	}
	return t.pull
}
