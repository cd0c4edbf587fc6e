package embed

import (
	"cmp"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func never() error { return nil }

// Points along known directions: their coordinates come back, for more points than dimensions and for fewer.
func TestPCA(t *testing.T) {
	for _, c := range []struct{ n, d int }{{40, 8}, {16, 60}, {8, 8}} {
		// Rows of a Hadamard matrix are at right angles, and, but for the first, have the mean 0.
		hadamard := func(i, j int) float64 { return 1 - 2*float64(bits(i&j)%2) }
		weights := []float64{8, 4, 1}
		x := make([]float32, c.n*c.d)
		want := make([]float64, c.n*3)
		for i := range c.n {
			for k, w := range weights {
				want[i*3+k] = w * hadamard(i%8, k+1) * math.Sqrt(8)
				for j := range 8 {
					x[i*c.d+j] += float32(w * hadamard(i%8, k+1) * hadamard(j, k+3))
				}
			}
			x[i*c.d+1] += 100 // a mean that does not count
		}
		scores, shares, err := PCA(x, c.n, c.d, 4, never)
		if err != nil {
			t.Fatal(err)
		}
		for k, w := range weights {
			if got := shares[k]; math.Abs(got-w*w/81) > 1e-5 {
				t.Errorf("%+v: component %d explains %g, want %g", c, k, got, w*w/81)
			}
			sign := math.Copysign(1, scores[k]*want[k])
			for i := range c.n {
				if got := scores[i*4+k]; math.Abs(got-sign*want[i*3+k]) > 1e-3 {
					t.Fatalf("%+v: point %d along component %d is at %g, want %g", c, i, k, got, sign*want[i*3+k])
				}
			}
		}
		for i := range c.n {
			if scores[i*4+3] != 0 {
				t.Errorf("%+v: there is a fourth component: %g", c, scores[i*4+3])
			}
		}
	}
}

func bits(i int) (n int) {
	for ; i > 0; i >>= 1 {
		n += i & 1
	}
	return n
}

// The variances along the components are the eigenvalues of the covariance: of a random cloud they add up to its variance, and the components are
// uncorrelated.
func TestPCAOfCloud(t *testing.T) {
	const n, d = 60, 25
	x, _ := cloud(n, d, 1)
	scores, shares, err := PCA(x, n, d, d, never)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sumOf(shares); math.Abs(sum-1) > 1e-6 || !slices.IsSortedFunc(shares, func(a, b float64) int { return -int(math.Copysign(1, a-b)) }) {
		t.Errorf("the shares %v add up to %g", shares, sum)
	}
	for a := range d {
		for b := range a {
			product := 0.0
			for i := range n {
				product += scores[i*d+a] * scores[i*d+b]
			}
			if math.Abs(product) > 1e-3 {
				t.Errorf("components %d and %d are correlated: %g", a, b, product)
			}
		}
	}
}

// cloud is n random points in so many groups, far from each other.
func cloud(n, d, groups int) (x []float32, classes []int) {
	random := rand.New(rand.NewPCG(3, 4))
	for i := range n {
		classes = append(classes, i%groups)
		for j := range d {
			v := random.NormFloat64()
			if j == i%groups {
				v += 20
			}
			x = append(x, float32(v))
		}
	}
	return x, classes
}

// begun is t-SNE of such points.
func begun(t *testing.T, x []float32, n, d int) *TSNE {
	t.Helper()
	scores, _, err := PCA(x, n, d, min(d, 50), never)
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewTSNE(scores, n, min(d, 50), never)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// divergence is what t-SNE minimises, by its definition (equation 2, with the exaggeration of the nearness of the points).
func divergence(s *TSNE, attraction float64) (sum float64) {
	q, total := make([]float64, len(s.p)), 0.0
	for i := range s.n {
		for j := range i {
			dx, dy := s.Positions[2*i]-s.Positions[2*j], s.Positions[2*i+1]-s.Positions[2*j+1]
			q[pair(i, j)] = 1 / (1 + dx*dx + dy*dy)
			total += 2 * q[pair(i, j)]
		}
	}
	for at, v := range q {
		// The part that depends on the positions; the logarithm of the total counts once, the nearness adding up to 1.
		sum -= 2 * attraction * float64(s.p[at]) * math.Log(v)
	}
	return sum + math.Log(total)
}

func TestGradient(t *testing.T) {
	x, _ := cloud(24, 7, 3)
	s := begun(t, x, 24, 7)
	random := rand.New(rand.NewPCG(5, 6))
	for i := range s.Positions {
		s.Positions[i] = random.NormFloat64()
	}
	for _, attraction := range []float64{1, 12} {
		gradient := slices.Clone(s.gradient(attraction))
		for i := range s.Positions {
			const h = 1e-5
			at := s.Positions[i]
			s.Positions[i] = at + h
			more := divergence(s, attraction)
			s.Positions[i] = at - h
			less := divergence(s, attraction)
			s.Positions[i] = at
			if want := (more - less) / (2 * h); math.Abs(gradient[i]-want) > 1e-6*(1+math.Abs(want)) {
				t.Errorf("attraction %g: the gradient of coordinate %d is %g, by differences %g", attraction, i, gradient[i], want)
			}
		}
	}
}

// Each point's neighbourhood has the perplexity that is wanted, and all pairs add up to 1.
func TestNearness(t *testing.T) {
	distances := []float64{4, 0, 1, 1e6, 9, 2, 2, 30, 5}
	near := make([]float64, len(distances))
	neighbourhood(distances, 1, 3, near)
	sum, entropy := 0.0, 0.0
	for j, v := range near {
		sum += v
		if v > 0 {
			entropy -= v * math.Log(v)
		}
		if j > 0 && j != 1 && distances[j] > distances[2] && v > near[2] {
			t.Errorf("%v: %d is nearer than 2", near, j)
		}
	}
	if near[1] != 0 || math.Abs(sum-1) > 1e-9 || math.Abs(math.Exp(entropy)-3) > 1e-3 {
		t.Errorf("%v add up to %g, with a perplexity of %g", near, sum, math.Exp(entropy))
	}
	x, _ := cloud(50, 5, 2)
	s, total := begun(t, x, 50, 5), 0.0
	for _, p := range s.p {
		total += 2 * float64(p)
	}
	if math.Abs(total-1) > 1e-5 {
		t.Errorf("all pairs add up to %g", total)
	}
}

// Groups that are apart stay apart, in the same picture each time, which gets better.
func TestTSNE(t *testing.T) {
	const n, d, groups = 120, 10, 4
	x, classes := cloud(n, d, groups)
	layout := func() *TSNE {
		s := begun(t, x, n, d)
		before := divergence(s, 1)
		for s.Iteration < Iterations {
			s.Step()
		}
		if after := divergence(s, 1); after > before-1 {
			t.Errorf("the divergence goes from %g to %g", before, after)
		}
		return s
	}
	s := layout()
	if again := layout(); !slices.Equal(s.Positions, again.Positions) {
		t.Error("the same points give another picture")
	}
	flat := make([]float32, 2*n)
	for i, v := range s.Positions {
		flat[i] = float32(v)
	}
	shares, err := Neighbours(flat, n, 2, 10, classes, never)
	if err != nil {
		t.Fatal(err)
	}
	if mean := sumOf(shares) / n; mean < 0.99 {
		t.Errorf("of the neighbours in the picture %g are of the same group", mean)
	}
}

// Of few points, all equal, there is a picture, too.
func TestOfEqualPoints(t *testing.T) {
	s := begun(t, make([]float32, 4*3), 4, 3)
	for range 5 {
		s.Step()
	}
	for _, v := range s.Positions {
		if math.IsNaN(v) {
			t.Fatalf("%v", s.Positions)
		}
	}
}

// On a line one can count: neighbours of the same class among the two nearest.
func TestNeighbours(t *testing.T) {
	got, err := Neighbours([]float32{0, 1, 3, 4, 8}, 5, 1, 2, []int{0, 0, 1, 0, 1}, never)
	if want := []float64{0.5, 0.5, 0, 0.5, 0.5}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	if got, _ := Neighbours([]float32{0, 1}, 2, 1, 10, []int{3, 3}, never); !slices.Equal(got, []float64{1, 1}) {
		t.Errorf("two points alone: %v", got)
	}
}

// Of a cloud they are those that one finds by sorting all distances.
func TestNeighboursOfCloud(t *testing.T) {
	const n, d, k = 80, 9, 10
	x, classes := cloud(n, d, 3)
	for i := range x {
		if i%d < 3 {
			x[i] *= 0.1 // so that the groups overlap
		}
	}
	got, err := Neighbours(x, n, d, k, classes, never)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		square := func(j int) (sum float64) {
			for c := range d {
				sum += math.Pow(float64(x[i*d+c])-float64(x[j*d+c]), 2)
			}
			return sum
		}
		var others []int
		for j := range n {
			if j != i {
				others = append(others, j)
			}
		}
		slices.SortStableFunc(others, func(a, b int) int { return cmp.Compare(square(a), square(b)) })
		want := 0.0
		for _, j := range others[:k] {
			if classes[j] == classes[i] {
				want += 1.0 / k
			}
		}
		if math.Abs(got[i]-want) > 1e-9 {
			t.Errorf("point %d: %g, want %g", i, got[i], want)
		}
	}
	if mean := sumOf(got) / n; mean > 0.99 {
		t.Errorf("the groups do not overlap: %g", mean)
	}
}

func TestAlignment(t *testing.T) {
	want := []float32{3, 1, -2, 5, 0, -7, -1, 1}
	for _, mirror := range []float32{1, -1} {
		turned := make([]float32, len(want))
		for i := 0; i < len(want); i += 2 {
			x, y := want[i], mirror*want[i+1]
			turned[i], turned[i+1] = 0.6*x-0.8*y, 0.8*x+0.6*y
		}
		got := Alignment(turned, want).Of(turned)
		for i := range want {
			if math.Abs(float64(got[i]-want[i])) > 1e-5 {
				t.Errorf("mirrored by %g: %v, want %v", mirror, got, want)
				break
			}
		}
	}
	if got := Alignment(want, make([]float32, len(want))).Of(want); !slices.Equal(got, want) {
		t.Errorf("beside nothing %v becomes %v", want, got)
	}
}

// Who is told may give up.
func TestGivesUp(t *testing.T) {
	stop := errors.New("stop")
	no := func() error { return stop }
	x, classes := cloud(20, 5, 2)
	_, _, first := PCA(x, 20, 5, 2, no)
	_, second := NewTSNE(make([]float64, 40), 20, 2, no)
	_, third := Neighbours(x, 20, 5, 3, classes, no)
	for _, err := range []error{first, second, third} {
		if !errors.Is(err, stop) {
			t.Errorf("%v", err)
		}
	}
}
