package look

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
)

// A spectrum is what the definition of Fourier's transform comes to, in colour and for windows that are not square.
func TestPower(t *testing.T) {
	const n, height, width, channels = SpectrumSize, 3, 5, 2
	random := rand.New(rand.NewPCG(5, 6))
	filter := make([]float32, height*width*channels)
	squares := 0.0
	for i := range filter {
		filter[i] = float32(random.NormFloat64())
		squares += float64(filter[i]) * float64(filter[i])
	}
	got := power(filter, height, width, channels)
	for row := range n {
		for column := range n {
			want := 0.0
			for c := range channels {
				sum := complex128(0)
				for y := range height {
					for x := range width {
						turn := -2 * math.Pi * float64((row-n/2)*y+(column-n/2)*x) / n
						sum += cmplx.Rect(float64(filter[(y*width+x)*channels+c]), turn)
					}
				}
				want += real(sum)*real(sum) + imag(sum)*imag(sum)
			}
			want /= squares // their mean is the sum of squares, by Parseval
			if g := got[row*n+column]; math.Abs(g-want) > 1e-12*max(1, want) {
				t.Fatalf("row %d, column %d: %g, want %g", row, column, g, want)
			}
		}
	}
	for name, filter := range map[string][]float32{"nothing": make([]float32, 9), "one place": {0, 0, 0, 0, 0, -2, 0, 0, 0}} {
		want := 0.0
		if name == "one place" {
			want = 1 // all frequencies alike
		}
		for i, v := range power(filter, 3, 3, 1) {
			if math.Abs(v-want) > 1e-12 {
				t.Fatalf("%s: frequency %d has %g, want %g", name, i, v, want)
			}
		}
	}
}

func TestEnergy(t *testing.T) {
	const n = SpectrumSize
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("%s is %g, want %g", what, got, want)
		}
	}
	one := power([]float32{1}, 1, 1, 1)
	share, flat := energy(one, beyond(0.25)) // 17 of 32 frequencies are up to a quarter, along each axis
	near("what is above a quarter", share, 1-17.0*17/(32*32))
	near("the same of a flat spectrum", flat, share)
	// Lines one place wide are of half a cycle a place across, and of none down: the last column in the middle row.
	var lines []float32
	for i := range 16 * 16 {
		lines = append(lines, float32(1-2*(i%2)))
	}
	spectrum := power(lines, 16, 16, 1)
	for i, v := range spectrum {
		if v > spectrum[n/2*n] {
			t.Fatalf("frequency %d has %g, more than that of the lines, %g", i, v, spectrum[n/2*n])
		}
	}
	low, _ := energy(spectrum, ring(0, middleFrom))
	high, _ := energy(spectrum, ring(middleTo, 1))
	if low > 0.05 || high < 0.95 {
		t.Errorf("lines have %g of their energy in the low frequencies, %g in the high ones", low, high)
	}
	total := 0.0
	for _, in := range []band{ring(0, middleFrom), ring(middleFrom, middleTo), ring(middleTo, 1)} {
		share, _ := energy(spectrum, in)
		total += share
	}
	near("the energy of all bands", total, 1)
	if share, _ := energy(make([]float64, n*n), beyond(0)); share != 0 {
		t.Errorf("a spectrum of zeros has the share %g", share)
	}
}
