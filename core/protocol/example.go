package protocol

import "unpool/core/recipe"

// Example asks the outputs of a few layers for numbers that the request states. A figure that explains a layer thus shows what the model code
// computes. The Result is Outputs.
type Example struct {
	Net      string    `json:"net"` // its layers, as net.Parse reads them
	Height   int       `json:"height"`
	Width    int       `json:"width"`
	Channels int       `json:"channels"`
	Input    []float32 `json:"input"` // [images, height, width, channels]
	// Weights are variables by layer and name, such as "conv1/weights". The others are as training begins with them.
	Weights map[string][]float32 `json:"weights,omitempty"`
	Train   bool                 `json:"train,omitempty"` // dropout drops, and batch normalisation uses the images' own statistics
	Step    int                  `json:"step,omitempty"`  // of the training: another one drops other values
	// Back asks for what the last layer's output comes to on its way back to the input: each value goes where its gradient would.
	Back bool `json:"back,omitempty"`
	// Label asks for the loss of the images, which all are of this class of two, and for its gradients; nil for none.
	Label *int `json:"label,omitempty"`
}

// Outputs are those of an Example's layers.
type Outputs struct {
	Layers []Output  `json:"layers"`         // in the order of the net, without the logits
	Back   []float32 `json:"back,omitempty"` // [images, height, width, channels]

	Loss float32 `json:"loss,omitempty"` // in nats, the mean over the images; only with a label, as Gradients, and the logits among Layers
	// Gradients are the loss's, by each layer's output ("fc1") and by each weight ("fc1/weights").
	Gradients map[string][]float32 `json:"gradients,omitempty"`
}

// Output is the output of one layer.
type Output struct {
	Layer  string    `json:"layer"`
	Shape  []int     `json:"shape"`  // for one image
	Values []float32 `json:"values"` // [images, shape...]
}

// Logits asks for softmax and cross-entropy of a net's last layer for one image. The Result is Loss.
type Logits struct {
	Logits []float32 `json:"logits"` // of each class
	Label  int       `json:"label"`  // the right class
}

// Loss is the result of Logits.
type Loss struct {
	Probabilities []float32 `json:"probabilities"`
	Loss          float32   `json:"loss"`     // in nats
	Gradient      []float32 `json:"gradient"` // of the loss by each logit
}

// Descent asks how training methods do on a problem: a net's loss on a few images, over some steps from the same weights. The Result
// is Descents.
type Descent struct {
	Example
	Labels     []int              `json:"labels"`     // of the images, 0 or 1
	Optimizers []recipe.Optimizer `json:"optimizers"` // each takes its own path
	Rate       float64            `json:"rate"`       // the learning rate
	Steps      int                `json:"steps"`
}

// Descents are the losses on these paths.
type Descents struct {
	Losses [][]float64 `json:"losses"` // of each optimiser before the first step and after each; up to the last that is a number
}
