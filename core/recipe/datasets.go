package recipe

import (
	"slices"
	"strings"

	"unpool/models/net"
)

// Dataset names a data set: one of the constants, or a folder made by Folder.
type Dataset string

// The data sets that have a name everywhere.
const (
	MNIST          Dataset = "mnist"
	FashionMNIST   Dataset = "fashion-mnist"
	EMNISTLetters  Dataset = "emnist-letters"
	EMNISTBalanced Dataset = "emnist-balanced"
	EMNISTDigits   Dataset = "emnist-digits"
	CIFAR10Report  Dataset = "cifar10-report"
	CIFAR10        Dataset = "cifar10"
	CIFAR10RGB     Dataset = "cifar10-rgb"
)

// DatasetInfo describes a data set.
type DatasetInfo struct {
	Name        Dataset
	Title       string // for people
	Origin      string // what it is a part of, or itself
	Of          string // what its images show
	Train, Test int    // images to train on, and to test on
	Side        int    // of its images in pixels; they are square
	Channels    int    // 1 for gray, 3 for red, green and blue
	Classes     []string
	Source      string // where people get it
	Files       string // what to get there, for people
	Download    int64  // bytes that are downloaded where it is missing; 0 if people have to get it themselves
}

// Datasets is the table of data sets, in the order a menu shows them.
var Datasets = []DatasetInfo{
	{
		// LeCun, Bottou, Bengio and Haffner, 1998.
		Name: MNIST, Title: "MNIST", Origin: "MNIST", Of: "handwritten digits",
		Train: 60_000, Test: 10_000, Side: 28, Channels: 1, Classes: digits,
		Source: "http://yann.lecun.com/exdb/mnist", Files: "train-images-idx3-ubyte.gz and the other three files",
	},
	{
		// Xiao, Rasul and Vollgraf, 2017.
		Name: FashionMNIST, Title: "Fashion-MNIST", Origin: "Fashion-MNIST", Of: "items of clothing",
		Train: 60_000, Test: 10_000, Side: 28, Channels: 1,
		Classes: []string{"T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"},
		Source:  "https://github.com/zalandoresearch/fashion-mnist", Files: "train-images-idx3-ubyte.gz and the other three files",
	},
	// EMNIST: Cohen, Afshar, Tapson and van Schaik, 2017.
	emnist(EMNISTLetters, "EMNIST letters", "handwritten letters, capital or small", 124_800, 20_800, letters("A", "Z")),
	emnist(EMNISTBalanced, "EMNIST balanced", "handwritten digits and letters", 112_800, 18_800,
		slices.Concat(digits, letters("A", "Z"), strings.Split("abdefghnqrt", ""))),
	emnist(EMNISTDigits, "EMNIST digits", "handwritten digits", 240_000, 40_000, digits),
	// CIFAR-10: Krizhevsky, 2009.
	cifar(CIFAR10Report, "CIFAR-10, the course report’s part", 10_000, 1_000, 28, 1),
	cifar(CIFAR10, "CIFAR-10, all of it", 50_000, 10_000, 28, 1),
	cifar(CIFAR10RGB, "CIFAR-10 in colour", 50_000, 10_000, 32, 3),
}

var digits = letters("0", "9")

// letters are the characters from one to another.
func letters(from, to string) (all []string) {
	for c := from[0]; c <= to[0]; c++ {
		all = append(all, string(c))
	}
	return all
}

func emnist(name Dataset, title, of string, train, test int, classes []string) DatasetInfo {
	return DatasetInfo{
		Name: name, Title: title, Origin: "EMNIST", Of: of, Train: train, Test: test, Side: 28, Channels: 1, Classes: classes,
		Source: "https://www.nist.gov/itl/products-and-services/emnist-dataset",
		Files:  "the four files of gzip.zip whose names begin with " + string(name),
	}
}

func cifar(name Dataset, title string, train, test, side, channels int) DatasetInfo {
	return DatasetInfo{
		Name: name, Title: title, Origin: "CIFAR-10", Of: "photographs", Train: train, Test: test, Side: side, Channels: channels,
		Classes: []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"},
		Source:  "https://www.cs.toronto.edu/~kriz/cifar.html", Files: "cifar-10-binary.tar.gz", Download: 170_052_171,
	}
}

// ExampleSheet is the file that a site has beside those of a data set: a row of Examples test images, balanced by class, as a PNG. That of
// MNIST, whose files lie among the static ones, has a prefix.
const ExampleSheet = "examples.png"

// Examples is how many test images are shown of a data set, where it has so many.
const Examples = 20

// Info returns the table's row for a data set. A folder has none.
func (d Dataset) Info() (info DatasetInfo, ok bool) {
	i := slices.IndexFunc(Datasets, func(row DatasetInfo) bool { return row.Name == d })
	if i < 0 {
		return DatasetInfo{}, false
	}
	return Datasets[i], true
}

// Related reports whether two data sets are of the same images: one and the same, or parts, sizes or colours of one.
func (d Dataset) Related(other Dataset) bool {
	info, known := d.Info()
	of, is := other.Info()
	return d == other || known && is && info.Origin == of.Origin
}

// Title returns the data set's name for people: a folder has its name only.
func (d Dataset) Title() string {
	if info, ok := d.Info(); ok {
		return info.Title
	}
	return string(d)
}

// folder begins the name of a data set that is a folder or zip of this machine.
const folder = "folder:"

// Folder names the data set in a directory or zip of class folders. Such a name means something on one machine only:
// recipes that come as JSON or in a link may not have one.
func Folder(path string) Dataset { return Dataset(folder + path) }

// UsualSplit is the share of each class of a folder that is usually set aside to test on.
const UsualSplit = 0.2

// Folder returns the path of a data set that is a folder or zip.
func (d Dataset) Folder() (path string, ok bool) { return strings.CutPrefix(string(d), folder) }

// Colour reports whether images have colours.
type Colour string

// The colours.
const (
	AsTheyAre Colour = "" // as in the data set
	Gray      Colour = "gray"
	RGB       Colour = "rgb"
)

// channels is the number of channels of a colour, 0 for as they are.
func (c Colour) channels() int { return map[Colour]int{Gray: 1, RGB: 3}[c] }

// colourOf is the colour that has a number of channels.
func colourOf(channels int) Colour { return map[int]Colour{1: Gray, 3: RGB}[channels] }

// imagesKnown reports whether the shape and classes of the images are known: of a folder, once it has been read.
func (r Recipe) imagesKnown() bool {
	_, ok := r.Dataset.Folder()
	return !ok || r.Size > 0 && r.Colour != AsTheyAre && r.Classes > 0
}

// Task is what the recipe's net is for: images of the data set's shape, or as Size and Colour ask, and its classes. Of a
// folder that has not been read yet, see Fit, it is images and classes like MNIST's.
func (r Recipe) Task() net.Task {
	info, ok := r.Dataset.Info()
	if !ok {
		info, _ = MNIST.Info()
	}
	side, channels, classes := info.Side, info.Channels, len(info.Classes)
	if r.Size > 0 {
		side = r.Size
	}
	if n := r.Colour.channels(); n > 0 {
		channels = n
	}
	if r.Classes > 0 {
		classes = r.Classes
	}
	return net.Task{Height: side, Width: side, Channels: channels, Classes: classes}
}

// Fit sets Size, Colour and Classes to those of a folder's images, so that the recipe says by itself what its
// net is for. Data sets with a name everywhere do not need this.
func (r *Recipe) Fit(side, channels, classes int) {
	if _, ok := r.Dataset.Folder(); ok {
		r.Size, r.Colour, r.Classes = side, colourOf(channels), classes
	}
}
