package protocol

import "unpool/core/run"

// LayerMap is a layer with weights, and of a deeper convolution one of its maps.
type LayerMap struct {
	Layer string `json:"layer"` // "" for the first
	Map   int    `json:"map,omitempty"`
}

// Filters are the weights of a layer.
type Filters struct {
	Layer  string   `json:"layer"`
	Layers []string `json:"layers"` // those that can be asked for, in the order of the net

	// Filters are, of the first layer, its filters or units; of a deeper convolution the kernels with which Map reads the layer's
	// input maps, the strongest first, at most 64 of them. Of a recurrent layer there are none, but Gates.
	Filters *run.Weights `json:"filters,omitempty"`
	Order   []int        `json:"order,omitempty"`  // of the first layer: places in Filters, that of the largest RMS first
	Map     int          `json:"map"`              // of a deeper convolution
	Maps    int          `json:"maps"`             // in the layer's output
	Inputs  []int        `json:"inputs,omitempty"` // of a deeper convolution: which map it reads each kernel is for
	Reads   int          `json:"reads,omitempty"`  // of a deeper convolution: how many maps it reads, and so kernels Map has

	// Of a first layer that is a convolution:
	RMS      []float32    `json:"rms,omitempty"`      // of each filter
	Spectrum *run.Weights `json:"spectrum,omitempty"` // the mean power spectrum of the filters, 1 on average, with frequency 0 in the middle
	Stride   int          `json:"stride,omitempty"`
	Findings []Finding    `json:"findings,omitempty"` // one for each check, whether it is found or not

	Gates []GateWeights `json:"gates,omitempty"` // of a recurrent layer
}

// Finding is the result of a check of the first layer's filters.
type Finding struct {
	ID        string    `json:"id"` // "dead", "dominating", "middle" or "aliasing"
	Title     string    `json:"title"`
	Found     bool      `json:"found"`
	Applies   bool      `json:"applies"`   // there is something to measure
	Value     float32   `json:"value"`     // of the layer
	Threshold float32   `json:"threshold"` // of the value
	Below     bool      `json:"below"`     // it is found below the threshold, and not above
	Unit      string    `json:"unit"`      // of value and threshold, to be read after them
	Each      []float32 `json:"each"`      // of each filter
	EachIs    string    `json:"each_is"`   // what is measured of each
	Filters   []int     `json:"filters"`   // those that have it
	Says      string    `json:"says"`      // all of this in a sentence
	Source    string    `json:"source"`
	Advice    string    `json:"advice"`

	Fix     string `json:"fix,omitempty"`      // the recipe of a run that tries to do something about it, in its URL form; "" for none
	FixSays string `json:"fix_says,omitempty"` // what is different in it
}

// GateWeights is the part of a recurrent layer's weights that makes one of its vectors.
type GateWeights struct {
	Name        string       `json:"name"`               // "state" of an RNN; "candidate", "input", "forget", "output", "update", "reset"
	Backward    bool         `json:"backward,omitempty"` // it reads from the end
	Strips      run.Weights  `json:"strips"`             // the weights of each unit for a step's input, one row each
	Order       []int        `json:"order"`              // of the strips, the one of the largest RMS first
	Matrix      run.Weights  `json:"matrix"`             // one image: from the unit of a row to that of a column
	Eigenvalues [][2]float32 `json:"eigenvalues"`        // of the matrix, real and imaginary parts
	Radius      float32      `json:"radius"`             // the largest magnitude among them
}
