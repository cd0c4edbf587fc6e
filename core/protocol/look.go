package protocol

import (
	"encoding/json"

	"unpool/core/run"
)

// Look asks for an analysis of a net: of a run that the trainer's store keeps, with the weights after one of its snapshots' steps or
// its last, or of a published result.
type Look struct {
	What string `json:"what"`           // one of the Look… constants
	Run  string `json:"run"`            // its ID; the name of a published result
	Step int    `json:"step,omitempty"` // after which the weights are
	// Published says that Run is the name of one of the site's published results.
	Published bool            `json:"published,omitempty"`
	With      json.RawMessage `json:"with,omitempty"` // what that analysis needs to know; nothing for LookStatistics
}

// The analyses.
const (
	LookStatistics = "statistics" // of the activations on all test images. The Result is run.Activations
	LookMaps       = "maps"       // TestImage: what each layer gives for an image. The Result is Maps
	LookProject    = "project"    // TestUnit: which pixels an activation comes from. The Result is Projections
	LookStrongest  = "strongest"  // TestUnit: the images in which a map is strongest. The Result is Strongest
)

// TestImage is one of the test images, or one of the user's own.
type TestImage struct {
	Own   []byte `json:"own,omitempty"`   // the user's, as the data set has images; nil for a test image
	Image int    `json:"image"`           // its number, from 0
	By    int    `json:"by,omitempty"`    // 1 for the next one, -1 for the one before; they go round
	Class *int   `json:"class,omitempty"` // of the class of a number only; nil for any. With By 0, the first from Image on
}

// Maps are what each layer gives for an image.
type Maps struct {
	Image         Picture       `json:"image"`
	Images        int           `json:"images"` // that there are
	Classes       []string      `json:"classes"`
	Probabilities []float32     `json:"probabilities"` // of each class
	First         run.Weights   `json:"first"`         // the first layer's weights
	Layers        []run.Weights `json:"layers"`        // an image a map; of a vector one of a single row, of a sequence one with a row a step
}

// Picture is a test image.
type Picture struct {
	Number   int    `json:"number"` // -1 for the user's own
	Class    int    `json:"class"`  // that it is of; -1 where nobody says
	Height   int    `json:"height"`
	Width    int    `json:"width"`
	Channels int    `json:"channels"`
	Pixels   []byte `json:"pixels"` // [height, width, channels]
}

// TestUnit is a map of a layer, where it is strongest for a test image, or one of the user's own.
type TestUnit struct {
	Own   []byte `json:"own,omitempty"` // the user's; nil for a test image
	Image int    `json:"image"`
	Layer string `json:"layer"`
	Map   int    `json:"map"`
	Among int    `json:"among,omitempty"` // of LookStrongest: how many test images to search
}

// Unit is one activation of a map.
type Unit struct {
	Row    int     `json:"row"`
	Column int     `json:"column"`
	Value  float32 `json:"value"`
	Patch  [4]int  `json:"patch"` // what it can see: top, left, height and width, in pixels; what lies outside of the image is padding
}

// Projections are which pixels an activation comes from, by several methods.
type Projections struct {
	Unit    Unit         `json:"unit"`
	Methods []Projection `json:"methods"`
}

// Projection is one of them, and the same for the net with the random weights that its training began with.
type Projection struct {
	Method    string      `json:"method"` // one of look.Methods
	Trained   run.Weights `json:"trained"`
	Untrained run.Weights `json:"untrained"`
}

// Strongest are the images in which a map is strongest, the strongest first, with a projection of each, by the method that its layer names:
// the deconvnet's, or for nets without ReLUs the saliency.
type Strongest struct {
	Among       int         `json:"among"` // images that were searched
	Images      []Picture   `json:"images"`
	Units       []Unit      `json:"units"`
	Projections run.Weights `json:"projections"`
}
