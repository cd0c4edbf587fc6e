package data

import "unpool/core/recipe"

// Change is what happens to one training image: it is first mirrored left to right, then moved down and to the right, then
// a square in it is blanked out. What has moved in and what is blank is 0, the darkest of UnitNormalizer and the mean of
// StandardNormalizer.
type Change struct {
	Flip        bool
	Down, Right int
	Top, Left   int // of the square, whose side is the recipe's; it can be partly outside
}

// Changes returns what happens to each image of a training batch of height x width pixels. It depends on a, the seed,
// the step and an image's place in the batch alone. The changes are appended to into[:0].
func Changes(into []Change, n, height, width int, a recipe.Augment, seed uint64, step int) []Change {
	// A different stream from that of Batches, which is numbered by epoch.
	steps := seeded(seed, augmentStream)
	base := steps.Next()
	into = into[:0]
	for i := range n {
		r := seeded(base, uint64(step)<<32|uint64(i))
		var c Change
		c.Flip = a.Flip && r.Below(2) == 1
		if a.Shift > 0 {
			c.Down = int(r.Below(uint64(2*a.Shift+1))) - a.Shift
			c.Right = int(r.Below(uint64(2*a.Shift+1))) - a.Shift
		}
		if a.Cutout > 0 {
			// The middle may be any pixel.
			c.Top = int(r.Below(uint64(height))) - a.Cutout/2
			c.Left = int(r.Below(uint64(width))) - a.Cutout/2
		}
		into = append(into, c)
	}
	return into
}

// Augment changes the images of a training batch, [N, height, width, channels], in place, as Changes says.
func Augment(images []float32, height, width, channels int, a recipe.Augment, seed uint64, step int) {
	if a == (recipe.Augment{}) {
		return
	}
	size := height * width * channels
	from := make([]float32, size)
	for i, c := range Changes(nil, len(images)/size, height, width, a, seed, step) {
		image := images[i*size : (i+1)*size]
		if c.Flip {
			flip(image, width, channels)
		}
		if c.Down != 0 || c.Right != 0 {
			copy(from, image)
			shift(image, from, height, width, channels, c.Down, c.Right)
		}
		blank(image, height, width, channels, c.Top, c.Left, a.Cutout)
	}
}

// augmentStream is the number of the stream of a seed that augmentation draws from.
const augmentStream = 1 << 63

// flip mirrors an image left to right.
func flip(image []float32, width, channels int) {
	for ; len(image) > 0; image = image[width*channels:] {
		for l, r := 0, (width-1)*channels; l < r; l, r = l+channels, r-channels {
			for c := range channels {
				image[l+c], image[r+c] = image[r+c], image[l+c]
			}
		}
	}
}

// shift writes the image from to image, moved down by dy and right by dx.
func shift(image, from []float32, height, width, channels, dy, dx int) {
	clear(image)
	n := (width - max(dx, -dx)) * channels
	if n <= 0 {
		return
	}
	for y := max(0, dy); y < min(height, height+dy); y++ {
		to := (y*width + max(0, dx)) * channels
		at := ((y-dy)*width + max(0, -dx)) * channels
		copy(image[to:to+n], from[at:])
	}
}

// blank makes a square 0, or what of it is inside.
func blank(image []float32, height, width, channels, top, left, side int) {
	l, r := max(0, left), min(width, left+side)
	for y := max(0, top); y < min(height, top+side); y++ {
		clear(image[(y*width+l)*channels : (y*width+r)*channels])
	}
}
