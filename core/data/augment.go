package data

import "unpool/core/recipe"

// Augment changes the images of a training batch, [N, height, width, channels], in place. How depends on a, the seed,
// the step and an image's place in the batch alone. An image is first mirrored, then moved, then a square in it is
// blanked out; what has moved in and what is blank is 0, the darkest of UnitLevels and the mean of NormalLevels.
func Augment(images []float32, height, width, channels int, a recipe.Augment, seed uint64, step int) {
	if a == (recipe.Augment{}) {
		return
	}
	size := height * width * channels
	from := make([]float32, size)
	// Another stream than that of Batches, which is numbered by epoch.
	steps := seeded(seed, augmentStream)
	base := steps.next()
	for i := range len(images) / size {
		r := seeded(base, uint64(step)<<32|uint64(i))
		image := images[i*size : (i+1)*size]
		if a.Flip && r.below(2) == 1 {
			flip(image, width, channels)
		}
		if a.Shift > 0 {
			dy := int(r.below(uint64(2*a.Shift+1))) - a.Shift
			dx := int(r.below(uint64(2*a.Shift+1))) - a.Shift
			copy(from, image)
			shift(image, from, height, width, channels, dy, dx)
		}
		if a.Cutout > 0 {
			// The middle may be any pixel, so that a square can be partly outside.
			top := int(r.below(uint64(height))) - a.Cutout/2
			left := int(r.below(uint64(width))) - a.Cutout/2
			blank(image, height, width, channels, top, left, a.Cutout)
		}
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
