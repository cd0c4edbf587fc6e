package run

import (
	"math"
	"time"

	"unpool/core/recipe"
)

// Version is the version of the wire format, carried by every Start.
const Version = 1

// Event is one of *Start, *State, *Progress, *Metric, *Answers, *Weights, *Snapshot, *Statistics, *Rate, *Move, *End and
// *Unknown.
type Event interface{ kind() string }

// Durable reports whether an event belongs in a run's log. The others are for a display, and may be dropped.
func Durable(e Event) bool {
	switch e.(type) {
	case *State, *Progress, *Answers:
		return false
	}
	return true
}

// Where says what a run computes with.
type Where struct {
	Backend string `json:"backend"`           // the compute backend's name: "native", "wasm", "go", "xla:cuda", "xla:cpu"
	Tier    string `json:"tier"`              // in words: which instructions and how many threads, or which device
	Threads int    `json:"threads,omitempty"` // that compute; 0 for a GPU, and in logs from before it was kept
	// Precision is how products and convolutions round: "" for float32, "tf32" where a GPU rounds their factors to 10
	// bits.
	Precision string `json:"precision,omitempty"`
	// Machine is the processor or GPU in words, or Browser, and with XLA what else decides how it rounds; "" when
	// unknown, as in logs from before it was kept.
	Machine string `json:"machine,omitempty"`
	// Host is the name of the machine in its network; "" for a browser, and in logs from before it was kept. The numbers do not depend on it.
	Host string `json:"host,omitempty"`
}

// Browser is the machine of what a tab computes.
const Browser = "a browser"

// SameBits reports whether w's backend computes exact runs to the bits of v's. The native backend is the wasm backend with products and
// convolutions in the processor's own code.
func (w Where) SameBits(v Where) bool {
	own := func(backend string) bool { return backend == "native" || backend == "wasm" }
	return w.Backend == v.Backend || own(w.Backend) && own(v.Backend)
}

// Same reports whether w and v give a run the same numbers as far as is known: backends of the same bits, the same precision and
// machine, if both are known.
func (w Where) Same(v Where) bool {
	machine := w.Machine == v.Machine || w.Machine == "" || v.Machine == ""
	return w.SameBits(v) && w.Precision == v.Precision && machine
}

// String is w in a few words.
func (w Where) String() string {
	s := w.Backend
	for _, more := range []string{w.Machine, w.Precision} {
		if more != "" {
			s += ", " + more
		}
	}
	return s
}

// Start is the first event of a run, and the first after each resumption. It is the run's header: what the run is, and where it
// trains from here on.
type Start struct {
	Version    int           `json:"version"`
	ID         string        `json:"id,omitempty"`     // of the run, wherever it is kept; it and the next two are empty in logs from before they were kept
	Created    time.Time     `json:"created,omitzero"` // when the run began, not when it was resumed
	After      uint64        `json:"after,omitempty"`  // where a run is resumed: the number of the last event that is still valid. Those between it and this one are superseded
	Recipe     recipe.Recipe `json:"recipe"`
	Parameters int           `json:"parameters"` // trainable numbers
	Where
	TrainSize int `json:"train_size"` // images trained on, after the holdout
	TestSize  int `json:"test_size"`
	Step      int `json:"step,omitempty"` // training steps done before: not 0 when an earlier run is resumed

	Content *Content `json:"content,omitempty"` // of the data set; nil in logs from before it was kept
	Reading []string `json:"reading,omitempty"` // what the reading of the user's own files found and passed over, in lines; empty for other data sets
	// Snapshots is how many bytes the run's snapshots may take together; nil where nobody has chosen that.
	Snapshots *int64 `json:"snapshots,omitempty"`
}

// Content describes a data set, by which it is recognised wherever it is and whatever it is called.
type Content struct {
	Classes []string `json:"classes"`
	Train   int      `json:"train"` // images, before the holdout
	Test    int      `json:"test"`
	// TestCounts is how many of the test images each class has: [len(Classes)]; empty in logs from before it was kept.
	TestCounts []int  `json:"test_counts,omitempty"`
	Hash       string `json:"hash"` // of images and labels, see data.Dataset.Hash
}

// State says what the run is doing now, and how far that is when it takes time.
type State struct {
	Phase Phase  `json:"state"`           // from Loading to Paused
	Step  int    `json:"step"`            // training steps done
	Done  int64  `json:"done,omitempty"`  // of Total, in Unit
	Total int64  `json:"total,omitempty"` // 0 when unknown
	Unit  string `json:"unit,omitempty"`  // "bytes", "images"
}

// Progress is the light, frequent event between two metrics. It is for a display and may be dropped.
type Progress struct {
	Step            int     `json:"step"`
	Loss            float64 `json:"loss"` // of the last batch
	MsPerStep       float64 `json:"ms_per_step"`
	ImagesPerSecond float64 `json:"images_per_second"`
	Seconds         float64 `json:"seconds"`      // since the run began, pauses left out
	SecondsLeft     float64 `json:"seconds_left"` // an estimate, evaluations included
}

// Measure is a loss and an accuracy and how many images they were measured on.
type Measure struct {
	Loss     float64 `json:"loss"`     // mean cross-entropy, nats
	Accuracy float64 `json:"accuracy"` // 0 to 1
	N        int     `json:"n"`        // images
}

