package protocol

import (
	"encoding/json"

	"unpool/core/run"
)

// Place is where a run is kept.
type Place string

// The places.
const (
	InBrowser Place = ""          // the trainer's store
	Published Place = "published" // the site's published results, which are runs by their names
	OnServer  Place = "server"    // the site's server, see core/api
)

// Look asks for an analysis of a run's net, with the weights after one of its snapshots' steps or, where the trainer's store keeps it, its
// last.
type Look struct {
	What  string `json:"what"`            // one of the Look… constants
	Run   string `json:"run"`             // its ID; the name of a published result
	Place Place  `json:"place,omitempty"` // where that is kept
	Step  int    `json:"step,omitempty"`  // after which the weights are
	// Wait says that a run under way waits until the answer is there; else the two take turns.
	Wait bool            `json:"wait,omitempty"`
	With json.RawMessage `json:"with,omitempty"` // what that analysis needs to know; nothing for LookStatistics
}

// The analyses.
const (
	LookStatistics = "statistics" // of the activations on all test images. The Result is run.Activations
	LookMaps       = "maps"       // TestImage: the output of each layer for an image. The Result is Maps
	LookProject    = "project"    // TestUnit: which pixels an activation comes from, by the first method of the net. The Result is Projections, as of the next two
	LookOthers     = "others"     // TestUnit: the same by the other methods that go back once
	LookIntegrate  = "integrate"  // TestUnit: the same by integrated gradients, which go back dozens of times
	LookStrongest  = "strongest"  // TestUnit: the images in which a map is strongest. The Result is Strongest
	LookPixel      = "pixel"      // TestUnit: the arithmetic of one activation. The Result is Arithmetic
	LookMistakes   = "mistakes"   // Among: how the test images are classified, and which wrongly. The Result is Mistakes
	LookOcclusion  = "occlusion"  // Cover: what the net makes of an image while a part of it is covered. The Result is Occlusion
	LookInvariance = "invariance" // Vary: by how much each layer's output changes while images are shifted, scaled or turned. The Result is Invariance
	LookEvolution  = "evolution"  // Evolve: what moves a layer's maps most, step after step. The Result is Evolution
	LookEmbedding  = "embedding"  // Embed: images laid out in the plane by their features. The Result is Embedding
	LookProbes     = "probes"     // Probing: how well the classes can be told apart by each layer. The Result is Probes
	LookParts      = "parts"      // Marking: images on which parts are marked. The Result is Marked
	LookSigns      = "signs"      // Marks: how alike the parts change each layer's features. The Result is Correspondence
	LookTransfer   = "transfer"   // Transferring: how well the net's features serve another data set. The Result is Transfer
	LookPicture    = "picture"    // TestImage: the image itself. The Result is Picture
	LookCompare    = "compare"    // Pair: the outputs of each layer for two images, or in two nets. The Result is Comparison
	LookScales     = "scales"     // Steps: how large the numbers of each layer become over some steps. The Result is Scales
	LookNumbers    = "numbers"    // Numbers: the numbers of a picture of one of the others. The Result is Nothing, with a file
	LookReading    = "reading"    // TestUnit: how a recurrent layer reads an image, step by step. The Result is Reading
	LookAcross     = "across"     // Across: what a unit of a recurrent layer does on many images. The Result is Acrossed
	LookFilters    = "filters"    // LayerMap: a layer's weights, and what is wrong with the first layer's. The Result is Filters
)

// TestImage is one of the test images, or one of the user's own.
type TestImage struct {
	Own   []byte `json:"own,omitempty"`   // the user's, as the data set has images; nil for a test image
	Image int    `json:"image"`           // its number, from 0
	By    int    `json:"by,omitempty"`    // 1 for the next one, -1 for the one before, 2 for the next but one; they wrap around
	Class *int   `json:"class,omitempty"` // of the class of a number only; nil for any. With By 0, the first from Image on
}

