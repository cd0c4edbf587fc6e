package protocol

// ImageLayer takes the place of a layer's name for the image itself, as core/look has it.
const ImageLayer = "image"

// Embed says which images are to be laid out in the plane, and how far t-SNE is to come.
type Embed struct {
	Layer  string `json:"layer"`          // "" for the last before the logits
	Images int    `json:"images"`         // of the test images, drawn at random, always the same
	Until  int    `json:"until"`          // iterations of t-SNE; 0 for the principal components only. It goes on from those done before
	Like   *int   `json:"like,omitempty"` // the step whose picture it is to be turned like, where the trainer has that one
}

// Embedding is where images lie in the space of a layer's features, laid out in the plane.
type Embedding struct {
	Layer         string     `json:"layer"`
	Size          int        `json:"size"`   // features of an image
	Pool          int        `json:"pool"`   // each is the mean over a square of so many positions a side, or over so many steps; 1 where it is one activation
	Images        []int32    `json:"images"` // their numbers
	Classes       []int      `json:"classes"`
	Answers       []int      `json:"answers"` // the class that the net finds most probable
	Probabilities []float32  `json:"probabilities"`
	Components    []float32  `json:"components"` // [images, 2]: along the first two principal components
	Shares        [2]float64 `json:"shares"`     // of the variance that each explains
	Map           []float32  `json:"map"`        // [images, 2]: by t-SNE; empty before its first iteration
	Iteration     int        `json:"iteration"`
	Iterations    int        `json:"iterations"` // of which t-SNE is done
	Groups        []Group    `json:"groups"`     // of each class
	Near          float64    `json:"near"`       // of all images, as of Group
}

// Group are the images of a class in an Embedding.
type Group struct {
	Images     int        `json:"images"`
	Near       float64    `json:"near"` // the share of an image's ten nearest, in the space of the features, that have its class; the mean over the images
	Components [2]float64 `json:"components"`
	Map        [2]float64 `json:"map"` // where its images are, on average
}

// Probing says on how many training images linear classifiers are trained, and on how many test images they are tested.
type Probing struct {
	Images int `json:"images"` // of both, drawn at random, always the same
}

// Probes are how well a linear classifier tells the classes apart by what each layer outputs.
type Probes struct {
	Train  int     `json:"train"` // training images
	Test   int     `json:"test"`  // test images
	Layers []Probe `json:"layers"`
}

// Probe is one of them.
type Probe struct {
	Layer string  `json:"layer"`
	Size  int     `json:"size"` // as of Embedding, as the next
	Pool  int     `json:"pool"`
	Train float64 `json:"train"` // the share of the training images that are classified correctly
	Test  float64 `json:"test"`
}
