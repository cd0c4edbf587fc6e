package look

import (
	"math"
	"math/cmplx"
)

// SpectrumSize is how many frequencies a spectrum has along each axis: more than the largest window has places, so that filters of all
// sizes are measured at the same ones.
const SpectrumSize = 32

// power is the power spectrum of a filter [height, width, channels]: the squared magnitude of its two-dimensional Fourier transform,
// padded with zeros, summed over the channels, [SpectrumSize, SpectrumSize]. Frequency 0 is in row and column SpectrumSize/2. It is
// divided by its mean, so that one that passes all frequencies alike is 1 everywhere; a filter of zeros has zeros.
func power(filter []float32, height, width, channels int) []float64 {
	const n = SpectrumSize
	var turns [n]complex128
	for k := range turns {
		turns[k] = cmplx.Rect(1, -2*math.Pi*float64(k)/n)
	}
	at := func(k, place int) complex128 { return turns[((k-n/2)*place%n+n)%n] }
	spectrum := make([]float64, n*n)
	rows := make([]complex128, height*n) // transformed along the width
	for c := range channels {
		for y := range height {
			for k := range n {
				sum := complex128(0)
				for x := range width {
					sum += complex(float64(filter[(y*width+x)*channels+c]), 0) * at(k, x)
				}
				rows[y*n+k] = sum
			}
		}
		for k := range n {
			for l := range n {
				sum := complex128(0)
				for y := range height {
					sum += rows[y*n+l] * at(k, y)
				}
				spectrum[k*n+l] += real(sum)*real(sum) + imag(sum)*imag(sum)
			}
		}
	}
	total := 0.0
	for _, v := range spectrum {
		total += v
	}
	if total > 0 {
		for i := range spectrum {
			spectrum[i] *= n * n / total
		}
	}
	return spectrum
}

// band is a set of frequencies, given in cycles a pixel down and across, from -1/2 on.
type band func(down, across float64) bool

// ring are the frequencies from one radius on, and below another.
func ring(from, to float64) band {
	return func(down, across float64) bool {
		radius := math.Hypot(down, across)
		return radius >= from && radius < to
	}
}

// beyond are the frequencies of which one axis has more than a number.
func beyond(most float64) band {
	return func(down, across float64) bool { return max(math.Abs(down), math.Abs(across)) > most }
}

// energy is what a spectrum has of all its energy in a band, and what one that is the same everywhere would have.
func energy(spectrum []float64, in band) (share, flat float64) {
	const n = SpectrumSize
	total := 0.0
	for i, v := range spectrum {
		total += v
		if in(float64(i/n-n/2)/n, float64(i%n-n/2)/n) {
			share += v
			flat += 1.0 / (n * n)
		}
	}
	if total == 0 {
		return 0, flat
	}
	return share / total, flat
}
