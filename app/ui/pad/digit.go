// Package pad is a pad to draw a digit on, by mouse, finger or arrow keys, and its form as an image of MNIST. Strokes and pictures are
// plain Go, tested natively; Pad is the go-app component. It knows nothing of nets.
package pad

import (
	"math"
	"slices"
)

const (
	Side   = 28          // of an image of MNIST, in pixels
	fine   = 4           // places of the pad along a pixel
	Places = fine * Side // along the pad
	pen    = 5.0         // its radius, in places
	inner  = 20          // pixels along the longer side of a digit of MNIST
)

// Digit is the image in MNIST's form of a picture of Places by Places gray pixels, dark on light or light on dark: nil where there is nothing
// on its background.
func Digit(gray []byte) []byte {
	var s sketch
	// The background is the most frequent colour of the border.
	var border []byte
	for i := range Places {
		border = append(border, gray[i], gray[(Places-1)*Places+i], gray[i*Places], gray[i*Places+Places-1])
	}
	slices.Sort(border)
	ground := int(border[len(border)/2])
	ink := func(v byte) int { return max(int(v)-ground, ground-int(v)) }
	most := 0
	for _, v := range gray {
		most = max(most, ink(v))
	}
	if most < faintest {
		return nil
	}
	for i, v := range gray {
		if n := ink(v); 4*n > most { // less is paper and shadow
			s.ink[i] = uint8(255 * n / most)
		}
	}
	return s.digit()
}

// faintest is the least difference from the background that counts as ink.
const faintest = 24

// sketch is what has been drawn: ink from 0 to 255 at each place, row after row.
type sketch struct {
	ink [Places * Places]uint8
}

// dot puts ink around a place.
func (s *sketch) dot(x, y float64) {
	for py := max(0, int(y-pen-1)); py <= min(Places-1, int(y+pen+1)); py++ {
		for px := max(0, int(x-pen-1)); px <= min(Places-1, int(x+pen+1)); px++ {
			far := math.Hypot(float64(px)+0.5-x, float64(py)+0.5-y)
			s.ink[py*Places+px] = max(s.ink[py*Places+px], uint8(255*min(1, max(0, pen-far))))
		}
	}
}

// line draws from one place to another.
func (s *sketch) line(x0, y0, x1, y1 float64) {
	steps := math.Ceil(math.Hypot(x1-x0, y1-y0)) + 1
	for i := 0.0; i <= steps; i++ {
		s.dot(x0+(x1-x0)*i/steps, y0+(y1-y0)*i/steps)
	}
}

// digit is the sketch in MNIST's form: shrunk so that it fits 20 by 20 pixels, with the centre of its ink in the middle of 28 by 28
// (LeCun et al., 1998, section III.A). It is nil for an empty sketch.
func (s *sketch) digit() []byte {
	left, top, right, bottom := Places, Places, -1, -1
	for i, v := range s.ink {
		if v > 0 {
			left, right = min(left, i%Places), max(right, i%Places)
			top, bottom = min(top, i/Places), max(bottom, i/Places)
		}
	}
	if right < 0 {
		return nil
	}
	// Each place's ink is spread over the pixels that it covers when it is shrunk.
	scale := float64(inner) / float64(max(right-left, bottom-top)+1)
	var small [Side * Side]float64
	spread := func(at int, from int) (first int, share float64) { // of the pixel at which the place begins, and how much lies in it
		begin := float64(at-from) * scale
		first = int(begin)
		return first, min(1, (float64(first+1)-begin)/scale)
	}
	mass, mx, my := 0.0, 0.0, 0.0
	for y := top; y <= bottom; y++ {
		row, inRow := spread(y, top)
		for x := left; x <= right; x++ {
			v := float64(s.ink[y*Places+x]) * scale * scale
			if v == 0 {
				continue
			}
			column, inColumn := spread(x, left)
			for dy, sy := range []float64{inRow, 1 - inRow} {
				for dx, sx := range []float64{inColumn, 1 - inColumn} {
					if part := v * sy * sx; part > 0 {
						small[(row+dy)*Side+column+dx] += part
						mass += part
						mx += part * (float64(column+dx) + 0.5)
						my += part * (float64(row+dy) + 0.5)
					}
				}
			}
		}
	}
	dx, dy := int(math.Round(Side/2-mx/mass)), int(math.Round(Side/2-my/mass))
	digit := make([]byte, Side*Side)
	for i, v := range small {
		x, y := i%Side+dx, i/Side+dy
		if v > 0 && x >= 0 && x < Side && y >= 0 && y < Side {
			digit[y*Side+x] = uint8(min(255, math.Round(v)))
		}
	}
	return digit
}
