package models

import "unpool/core/recipe"

// StepFlops is the number of multiplications and additions of f32 that a training step on a batch needs in its matrix
// products and convolutions: forward, and backward by the weights and by every input but the image. What is added to
// it element by element is left out, as is usual when speeds are compared. It is 0 for a recipe without a net.
func StepFlops(r recipe.Recipe) int64 {
	p, err := r.Plan()
	if err != nil {
		return 0
	}
	return 2 * int64(r.Batch) * p.Step()
}
