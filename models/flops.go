package models

import "unpool/core/recipe"

// StepFlops is the number of multiplications and additions of f32 that a training step on a batch needs in its matrix
// products and convolutions: forward, and backward by the weights and by every input but the image. What is added to
// it element by element is left out, as is usual when speeds are compared.
func StepFlops(r recipe.Recipe) int64 {
	side, channels := r.Dataset.Shape()
	half := Pooled(side)
	quarter := Pooled(half)
	eighth := Pooled(quarter)
	// A product of matrices [m, k] and [k, n]; a layer's number of passes.
	product := func(m, n, k, passes int) int64 { return 2 * int64(m) * int64(n) * int64(k) * int64(passes) }
	// A convolution over an image of a side, window by window.
	conv := func(side, window, in, out, passes int) int64 {
		return product(r.Batch*side*side, out, window*window*in, passes)
	}
	const first, later = 2, 3 // passes: the first layer has no gradient to pass on
	switch r.Arch {
	case recipe.RNN, recipe.LSTM, recipe.GRU:
		columns := r.Units * map[recipe.Arch]int{recipe.RNN: 1, recipe.LSTM: 4, recipe.GRU: 3}[r.Arch]
		// The state before the first row is zero and multiplied by nothing.
		return product(side*r.Batch, columns, side*channels, first) + product((side-1)*r.Batch, columns, r.Units, later) +
			product(r.Batch, Classes, r.Units, later)
	case recipe.LeNet5:
		return conv(side, 5, channels, 32, first) + conv(half, 5, 32, 64, later) +
			product(r.Batch, 1024, quarter*quarter*64, later) + product(r.Batch, Classes, 1024, later)
	case recipe.BNCNN:
		return conv(side, 5, channels, 32, first) + conv(half, 3, 32, 64, later) + conv(quarter, 3, 64, 64, later) +
			product(r.Batch, 256, eighth*eighth*64, later) + product(r.Batch, Classes, 256, later)
	case recipe.VGG, recipe.VGGWide:
		var sum int64
		in, passes := channels, first
		for _, c := range VGG(r.Arch) {
			sum += conv(side, 3, in, c.Maps, passes)
			if c.Pooled {
				side = Pooled(side)
			}
			in, passes = c.Maps, later
		}
		return sum + product(r.Batch, Classes, in, later)
	}
	return 0
}
