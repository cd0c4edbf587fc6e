// Package recipe says what to train: architecture, dataset, optimiser, steps and seed, as one small value that
// is JSON and fits in a URL. Two runs of one recipe on one backend say the same thing.
//
// It imports the standard library only. It knows which architectures and datasets exist by name, not how they
// are built or loaded.
package recipe

import "strings"

// Version is the version of the recipe's JSON and URL forms. A reader refuses any other.
const Version = 1

// Arch names an architecture. Package models has the net of each.
type Arch string

// The architectures.
const (
	RNN     Arch = "rnn"      // plain recurrent net (tanh), an image read row by row
	LSTM    Arch = "lstm"     // long short-term memory, likewise
	GRU     Arch = "gru"      // gated recurrent unit, likewise
	LeNet5  Arch = "lenet5"   // two 5x5 convolutions, two fully connected layers
	BNCNN   Arch = "bncnn"    // three convolutions with batch normalisation and dropout
	VGG     Arch = "vgg"      // five 3x3 convolutions with batch normalisation, and the mean of the last one's maps
	VGGWide Arch = "vgg-wide" // the same with more maps in its later layers
)

// Recurrent reports whether a reads an image row by row and has a number of units.
func (a Arch) Recurrent() bool { return a == RNN || a == LSTM || a == GRU }

// Dropout reports whether a has dropout layers.
func (a Arch) Dropout() bool { return a == BNCNN || a == VGG || a == VGGWide }

// Dataset names a dataset: one of the constants, or a folder made by Folder.
type Dataset string

// The datasets that have a name everywhere.
const (
	MNIST         Dataset = "mnist"          // 60,000 + 10,000 handwritten digits, 28x28 gray
	CIFAR10Report Dataset = "cifar10-report" // the report's CIFAR-10 subset: 10,000 + 1,000, 28x28 gray
	CIFAR10       Dataset = "cifar10"        // all of CIFAR-10: 50,000 + 10,000 photographs, 28x28 gray
	CIFAR10RGB    Dataset = "cifar10-rgb"    // the same in colour as they are, 32x32
)

// Shape returns the height and width of a dataset's images in pixels, and their channels: 1 for gray, 3 for red, green
// and blue.
func (d Dataset) Shape() (side, channels int) {
	if d == CIFAR10RGB {
		return 32, 3
	}
	return 28, 1
}

// folder begins the name of a dataset that is a folder or zip of this machine.
const folder = "folder:"

// Folder names the dataset in a directory or zip of class folders. Such a name means something on one machine only:
// recipes that come as JSON or in a link may not have one.
func Folder(path string) Dataset { return Dataset(folder + path) }

// Folder returns the path of a dataset that is a folder or zip.
func (d Dataset) Folder() (path string, ok bool) { return strings.CutPrefix(string(d), folder) }

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

// Recipe is what to train. The zero value is not valid: start from a catalog entry (package models) or Default.
type Recipe struct {
	Version      int       `json:"version"`
	Arch         Arch      `json:"arch"`
	Units        int       `json:"units,omitempty"` // hidden units of a recurrent net; 0 for the others
	Dataset      Dataset   `json:"dataset"`
	Optimizer    Optimizer `json:"optimizer"`
	LearningRate float64   `json:"learning_rate"`
	Momentum     float64   `json:"momentum,omitempty"` // for the momentum optimiser only
	Schedule     Schedule  `json:"schedule,omitempty"`
	Batch        int       `json:"batch"`
	Steps        int       `json:"steps"`
	Seed         uint64    `json:"seed"`
	EvalEvery    int       `json:"eval_every"` // steps between evaluations
	Eval         Eval      `json:"eval"`
	Holdout      int       `json:"holdout,omitempty"`    // training images kept back as the validation set
	Normalize    bool      `json:"normalize,omitempty"`  // feed each channel with mean 0 and standard deviation 1
	NoDropout    bool      `json:"no_dropout,omitempty"` // train the net without its dropout layers
	Exact        bool      `json:"exact,omitempty"`      // the same bits in every browser and natively

	Augment // of training images; its fields stand among the recipe's own in JSON and in a link
}

// Augment changes a training image anew each time it is seen, by chance that the recipe's seed decides. The zero value
// changes nothing.
type Augment struct {
	Shift  int  `json:"shift,omitempty"`  // pixels that an image moves at most, in each direction
	Flip   bool `json:"flip,omitempty"`   // mirror half of the images left to right
	Cutout int  `json:"cutout,omitempty"` // side in pixels of a square that is blanked out (DeVries and Taylor, 2017)
}
