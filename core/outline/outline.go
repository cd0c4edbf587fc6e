// Package outline says which parts a report on a net has, in which order, and what they are called, for the page and the command line, which
// both write one. It does not know what is in them.
package outline

// Part is one of the parts. Its value is the name that serve look has for it.
type Part string

const (
	Deconv         Part = "deconv"
	Evolution      Part = "evolution"
	Invariance     Part = "invariance"
	Filters        Part = "filters"
	Occlusion      Part = "occlusion"
	Correspondence Part = "correspondence"
	Probes         Part = "probes"
	Transfer       Part = "transfer"
	Rows           Part = "rows"
	Embedding      Part = "embedding"
	Mistakes       Part = "mistakes"
	Statistics     Part = "stats"
)

// Parts are in the order of Zeiler and Fergus, Visualizing and Understanding Convolutional Networks (2013), and then what the paper does not have.
var Parts = []Part{Deconv, Evolution, Invariance, Filters, Occlusion, Correspondence, Probes, Transfer, Rows, Embedding, Mistakes, Statistics}

var titles = map[Part]string{
	Deconv:         "What activates the maps, and which pixels contribute (figure 2)",
	Evolution:      "Evolution of the features during training (figure 4)",
	Invariance:     "Invariance to shift, scale and rotation (figure 5)",
	Filters:        "The first layer’s weights, and what is wrong with them (figure 6)",
	Occlusion:      "Occlusion (figure 7)",
	Correspondence: "Correspondence of parts of several images (table 1)",
	Probes:         "How well each layer separates the classes (section 5)",
	Transfer:       "Features of one data set for another (section 5.2)",
	Rows:           "How the net reads an image, row by row",
	Embedding:      "Test images by the net’s features",
	Mistakes:       "Mistakes, and how far the probabilities can be trusted",
	Statistics:     "Statistics of the activations",
}

// Title is the part's heading.
func (p Part) Title() string { return titles[p] }

// Source says what the order is.
const Source = "The parts follow Zeiler and Fergus, Visualizing and Understanding Convolutional Networks (2013)."
