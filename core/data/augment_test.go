package data

import (
	"math"
	"slices"
	"testing"

	"unpool/core/recipe"
)

// augmented returns n copies of an image of 6x5 pixels with two channels, augmented.
func augmented(n int, a recipe.Augment, seed uint64, step int) (original []float32, images [][]float32) {
	const height, width, channels = 6, 5, 2
	original = make([]float32, height*width*channels)
	for i := range original {
		original[i] = float32(i + 1)
	}
	batch := slices.Repeat(original, n)
	Augment(batch, height, width, channels, a, seed, step)
	return original, slices.Collect(slices.Chunk(batch, len(original)))
}

func TestNoAugmentation(t *testing.T) {
	original, images := augmented(3, recipe.Augment{}, 1, 0)
	for _, image := range images {
		if !slices.Equal(image, original) {
			t.Errorf("%v became %v", original, image)
		}
	}
}

func TestFlip(t *testing.T) {
	original, images := augmented(1000, recipe.Augment{Flip: true}, 1, 0)
	mirrored := slices.Clone(original)
	for y := range 6 {
		for x := range 5 {
			copy(mirrored[(y*5+x)*2:][:2], original[(y*5+4-x)*2:])
		}
	}
	count := 0
	for _, image := range images {
		switch {
		case slices.Equal(image, mirrored):
			count++
		case !slices.Equal(image, original):
			t.Fatalf("%v is neither the image nor its mirror image", image)
		}
	}
	if math.Abs(float64(count)-500) > 80 {
		t.Errorf("%d of 1000 are mirrored", count)
	}
}

func TestShift(t *testing.T) {
	original, images := augmented(1000, recipe.Augment{Shift: 2}, 1, 0)
	seen := map[[2]int]int{}
	for _, image := range images {
		found := false
		for dy := -2; dy <= 2; dy++ {
			for dx := -2; dx <= 2; dx++ {
				moved := make([]float32, len(original))
				for y := range 6 {
					for x := range 5 {
						if fy, fx := y-dy, x-dx; fy >= 0 && fy < 6 && fx >= 0 && fx < 5 {
							copy(moved[(y*5+x)*2:][:2], original[(fy*5+fx)*2:])
						}
					}
				}
				if slices.Equal(image, moved) {
					found = true
					seen[[2]int{dy, dx}]++
				}
			}
		}
		if !found {
			t.Fatalf("%v is not the image moved by up to 2", image)
		}
	}
	for move, n := range seen {
		if n < 15 || n > 70 {
			t.Errorf("%d of 1000 are moved by %v, want about 40", n, move)
		}
	}
	if len(seen) != 25 {
		t.Errorf("%d moves of 25 happen", len(seen))
	}
}

func TestCutout(t *testing.T) {
	original, images := augmented(1000, recipe.Augment{Cutout: 3}, 1, 0)
	for _, image := range images {
		top, left, bottom, right, blank := 6, 5, -1, -1, 0
		for i, v := range image {
			switch {
			case v == 0:
				y, x := i/10, i/2%5
				top, left, bottom, right = min(top, y), min(left, x), max(bottom, y), max(right, x)
				blank++
			case v != original[i]:
				t.Fatalf("%v: the value at %d is another one", image, i)
			}
		}
		height, width := bottom-top+1, right-left+1
		if blank != height*width*2 || height < 2 || width < 2 || height > 3 || width > 3 {
			t.Fatalf("%v: %d values are blank, in %dx%d; want a square of 3 or what of it is inside", image, blank, height, width)
		}
	}
}

// Augmentation is determined by the seed, as the order of images is.
func TestAugmentDependsOnSeedStepAndPlace(t *testing.T) {
	all := recipe.Augment{Shift: 2, Flip: true, Cutout: 2}
	_, images := augmented(8, all, 3, 5)
	_, again := augmented(8, all, 3, 5)
	_, fewer := augmented(4, all, 3, 5)
	_, otherSeed := augmented(8, all, 4, 5)
	_, otherStep := augmented(8, all, 3, 6)
	for i := range images {
		if !slices.Equal(images[i], again[i]) || i < len(fewer) && !slices.Equal(images[i], fewer[i]) {
			t.Errorf("image %d is not always augmented alike", i)
		}
	}
	differ := func(a, b [][]float32) (n int) {
		for i := range a {
			if !slices.Equal(a[i], b[i]) {
				n++
			}
		}
		return n
	}
	if n := differ(images, otherSeed); n < 6 {
		t.Errorf("another seed augments %d of 8 images otherwise", n)
	}
	if n := differ(images, otherStep); n < 6 {
		t.Errorf("another step augments %d of 8 images otherwise", n)
	}
	if n := differ(images[:7], images[1:]); n < 5 {
		t.Errorf("another place augments %d of 7 images otherwise", n)
	}
	// Mirrored and moved down by two and left by one; the square lies in what is blank already.
	golden := []float32{
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		7, 8, 5, 6, 3, 4, 1, 2, 0, 0,
		17, 18, 15, 16, 13, 14, 11, 12, 0, 0,
		27, 28, 25, 26, 23, 24, 21, 22, 0, 0,
		37, 38, 35, 36, 33, 34, 31, 32, 0, 0,
	}
	if !slices.Equal(images[0], golden) {
		t.Errorf("image 0 is %v, want %v", images[0], golden)
	}
}
