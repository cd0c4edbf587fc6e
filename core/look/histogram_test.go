package look

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// Every value is in the bin that it belongs to, whatever came before it.
func TestHistogram(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	normal := func(mean, deviation float64) func(int) float32 {
		return func(int) float32 { return float32(mean + deviation*random.NormFloat64()) }
	}
	for name, c := range map[string]struct {
		value       func(i int) float32
		least, most int // bins
	}{
		"ReLU":              {func(i int) float32 { return max(0, normal(0, 1)(i)) }, 32, 64},
		"both signs":        {normal(0, 1), 32, 64},
		"far from zero":     {normal(1000, 1), 20, 64},
		"ever larger":       {func(i int) float32 { return float32(i) * 1e-3 }, 32, 64},
		"one number":        {func(int) float32 { return -0.3 }, 1, 1},
		"nothing but zeros": {func(i int) float32 { return float32(math.Copysign(0, float64(i%2)-1)) }, 0, 0},
		"all magnitudes":    {func(i int) float32 { return float32(math.Pow(10, float64(i%77)-38)) }, 2, 64},
		"the largest": {func(i int) float32 {
			return []float32{1e-45, math.MaxFloat32, -math.MaxFloat32}[i%3]
		}, 32, 64},
	} {
		t.Run(name, func(t *testing.T) {
			var h histogram
			var all []float32
			for range 10 {
				var some []float32
				for range 1000 {
					some = append(some, c.value(len(all)+len(some)))
				}
				h.add(some)
				all = append(all, some...)
			}
			got := h.result()
			counts, zeros := make([]int64, len(got.Counts)), int64(0)
			for _, v := range all {
				if v == 0 {
					zeros++
					continue
				}
				counts[int(math.Floor(float64(v)/got.Width))-got.First]++
			}
			if fmt.Sprint(counts) != fmt.Sprint(got.Counts) || zeros != got.Zeros || got.Total() != 10000 {
				t.Errorf("%d zeros and %v, want %d and %v", got.Zeros, got.Counts, zeros, counts)
			}
			if n := len(got.Counts); n < c.least || n > c.most {
				t.Errorf("%d bins, want %d to %d", n, c.least, c.most)
			}
			if exponent := math.Log2(got.Width); got.Width != 0 && exponent != math.Floor(exponent) {
				t.Errorf("bins are %g wide, which is no power of two", got.Width)
			}
		})
	}
}
