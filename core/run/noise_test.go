package run

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The line through (0, 1), (1, 2), (2, 5) and (3, 4) was worked out by hand: its slope is 6/5.
func TestFit(t *testing.T) {
	l := fit([]float64{0, 1, 2, 3}, []float64{1, 2, 5, 4})
	// The residuals are -0.2, -0.4, 1.4 and -0.8, with 2.8 for the sum of their squares, over two degrees of freedom.
	if !near(l.slope, 1.2) || !near(l.scatter, math.Sqrt(1.4)) {
		t.Errorf("slope %v, scatter %v", l.slope, l.scatter)
	}
	// Squared distances of x from 1.5 are 5 in all. Noise below the scatter changes nothing, above it counts.
	if got := l.err(1); !near(got, math.Sqrt(1.4/5)) {
		t.Errorf("error %v", got)
	}
	if got := l.err(2); !near(got, 2/math.Sqrt(5)) {
		t.Errorf("error %v with more noise", got)
	}
	if two := fit([]float64{0, 10}, []float64{1, 2}); two.slope != 0.1 || two.scatter != 0 {
		t.Errorf("two points give %+v", two)
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestAccuracyNoise(t *testing.T) {
	if got := AccuracyNoise(0.5, 100); !near(got, 0.05) {
		t.Errorf("half of 100 images: %v, want 0.05", got)
	}
	// (98+1)/(98+2) of 98 images is 0.99.
	if got := AccuracyNoise(1, 98); !near(got, math.Sqrt(0.99*0.01/98)) {
		t.Errorf("all of 98 images: %v", got)
	}
	if got := AccuracyNoise(0.5, 100) / AccuracyNoise(0.5, 10000); !near(got, 10) {
		t.Errorf("100 times the images give %v times less noise, want 10", got)
	}
}

// The mean loss of samples, whose images have a small loss if classified correctly and a large one otherwise, scatters as lossNoise says.
func TestLossNoise(t *testing.T) {
	const n, p, samples = 1000, 0.9, 2000
	r := rand.New(rand.NewPCG(1, 2))
	var sum, squares float64
	for range samples {
		loss := 0.0
		for range n {
			if r.Float64() < p {
				loss += 0.02 * r.ExpFloat64() / n
			} else {
				loss += 2 * (0.5 + r.Float64()) / n
			}
		}
		sum, squares = sum+loss, squares+loss*loss
	}
	mean := sum / samples
	got, want := lossNoise(mean, p, n), math.Sqrt(squares/samples-mean*mean)
	if math.Abs(got/want-1) > 0.15 {
		t.Errorf("lossNoise is %v, samples scatter by %v", got, want)
	}
}
