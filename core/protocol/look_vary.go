package protocol

import "unpool/core/run"

// Vary says how an image, and with it a few test images of other classes, are changed.
type Vary struct {
	Own   []byte `json:"own,omitempty"` // the user's; nil for a test image
	Image int    `json:"image"`
	Kind  string `json:"kind"` // one of warp.Kinds
}

// Invariance is by how much the output of each layer changes, and what the net answers, while images are changed by more and more.
type Invariance struct {
	Kind      string    `json:"kind"`
	Images    []Picture `json:"images"`    // the first is the one asked about
	Classes   []int     `json:"classes"`   // [images]: the image's own or, where that is unknown, the net's answer for it
	Layers    []string  `json:"layers"`    // in the order of the net
	First     string    `json:"first"`     // of Layers: the first with weights
	Last      string    `json:"last"`      // the last with weights, before the logits
	Distances []float32 `json:"distances"` // [layers, images, amounts], as of look.Invariance; the amounts are those of warp.Kind.Amounts
	Chances   []float32 `json:"chances"`   // [images, amounts]: the probability of the class
	Answers   []int     `json:"answers"`   // [images, amounts]: the class that the net finds most probable
	Small     []float64 `json:"small"`     // [layers]: by how much small changes change its output
	Verdict   int       `json:"verdict"`   // index into look.Verdicts: 0 where the last layer changes less than the first, 1 where more, 2 where both are alike
	Says      string    `json:"says"`      // what that means for the paper's finding
}

// Evolve asks for what moves a layer's maps most after each of some steps.
type Evolve struct {
	Layer    string `json:"layer"`         // "" for the last with maps
	Map      *int   `json:"map,omitempty"` // nil for the strongest ones
	Among    int    `json:"among"`         // how many images to search
	Training bool   `json:"training,omitempty"`
	Steps    []int  `json:"steps"` // in order
}

// Evolution is that, map by map.
type Evolution struct {
	Layer  string    `json:"layer"`
	Among  int       `json:"among"` // images that were searched
	Name   string    `json:"name"`  // of the method of the projections, for people
	Steps  []int     `json:"steps"`
	Height int       `json:"height"` // of the parts of images that activations see, in pixels
	Width  int       `json:"width"`
	Maps   []Evolved `json:"maps"`
}

// Evolved is what moves one map most after each step.
type Evolved struct {
	Map         int         `json:"map"`
	Leads       []Lead      `json:"leads"`       // [steps]
	Parts       []byte      `json:"parts"`       // [steps, Height, Width, channels]: what the activation sees of the image
	Projections run.Weights `json:"projections"` // an image a step, all on one scale: which of these pixels the activation comes from
}

// Lead is the image that moves a map most after a step.
type Lead struct {
	Image   int     `json:"image"`             // its number
	Class   int     `json:"class"`             // that it is of
	Changed bool    `json:"changed,omitempty"` // it is another one than after the step before
	Value   float32 `json:"value"`             // the activation
}
