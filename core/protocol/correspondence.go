package protocol

import (
	"fmt"
	"strings"
)

// Mark is a part of a test image.
type Mark struct {
	Image int    `json:"image"` // its number
	Part  [4]int `json:"part"`  // top, left, height and width, in pixels
}

// String writes a mark as links and commands have it: IMAGE:TOP.LEFT.HEIGHT.WIDTH, all counted from 0.
func (m Mark) String() string {
	return fmt.Sprintf("%d:%d.%d.%d.%d", m.Image, m.Part[0], m.Part[1], m.Part[2], m.Part[3])
}

// Marking asks for the images on which parts are marked: those of Marks or, where there are none or one of them does not fit, an image and the next ones of
// its class with their middles marked.
type Marking struct {
	Marks []Mark `json:"marks"`
	Image int    `json:"image"` // the number of the first; -1 for the first of Class
	Class int    `json:"class"`
	Count int    `json:"count"` // how many; those that Marks lack are as the last of them; 0 for as many as are usual, or as there are Marks
}

// Marked are parts of images.
type Marked struct {
	Marks  []Mark    `json:"marks"`
	Images []Picture `json:"images"` // of the marks
	Most   int       `json:"most"`   // how many marks there can be
	Colour []byte    `json:"colour"` // that covers the parts, [channels]: the mean of the training images
}

// Marks are the parts whose correspondence is looked at.
type Marks struct {
	Marks []Mark `json:"marks"`
}

// Correspondence is, for each layer, how differently its features change in several images when a part of each is covered: the share of the features whose
// change has another sign in one image than in another, on average over the pairs of images.
type Correspondence struct {
	Layers []Agreement `json:"layers"` // in the order of the net, the image first
	Draws  int         `json:"draws"`  // of random places, of each kind
	Says   string      `json:"says"`   // what that means for the paper's finding
}

// Agreement is that share at a layer.
type Agreement struct {
	Layer  string  `json:"layer"`
	Marked float64 `json:"marked"` // for the marked parts
	Own    Drawn   `json:"own"`    // for parts of the same size at random places of each image
	One    Drawn   `json:"one"`    // for parts of the same size at one random place of all images
}

// Drawn is it over several draws.
type Drawn struct {
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"`
	AsLow     int     `json:"as_low"` // draws in which it is no larger than for the marked parts
}

// MarkOf reads what String writes; ok is false for anything else.
func MarkOf(text string) (m Mark, ok bool) {
	_, err := fmt.Sscanf(text, "%d:%d.%d.%d.%d", &m.Image, &m.Part[0], &m.Part[1], &m.Part[2], &m.Part[3])
	return m, err == nil && m.String() == text
}

// MarksOf reads marks with commas between them; nil where one of them is none.
func MarksOf(text string) (all []Mark) {
	for _, one := range strings.Split(text, ",") {
		m, ok := MarkOf(one)
		if !ok {
			return nil
		}
		all = append(all, m)
	}
	return all
}
