// Package recipe says what to train: net, dataset, optimiser, steps and seed, as one small value that is JSON and fits in
// a URL. Two runs of one recipe on one backend and machine give the same losses. One table describes its fields (Fields); whatever reads,
// writes, asks for or shows a recipe is made from that table.
//
// It imports the standard library and models/net only. It knows which datasets exist by name, not how they are loaded.
package recipe

import (
	"sync"

	"unpool/models/net"
)

// Version is the version of the recipe's JSON and URL forms. Version 1 is read too, see version1.go; a reader refuses any
// other.
const Version = 2

// Optimizer names a training method.
type Optimizer string

// The optimisers.
const (
	Adam     Optimizer = "adam"     // Kingma and Ba, 2014; beta 0.9 and 0.999, epsilon 1e-7
	SGD      Optimizer = "sgd"      // stochastic gradient descent
	Momentum Optimizer = "momentum" // gradient descent with heavy-ball momentum
	RMSProp  Optimizer = "rmsprop"  // Tieleman and Hinton, 2012
)

// Schedule says how the learning rate changes while training.
type Schedule string

// The schedules.
const (
	Constant Schedule = ""       // it does not
	Cosine   Schedule = "cosine" // a short rise from 0, then half a cosine down to 0 at the last step (Loshchilov and Hutter, 2017)
)

// Eval says how much of the data an evaluation looks at.
type Eval string

// The evaluations. The last one of a run uses all test images either way.
const (
	EvalSample Eval = "sample" // a fixed seeded sample of 1,000 training and 1,000 test images, or of 250 before the first step
	EvalFull   Eval = "full"   // the sample of training images, and all test images
)

// Recipe is what to train. The zero value is not valid: start from a catalog entry (package models) or Default. Two recipes
// are equal where they say the same. Fields says what each field is for.
type Recipe struct {
	Version      int
	Net          string // its layers in the text form of models/net, as Net.String writes them
	Dataset      Dataset
	Size         int     // the side that images are resized to, in pixels; 0 for as they are
	Colour       Colour  // that images are given
	Classes      int     // of a folder; 0 for those of the data set
	Split        float64 // the share of a folder's pictures to test on, where they are not divided; 0 for none
	Optimizer    Optimizer
	LearningRate float64
	Momentum     float64
	Schedule     Schedule
	FilterRMS    float64 // the largest root mean square of a convolution's filter; 0 for any (Zeiler and Fergus, 2013, section 3)
	Batch        int
	Steps        int
	StopAt       float64 // an accuracy in percent that ends the run; 0 for none
	Patience     int     // evaluations without a better accuracy that end the run; 0 for any number
	Minutes      float64 // of training that end the run; 0 for any number
	Seed         uint64
	EvalEvery    int
	Eval         Eval
	Holdout      int
	Normalize    bool
	Exact        bool

	Augment // of training images
}

// Augment changes a training image differently each time it is seen, at random, as the recipe's seed decides. The zero value
// changes nothing.
type Augment struct {
	Shift  int
	Flip   bool
	Cutout int // DeVries and Taylor, 2017
}

// Plan works out the recipe's net for its task.
func (r Recipe) Plan() (*net.Plan, error) {
	n, err := net.Parse(r.Net)
	if err != nil {
		return nil, err
	}
	return n.Plan(r.Task())
}

// Recurrent reports whether the recipe's net reads an image step by step.
func (r Recipe) Recurrent() bool {
	n, err := net.Parse(r.Net)
	return err == nil && n.Recurrent()
}

// Default returns the recipe that has the default of each field.
func Default() Recipe { return defaults() }

var defaults = sync.OnceValue(func() Recipe {
	r := Recipe{Version: Version}
	for i := range Fields {
		if f := &Fields[i]; f.Applies(r) {
			f.mustSet(&r, f.Default)
		}
	}
	return r
})