// Maps are the outputs of each layer for an image.
type Maps struct {
	Image         Picture       `json:"image"`
	Images        int           `json:"images"`   // test images that there are
	Training      int           `json:"training"` // training images that there are
	Classes       []string      `json:"classes"`
	Probabilities []float32     `json:"probabilities"` // of each class
	First         run.Weights   `json:"first"`         // the first layer's weights
	Layers        []run.Weights `json:"layers"`        // one image per map; of a vector a single row, of a sequence a row per step
	Recurrent     []string      `json:"recurrent"`     // the names of the recurrent layers
}

// Picture is a test image.
type Picture struct {
	Number   int    `json:"number"` // -1 for the user's own
	Class    int    `json:"class"`  // that it is of; -1 if unknown
	Height   int    `json:"height"`
	Width    int    `json:"width"`
	Channels int    `json:"channels"`
	Pixels   []byte `json:"pixels"` // [height, width, channels]
}

// TestUnit is an activation of a map of a layer for a test image, or one of the user's own.
type TestUnit struct {
	Own   []byte  `json:"own,omitempty"` // the user's; nil for a test image
	Image int     `json:"image"`
	Layer string  `json:"layer"`
	Map   int     `json:"map"`
	At    *[2]int `json:"at,omitempty"` // its row and column; nil for where the map is strongest. LookStrongest searches everywhere
	// Of LookStrongest: how many images to search, and whether these are the training images and not the test images.
	Among    int  `json:"among,omitempty"`
	Training bool `json:"training,omitempty"`
	// Of LookReading: nets that read the image, too, no two the same, and none the one that is asked about.
	Others []Net `json:"others,omitempty"`
}

// Unit is one activation of a map.
type Unit struct {
	Row    int     `json:"row"`
	Column int     `json:"column"`
	Value  float32 `json:"value"`
	Patch  [4]int  `json:"patch"` // what it can see: top, left, height and width, in pixels; what lies outside the image is padding
}

// Projections are which pixels an activation comes from, by several methods.
type Projections struct {
	Unit    Unit         `json:"unit"`
	Methods []Projection `json:"methods"`
}

// Projection is one of them, and the same for the net with the random weights that its training began with.
type Projection struct {
	Method    string      `json:"method"` // one of look.Methods
	Name      string      `json:"name"`   // of it, for people
	Says      string      `json:"says"`   // what it shows
	Trained   run.Weights `json:"trained"`
	Untrained run.Weights `json:"untrained"`
}

// Strongest are the images in which a map is strongest, and the same for the net with the random weights that its training began with.
type Strongest struct {
	Among     int    `json:"among"` // images that were searched
	Training  bool   `json:"training"`
	Method    string `json:"method"` // of the projections: the deconvnet's, or for nets without ReLUs the saliency
	Name      string `json:"name"`   // of it, for people
	Trained   Found  `json:"trained"`
	Untrained Found  `json:"untrained"`
}

// Found are the images in which a map is strongest, the strongest first, with a projection of each on a scale of its own.
type Found struct {
	Images      []Picture   `json:"images"`
	Units       []Unit      `json:"units"`
	Projections run.Weights `json:"projections"`
	Scales      []float64   `json:"scales"` // the largest magnitude of each projection
}

// Arithmetic is how one activation is computed from the layer before.
type Arithmetic struct {
	Unit Unit   `json:"unit"`
	Kind string `json:"kind"` // of layer, as in the net's text
	From string `json:"from"` // the layer before; "" for the image
	// Patch is the part of From's output that it is computed from: top, left, height and width; what lies outside is padding.
	Patch [4]int `json:"patch"`
	// Terms are what each map of From adds, the largest magnitude first; for a pool or an activation function the one map that there
	// is, with no weights.
	Terms []Term `json:"terms"`
	// Inputs, Kernels and Products have an image for each term: From's output in the patch, the weights, and each times the other. Kernels and
	// Products are empty where the layer has no weights.
	Inputs   run.Weights `json:"inputs"`
	Kernels  run.Weights `json:"kernels"`
	Products run.Weights `json:"products"`
	Others   int         `json:"others"` // maps that are not among the terms
	Rest     float32     `json:"rest"`   // what they add
	Bias     float32     `json:"bias"`
	// Then is the function of the terms, the rest and the bias that is the activation: "relu", "tanh", "sigmoid", "leaky" or "gelu"; "rnn",
	// "lstm" or "gru" for what Cell says; "" for none.
	Then string  `json:"then"`
	Won  *[2]int `json:"won,omitempty"`  // of a max pool: where in From's map the largest is, row and column
	Cell *Cell   `json:"cell,omitempty"` // of a recurrent layer
}

