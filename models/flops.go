package models

import "unpool/core/recipe"

// StepFlops is the number of multiplications and additions of f32 that a training step on a batch needs in its matrix
// products and convolutions: forward, and backward by the weights and by every input but the image. What is added to
// it element by element is left out, as is usual when speeds are compared.
func StepFlops(r recipe.Recipe) int64 {
	batch, u := int64(r.Batch), int64(r.Units)
	product := func(m, n, k, passes int64) int64 { return 2 * m * n * k * passes }
	const first, later = 2, 3 // passes: the first layer has no gradient to pass on
	switch r.Arch {
	case recipe.RNN, recipe.LSTM, recipe.GRU:
		gates := map[recipe.Arch]int64{recipe.RNN: 1, recipe.LSTM: 4, recipe.GRU: 3}[r.Arch]
		// The state before the first row is zero and multiplied by nothing.
		return product(Side*batch, gates*u, Side, first) + product((Side-1)*batch, gates*u, u, later) +
			product(batch, Classes, u, later)
	case recipe.LeNet5:
		return product(batch*28*28, 32, 5*5, first) + product(batch*14*14, 64, 5*5*32, later) +
			product(batch, 1024, 7*7*64, later) + product(batch, Classes, 1024, later)
	case recipe.BNCNN:
		return product(batch*28*28, 32, 5*5, first) + product(batch*14*14, 64, 3*3*32, later) +
			product(batch*7*7, 64, 3*3*64, later) + product(batch, 256, 4*4*64, later) + product(batch, Classes, 256, later)
	case recipe.VGG:
		return product(batch*28*28, 32, 3*3, first) + product(batch*14*14, 64, 3*3*32, later) + product(batch*14*14, 64, 3*3*64, later) +
			product(batch*7*7, 96, 3*3*64, later) + product(batch*7*7, 96, 3*3*96, later) + product(batch, Classes, 96, later)
	}
	return 0
}
