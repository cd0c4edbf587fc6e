package data

import (
	"fmt"
	"image"

	"unpool/core/recipe"
	"unpool/models/net"
)

// Form is what images are, or become when they are read.
type Form struct {
	Side     int // pixels in each direction; 0 for as they are
	Channels int // 1 for gray, 3 for red, green and blue; 0 for as they are
}

// defaultSide is the side of pictures that are of several sizes, or of one that no net takes: MNIST's.
var defaultSide = tableForm(recipe.MNIST).Side

// FormOf is the form of the images that a recipe's net takes.
func FormOf(r recipe.Recipe) Form {
	t := r.Task()
	return Form{t.Height, t.Channels}
}

// Want is how a user's pictures are to be read.
type Want struct {
	Form
	Split float64 // the share of each class to test on, where no folder says which pictures are; 0 for none
}

// WantOf is how the pictures of a recipe are read whose run has begun.
func WantOf(r recipe.Recipe) Want { return Want{FormOf(r), r.Split} }

// WantAsked is how a recipe asks for the pictures of a folder.
func WantAsked(r recipe.Recipe) Want {
	if r.Colour == recipe.AsTheyAre {
		return Want{Form{r.Size, 0}, r.Split}
	}
	return Want{Form{r.Size, FormOf(r).Channels}, r.Split}
}

// tableForm is the form of a data set that has a name everywhere.
func tableForm(name recipe.Dataset) Form {
	info, ok := name.Info()
	if !ok {
		panic(fmt.Sprintf("data: %q is not in the table of data sets", name))
	}
	return Form{info.Side, info.Channels}
}

// orElse is f, and other where f leaves something as it is.
func (f Form) orElse(other Form) Form {
	if f.Side == 0 {
		f.Side = other.Side
	}
	if f.Channels == 0 {
		f.Channels = other.Channels
	}
	return f
}

// size is the number of bytes of an image.
func (f Form) size() int { return f.Side * f.Side * f.Channels }

// takes reports whether nets take images of a size as they are.
func takes(size image.Point) bool {
	return size.X == size.Y && size.X >= net.MinSide && size.X <= net.MaxSide
}

// Form is the form of d's images.
func (d *Dataset) Form() Form { return Form{d.Height, d.Channels} }

// In returns d with its images in another form: gray by their luma, in colour with three channels that are one, resized as
// pictures are when they are read. What f leaves open stays as it is. d is not changed, and is returned itself if nothing is to
// be done.
func (d *Dataset) In(f Form) *Dataset {
	f = f.orElse(d.Form())
	if f == d.Form() {
		return d
	}
	out := *d
	out.hash = ""
	out.Height, out.Width, out.Channels = f.Side, f.Side, f.Channels
	scale := newResizer(image.Pt(d.Width, d.Height), image.Pt(f.Side, f.Side))
	row := make([]byte, d.Width*f.Channels)
	for _, s := range []struct{ from, to *Split }{{&d.Train, &out.Train}, {&d.Test, &out.Test}} {
		s.to.Images = make([]byte, s.from.Len()*f.size())
		for i := range s.from.Len() {
			image := s.from.Images[i*d.Form().size():]
			scale.resize(s.to.Images[i*f.size():][:f.size()], f.Channels, func(y int) []byte {
				return recolour(row, image[y*d.Width*d.Channels:][:d.Width*d.Channels], d.Channels)
			})
		}
	}
	return &out
}

// recolour writes pixels of so many channels to a row of as many pixels, whatever their channels: gray by their luma, or three that are one.
func recolour(to, pixels []byte, channels int) []byte {
	switch n := len(to) * channels / len(pixels); {
	case n == channels:
		return pixels
	case n == 1:
		for i := range to {
			to[i] = luma(pixels[3*i], pixels[3*i+1], pixels[3*i+2])
		}
	default:
		for i, v := range pixels {
			to[3*i], to[3*i+1], to[3*i+2] = v, v, v
		}
	}
	return to
}