// Term is what a map of the layer before adds to an activation.
type Term struct {
	Map int     `json:"map"`
	Sum float32 `json:"sum"`
	// From is the layer that the map is of, where that is not the Arithmetic's: of a residual group the last of its layers.
	From string `json:"from,omitempty"`
}

// Cell is how a recurrent layer's unit computes its state at a step. Each of its gates is a function of what the step's input, the states
// before and a bias add. A plain layer's state is its only gate; an LSTM's is output·tanh(memory), where memory = forget·memory before +
// input·candidate; a GRU's is update·before + (1-update)·candidate, where the reset gates multiply the states before that the candidate
// reads. The terms, the rest and the bias of the Arithmetic are the candidate's, or the only gate's.
type Cell struct {
	Step         int     `json:"step"`               // that is read
	Backward     bool    `json:"backward,omitempty"` // the unit reads from the end
	State        float32 `json:"state"`              // the unit's, after it
	Before       float32 `json:"before"`             // the unit's state before; 0 at the first step
	Memory       float32 `json:"memory,omitempty"`   // of an LSTM
	MemoryBefore float32 `json:"memory_before,omitempty"`
	Gates        []Gate  `json:"gates"`        // "state"; "input", "forget", "candidate", "output"; "update", "reset", "candidate"
	States       []Term  `json:"states"`       // what the units of the states before add to the candidate, as Terms
	OtherStates  int     `json:"other_states"` // units that are not among them
	RestStates   float32 `json:"rest_states"`  // what those add
}

// Gate is one of a cell's.
type Gate struct {
	Name  string  `json:"name"`
	Input float32 `json:"input"` // what the step's input adds
	State float32 `json:"state"` // what the states before add
	Bias  float32 `json:"bias"`
	Then  string  `json:"then"` // "sigmoid" or "tanh", of the sum of the three
	Value float32 `json:"value"`
}

// Among says how many test images to classify, and which of them to show.
type Among struct {
	Among  int  `json:"among"`
	Class  *int `json:"class,omitempty"`  // of images of this class only; nil for any
	Answer *int `json:"answer,omitempty"` // of those that the net gives this class; nil for any, and then for mistakes only
	Surest bool `json:"surest,omitempty"` // first those of whose answer the net is most certain; else those whose own class it finds least probable
}

// Mistakes are how the net classifies test images, and some of them.
type Mistakes struct {
	Among  int       `json:"among"`  // images that were classified
	Wrong  int       `json:"wrong"`  // of them classified wrongly
	Counts []int     `json:"counts"` // [Classes, Classes] as of run.Answers: of each class, a row, how many are given each class, a column; nil for too many classes
	Fit    int       `json:"fit"`    // images that are as asked for
	Shown  []Mistake `json:"shown"`  // the first of them
	Tenths []Tenth   `json:"tenths"` // of the probabilities of the answers
	Off    float64   `json:"off"`    // by how much those differ from the share that is right: the expected calibration error
}

// Mistake is an image that is classified, in most cases wrongly.
type Mistake struct {
	Image       Picture `json:"image"`
	Answer      int     `json:"answer"`      // the class that the net finds most probable
	Probability float32 `json:"probability"` // of that class
	True        float32 `json:"true"`        // of the image's own class
}

// Tenth are the images whose answer has a probability in a tenth of the range from 0 to 1.
type Tenth struct {
	Images int     `json:"images"`
	Right  int     `json:"right"` // of them classified correctly
	Mean   float64 `json:"mean"`  // probability of their answers
}

