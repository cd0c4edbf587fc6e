package models

import "unpool/core/recipe"

// Convolution is one of a VGG's 3x3 convolutions, which batch normalisation and a ReLU follow.
type Convolution struct {
	Maps   int
	Pooled bool // max-pooling follows too
}

// VGG lists the convolutions of a VGG from the image on, or nothing for another architecture. The wide one has more
// maps where images are small, which costs as much as more layers where they are large, and learns more.
func VGG(a recipe.Arch) []Convolution {
	switch a {
	case recipe.VGG: // 28x28x1 -> 14x14x32 -> 7x7x64 -> 7x7x96
		return []Convolution{{32, true}, {64, false}, {64, true}, {96, false}, {96, false}}
	case recipe.VGGWide: // 28x28x1 -> 14x14x32 -> 7x7x64 -> 4x4x128 -> 4x4x256
		return []Convolution{{32, true}, {64, true}, {128, false}, {128, true}, {256, false}}
	}
	return nil
}
