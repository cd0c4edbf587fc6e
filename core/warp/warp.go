// Package warp shifts, scales and turns images, as figure 5 of Zeiler and Fergus (2013) does, with the standard library only: the page shows what
// the net has seen.
package warp

import (
	"fmt"
	"math"
)

// Kind is a way to change an image by an amount.
type Kind string

// The kinds.
const (
	Shift    Kind = "shift"    // down, by pixels
	Scale    Kind = "scale"    // about the centre, by a ratio
	Rotation Kind = "rotation" // about the centre, clockwise, by degrees
)

// Kinds are those that there are, in the order of the paper.
var Kinds = []Kind{Shift, Scale, Rotation}

// Known reports whether there is such a kind.
func (k Kind) Known() bool { return k == Shift || k == Scale || k == Rotation }

// Title is what people call it.
func (k Kind) Title() string { return k.either("Vertical shift", "Scale", "Rotation") }

// Axis says what its amounts are.
func (k Kind) Axis() string { return k.either("pixels down", "size, as a ratio", "degrees clockwise") }

// Small says what is done to an image by a small amount, as in "an image is".
func (k Kind) Small() string {
	return k.either("shifted by one pixel", "made 10 % larger or smaller", "turned by 10 degrees")
}

func (k Kind) either(shift, scale, rotation string) string {
	switch k {
	case Shift:
		return shift
	case Scale:
		return scale
	}
	return rotation
}

// Amounts are those by which images of a height are changed, in order: shifts by up to a quarter of the height, each pixel; sizes of 0.6 to 1.8;
// the full circle by 10 degrees. One of them changes nothing.
func (k Kind) Amounts(height int) (all []float64) {
	from, to, per := -reach(height), reach(height), 1.0
	switch k {
	case Scale:
		from, to, per = 6, 18, 10
	case Rotation:
		from, to, per = 0, 36, 0.1
	}
	for i := from; i <= to; i++ {
		all = append(all, float64(i)/per)
	}
	return all
}

// reach is the largest shift of images of a height.
func reach(height int) int { return max(1, height/4) }

// Smallest are the two of the amounts, by their index, that change an image least, in one direction and in the other.
func (k Kind) Smallest(height int) [2]int {
	if k == Rotation {
		return [2]int{1, 35}
	}
	return [2]int{k.None(height) - 1, k.None(height) + 1}
}

// None is the index of the amount that changes nothing.
func (k Kind) None(height int) int {
	switch k {
	case Shift:
		return reach(height)
	case Scale:
		return 4
	}
	return 0
}

// Says says what an amount does to an image.
func (k Kind) Says(amount float64) string {
	switch k {
	case Scale:
		return fmt.Sprintf("%.1f times the size", amount)
	case Rotation:
		return fmt.Sprintf("%.0f° clockwise", amount)
	}
	switch {
	case amount < 0:
		return fmt.Sprintf("%.0f px up", -amount)
	case amount > 0:
		return fmt.Sprintf("%.0f px down", amount)
	}
	return "in its place"
}

// Apply changes an image, [height, width, channels]. Pixels that lie between those of the image are interpolated bilinearly. What comes into view
// at the borders has the mean colour of the image's outermost pixels: black for MNIST, and for a photograph a colour like those at its edges.
func (k Kind) Apply(image []byte, height, width, channels int, amount float64) []byte {
	outside := border(image, height, width, channels)
	middleY, middleX := float64(height-1)/2, float64(width-1)/2
	sin, cos := math.Sincos(amount * math.Pi / 180)
	to := make([]byte, 0, len(image))
	for row := range height {
		for column := range width {
			y, x := float64(row), float64(column) // where the pixel was
			switch dy, dx := y-middleY, x-middleX; k {
			case Shift:
				y -= amount
			case Scale:
				y, x = middleY+dy/amount, middleX+dx/amount
			case Rotation:
				y, x = middleY+cos*dy-sin*dx, middleX+cos*dx+sin*dy
			}
			top, left := math.Floor(y), math.Floor(x)
			down, right := y-top, x-left
			for c := range channels {
				at := func(dy, dx int) float64 {
					y, x := int(top)+dy, int(left)+dx
					if y < 0 || y >= height || x < 0 || x >= width {
						return float64(outside[c])
					}
					return float64(image[(y*width+x)*channels+c])
				}
				upper := at(0, 0)*(1-right) + at(0, 1)*right
				lower := at(1, 0)*(1-right) + at(1, 1)*right
				to = append(to, byte(upper*(1-down)+lower*down+0.5))
			}
		}
	}
	return to
}

// border is the mean colour of an image's outermost pixels, [channels].
func border(image []byte, height, width, channels int) []byte {
	sums, count := make([]int, channels), 0
	for row := range height {
		for column := range width {
			if row == 0 || row == height-1 || column == 0 || column == width-1 {
				for c := range channels {
					sums[c] += int(image[(row*width+column)*channels+c])
				}
				count++
			}
		}
	}
	mean := make([]byte, channels)
	for c, sum := range sums {
		mean[c] = byte((sum + count/2) / count)
	}
	return mean
}