// Cover says how parts of an image are covered, one place after another.
type Cover struct {
	Own    []byte `json:"own,omitempty"` // the user's; nil for a test image
	Image  int    `json:"image"`
	Layer  string `json:"layer"`          // "" for the last with maps
	Map    *int   `json:"map,omitempty"`  // nil for the one whose sum is largest for the whole image
	Size   int    `json:"size"`           // pixels of a side of a square, or rows
	Stride int    `json:"stride"`         // pixels from one place to the next
	Rows   bool   `json:"rows,omitempty"` // whole rows are covered
}

// Occlusion is what the net makes of an image while a part of it is covered. Sums and Chances are one image each, with a value for each place.
type Occlusion struct {
	Colour      []byte      `json:"colour"` // of the cover, [channels]: the mean of the training images
	Places      [][4]int    `json:"places"` // what is covered, row by row: top, left, height and width, in pixels
	Layer       string      `json:"layer"`
	Map         int         `json:"map"`
	Whole       float32     `json:"whole"`       // the map, summed over its positions, for the whole image
	Sums        run.Weights `json:"sums"`        // by how much it changes
	Class       int         `json:"class"`       // the image's own or, where that is unknown, the net's answer for the whole image
	Probability float32     `json:"probability"` // of it, for the whole image
	Chances     run.Weights `json:"chances"`     // the probability of that class
	Answers     []int       `json:"answers"`     // [places]: the class that the net finds most probable
}

// Pair are two images, the first for the net that is asked about, the second for that net or for another.
type Pair struct {
	First  TestImage `json:"first"`
	Second TestImage `json:"second"`
	Run    string    `json:"run"` // of the second
	Place  Place     `json:"place,omitempty"`
	Step   int       `json:"step,omitempty"`
}

// Comparison has the outputs of each layer for both of a Pair. Layers that both nets have in one shape are on one scale.
type Comparison struct {
	First       Maps          `json:"first"`
	Second      Maps          `json:"second"`
	Differences []run.Weights `json:"differences"` // of those layers: the second minus the first
}

// Steps are some steps of the run of which there are weights, and an image.
type Steps struct {
	Image TestImage `json:"image"`
	Steps []int     `json:"steps"`
}

// Scales are the largest magnitudes over some Steps, so that pictures can be on one scale after each of them.
type Scales struct {
	First  float64            `json:"first"`  // of the first layer's weights
	Layers map[string]float64 `json:"layers"` // of each layer's output for the image
}

// Numbers are those of a picture that another analysis made, as a file of NumPy: f32, as in the trainer. Weights of a snapshot have eight bits.
type Numbers struct {
	What string          `json:"what"` // the analysis
	With json.RawMessage `json:"with"` // the request that it answered
	// Picture is which of its pictures: the name of a layer or of a method, one of the constants below, or a name after Untrained, Difference, Second, Strips, Matrix or Eigenvalues.
	Picture string `json:"picture"`
}

// What the pictures of analyses are called where it is not a layer's or a method's name.
const (
	FirstWeights = "first"
	Inputs       = "inputs"  // of Arithmetic, as the next two
	Kernels      = "kernels" // of Filters, too
	Products     = "products"
	Sums         = "sums" // of Occlusion, as the next two
	Chances      = "chances"
	Answers      = "answers"
	Distances    = "distances"  // of Invariance, which has Chances, too
	Components   = "components" // of Embedding, as the next
	Map          = "map"
	Accuracies   = "accuracies" // of Probes, and of Transfer
	Signs        = "signs"      // of Correspondence
	Spectrum     = "spectrum"   // of Filters, as the next three
	Strips       = "strips-"    // and the name of a gate, and "-backward" where the layer reads from the end
	Matrix       = "matrix-"
	Eigenvalues  = "eigenvalues-"
	States       = "states-"   // of Reading: and the name of a trace, and "-backward" of what reads from the end; of Acrossed without those
	Gradients    = "gradients" // of Reading: of the net, and then of the others
	Means        = "means"     // of Acrossed
	Untrained    = "untrained-"
	Difference   = "difference-" // of Comparison, as the next
	Second       = "second-"
)
