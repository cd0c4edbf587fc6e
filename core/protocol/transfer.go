package protocol

import "unpool/core/recipe"

// Transferring says for which other data set the net's features are to be tried.
type Transferring struct {
	To     recipe.Dataset `json:"to"`
	Images int            `json:"images"` // training images at most, of all classes together, and as many test images
	Seeds  int            `json:"seeds"`  // by which other training images are drawn
}

// Transfer is how well the net's features serve another data set.
type Transfer struct {
	Layer   string  `json:"layer"` // whose features they are
	Size    int     `json:"size"`  // as of Embedding, as the next
	Pool    int     `json:"pool"`
	Becomes string  `json:"becomes"` // what the images became to be read by the net, as of recipe.Dataset
	Classes int     `json:"classes"`
	Test    int     `json:"test"`  // test images
	Steps   int     `json:"steps"` // of a net that is trained from scratch
	Batch   int     `json:"batch"` // images of each of them
	Seeds   int     `json:"seeds"`
	Says    string  `json:"says"` // how the three compare, in words
	Given   []Given `json:"given"`
}

// Given is what comes of some training images: how many of the test images are classified correctly, by a softmax on the net's features, by one on those of
// the net before training, and by a net that is trained from scratch.
type Given struct {
	Each     int       `json:"each"` // images a class
	Images   int       `json:"images"`
	All      bool      `json:"all"` // there are no more
	Features OverSeeds `json:"features"`
	Random   OverSeeds `json:"random"`
	Scratch  OverSeeds `json:"scratch"`
}

// OverSeeds are the mean and the standard deviation over the seeds.
type OverSeeds struct {
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"`
}
