package protocol

import "unpool/core/run"

// Dissect asks for the next training step, of the run under way or of the one before, taken apart for one image of its batch. The
// run stays where it is. The Result is Dissection.
type Dissect struct {
	Image int `json:"image"` // among the batch, from 0
}

// Dissection is a training step in parts, as the training program computes it. Losses are cross-entropies in nats. However large the net is, it
// has a few numbers of each layer only.
type Dissection struct {
	Step     int          `json:"step"`     // its number, from 1
	Batch    int          `json:"batch"`    // how many images it sees
	Examples run.Examples `json:"examples"` // the first of them
	Image    int          `json:"image"`    // that was asked about
	Classes  []string     `json:"classes"`

	Loss  float64 `json:"loss"`  // mean of the batch, before the step
	After float64 `json:"after"` // the same after it
	Own   float64 `json:"own"`   // of the image, before the step
	Rate  float64 `json:"rate"`  // the learning rate of the step

	Probabilities []float32 `json:"probabilities"` // of each class, for the image
	Logits        []float32 `json:"logits"`        // gradient of Loss by the image's logits

	Layers  []Passed `json:"layers"`
	Updates []Update `json:"updates"` // of each array of weights, in the order of the net
}

// Passed is a layer that images go through, and gradients come back.
type Passed struct {
	Dims     []int       `json:"dims"`     // of what it outputs for one image
	Output   run.Weights `json:"output"`   // what it outputs for the image; of many maps or numbers the first ones
	Gradient float64     `json:"gradient"` // mean magnitude of the gradient of Loss by what it outputs, over the batch
}

// Update is how the step changes an array of weights, and to the one with the largest gradient among them.
type Update struct {
	Layer    string  `json:"layer"`
	Name     string  `json:"name"` // of the array, such as "weights"
	Dims     []int   `json:"dims"`
	Size     float64 `json:"size"`     // root mean square of the weights before the step
	Gradient float64 `json:"gradient"` // mean magnitude of their gradients
	Moved    float64 `json:"moved"`    // root mean square of the differences that the step makes

	At             []int      `json:"at"` // where the one weight is
	Before         float32    `json:"before"`
	WeightGradient float32    `json:"weight_gradient"`
	After          float32    `json:"after"`
	Equations      []Equation `json:"equations"` // how the optimiser computes it
}

// Equation is one line of the arithmetic by which an optimiser moves a weight.
type Equation struct {
	Name    string  `json:"name"`    // of its result, such as "m"
	Says    string  `json:"says"`    // what that is, in words
	Formula string  `json:"formula"` // in symbols: g is the gradient, η the learning rate, w the weight, t the step
	Numbers string  `json:"numbers"` // the same in numbers; "" for none
	Value   float64 `json:"value"`   // the result
}