// Metric is one evaluation: a point on each curve.
type Metric struct {
	Step       int      `json:"step"`
	Seconds    float64  `json:"seconds"`
	Train      Measure  `json:"train"`
	Test       Measure  `json:"test"`
	Validation *Measure `json:"validation,omitempty"` // only with a holdout
	Final      bool     `json:"final,omitempty"`      // the last one, on all test images; a run that is resumed continues from it
}

// Weights is a picture of one layer's weights: Count small images of Height x Width x Channels on one scale.
// It is for looking at; a checkpoint keeps exact values.
type Weights struct {
	Step     int     `json:"step"`
	Layer    string  `json:"layer"`
	Count    int     `json:"count"`
	Height   int     `json:"height"`
	Width    int     `json:"width"`
	Channels int     `json:"channels"`
	Scale    float64 `json:"scale"`  // the largest magnitude: a value is Pixels[i]*Scale/127
	Pixels   Int8s   `json:"pixels"` // [Count, Height, Width, Channels], base64 in JSON
}

// Snapshot says that the net's weights were kept at a step, as an artifact of the run, in fewer bits than they have: enough to look
// at the net as it was. At most MaxSnapshots are kept at a time.
type Snapshot struct {
	Step     int    `json:"step"`
	Name     string `json:"name"`     // of the artifact
	Layers   int    `json:"layers"`   // arrays of weights in it
	Bytes    int64  `json:"bytes"`    // of the artifact
	SHA256   string `json:"sha256"`   // of the artifact
	Encoding string `json:"encoding"` // how weights are written, see core/checkpoint
	// Lost is how much accuracy the fewer bits cost on N test images, from -1 to 1: below 0 where they gained some.
	Lost    float64 `json:"lost"`
	N       int     `json:"n"`
	Removed bool    `json:"removed,omitempty"` // it was kept before, and makes room
}

// Missed says that the net's weights were to be kept at a step as a Snapshot, and why that was not possible. The run continues.
type Missed struct {
	Step  int    `json:"step"`
	Error string `json:"error"`
}

// Statistics are of the activations of a finished run's net: of its convolutional layers, on test images.
type Statistics struct {
	Step   int               `json:"step"`
	Images int               `json:"images"` // the first so many test images
	Layers []LayerStatistics `json:"layers"`
}

// LayerStatistics are of one layer's activations, after its ReLU, over all images, places and maps.
type LayerStatistics struct {
	Layer     string  `json:"layer"`
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"` // standard
	Min       float64 `json:"min"`
	Max       float64 `json:"max"`
	Zeros     float64 `json:"zeros"` // share of activations that are exactly 0, from 0 to 1
	Maps      int     `json:"maps"`
	Dead      int     `json:"dead"` // maps that are 0 everywhere for every image
}

// Rate says that the learning rate was changed while training; it applies from the step after Step.
type Rate struct {
	Step         int     `json:"step"`
	LearningRate float64 `json:"learning_rate"`
}

// Move says that the run is resumed with another backend, precision or machine than before; it applies from the step after Step.
type Move struct {
	Step int   `json:"step"`
	From Where `json:"from"`
	To   Where `json:"to"`
}

// End is the last event of a run.
type End struct {
	Status        Phase   `json:"status"` // Done, Stopped or Failed
	Steps         int     `json:"steps"`
	MsPerStep     float64 `json:"ms_per_step"` // mean over training steps, evaluations and pauses left out
	Seconds       float64 `json:"seconds"`
	Backend       string  `json:"backend"`
	WeightsSHA256 string  `json:"weights_sha256,omitempty"` // of every trainable tensor in order of name
	Error         string  `json:"error,omitempty"`          // what happened and why, for status failed
	Hint          string  `json:"hint,omitempty"`           // what to do
	Diverged      bool    `json:"diverged,omitempty"`       // for status failed: the loss or a weight was no longer a finite number
	Reason        string  `json:"reason,omitempty"`         // stopped: who stopped it and why, "" for the user; done: the recipe's condition that ended it early
}

// Unknown is an event of a newer program. Nobody here reads it, but it keeps its place and its text.
type Unknown struct {
	Type string
	more []byte // its other fields, as in a JSON object
}

// Int8s are signed bytes, written in JSON as standard base64.
type Int8s []int8

// Levels maps values to -127..127 so that the largest magnitude, which is the scale, is 127 (all zero: 0).
func Levels(values []float32) (scale float64, levels Int8s) {
	for _, v := range values {
		scale = max(scale, math.Abs(float64(v)))
	}
	levels = make(Int8s, len(values))
	if scale > 0 {
		for i, v := range values {
			levels[i] = int8(math.Round(float64(v) / scale * 127))
		}
	}
	return scale, levels
}

func (*Start) kind() string      { return "start" }
func (*State) kind() string      { return "state" }
func (*Progress) kind() string   { return "progress" }
func (*Metric) kind() string     { return "metric" }
func (*Answers) kind() string    { return "answers" }
func (*Weights) kind() string    { return "weights" }
func (*Snapshot) kind() string   { return "snapshot" }
func (*Missed) kind() string     { return "missed" }
func (*Statistics) kind() string { return "statistics" }
func (*Rate) kind() string       { return "rate" }
func (*Move) kind() string       { return "move" }
func (*End) kind() string        { return "end" }
func (u *Unknown) kind() string  { return u.Type }
