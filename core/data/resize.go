package data

import (
	"image"
	"math"
)

// resizer makes images of one size from those of another by the Catmull-Rom bicubic filter, widened where it shrinks so that every
// pixel counts. The shape is not kept: the whole image always fills the whole result. It takes an image row by row, so that its
// memory does not grow with the image's height.
type resizer struct {
	from, to     image.Point
	across, down []taps // one for each column and row of the result
}

// taps are the pixels of a line, from first on, that a pixel of the result is a weighted mean of.
type taps struct {
	first   int
	weights []float64
	scale   float64 // 1 / the sum of the weights
}

func newResizer(from, to image.Point) *resizer {
	return &resizer{from, to, filter(from.X, to.X), filter(from.Y, to.Y)}
}

// filter returns the taps of a line of so many pixels that is made of one of other length. Each product is rounded by itself, here and
// below, so that no processor fuses it with a sum and every machine gives the same bits: those of golang.org/x/image/draw, by way of 16
// bits, with which the published runs were made.
func filter(from, to int) []taps {
	const support = 2 // pixels on each side that the filter reaches
	ratio := float64(from) / float64(to)
	stretch := max(ratio, 1)
	all := make([]taps, to)
	for i := range all {
		centre := float64((float64(i)+0.5)*ratio) - 0.5
		first := max(0, int(math.Floor(centre-float64(support*stretch))))
		end := min(from, int(math.Ceil(centre+float64(support*stretch))))
		t, sum := taps{first: first, weights: make([]float64, end-first)}, 0.0
		for j := range t.weights {
			if distance := math.Abs(float64((centre - float64(first+j)) * (1 / stretch))); distance < support {
				t.weights[j] = catmullRom(distance)
				sum += t.weights[j]
			}
		}
		t.scale = 1 / sum
		all[i] = t
	}
	return all
}

func catmullRom(t float64) float64 {
	if t < 1 {
		return float64((float64(1.5*t)-2.5)*t*t) + 1
	}
	return float64((float64(float64(float64(-0.5*t)+2.5)*t)-4)*t) + 2
}

// resize writes an image of so many channels, resized, to dst: [to.Y, to.X, channels]. row returns a row of the image, [from.X, channels], which
// may change with the next call; it is called for each row once, from the top.
func (r *resizer) resize(dst []byte, channels int, row func(y int) []byte) {
	width := r.to.X * channels
	if r.from == r.to {
		for y := range r.to.Y {
			copy(dst[y*width:][:width], row(y))
		}
		return
	}
	narrow := make([]float64, width) // a row, resized across
	sums := make([]float64, r.to.Y*width)
	for y := range r.from.Y {
		pixels := row(y)
		for x, t := range r.across {
			for c := range channels {
				sum := 0.0
				for i, w := range t.weights {
					sum += float64(257 * float64(pixels[(t.first+i)*channels+c]) * w)
				}
				narrow[x*channels+c] = sum * (t.scale / 65535)
			}
		}
		for i, t := range r.down {
			if at := y - t.first; at >= 0 && at < len(t.weights) {
				w := t.weights[at]
				to := sums[i*width:][:width]
				for x, v := range narrow {
					to[x] += float64(v * w)
				}
			}
		}
	}
	for i, t := range r.down {
		for x := range width {
			fine := min(max(int(float64(65535*(sums[i*width+x]*t.scale))+0.5), 0), 65535)
			dst[i*width+x] = byte((fine + 128) / 257)
		}
	}
}
