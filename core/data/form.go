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

// FormAsked is the form that a recipe asks of a folder's pictures.
func FormAsked(r recipe.Recipe) Form {
	if r.Colour == recipe.AsTheyAre {
		return Form{r.Size, 0}
	}
	return Form{r.Size, FormOf(r).Channels}
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
	planes := make([]*image.Gray, d.Channels)
	for c := range planes {
		planes[c] = image.NewGray(image.Rect(0, 0, d.Width, d.Height))
	}
	for _, s := range []struct{ from, to *Split }{{&d.Train, &out.Train}, {&d.Test, &out.Test}} {
		size := len(planes) * len(planes[0].Pix)
		s.to.Images = make([]byte, 0, s.from.Len()*f.size())
		for i := range s.from.Len() {
			for c, plane := range planes {
				pixels := s.from.Images[i*size:][c:size]
				for j := range plane.Pix {
					plane.Pix[j] = pixels[j*d.Channels]
				}
			}
			s.to.Images = append(s.to.Images, f.join(scale, f.planes(planes)...)...)
		}
	}
	return &out
}

// planes makes the channels of an image those of the form.
func (f Form) planes(from []*image.Gray) []*image.Gray {
	switch {
	case len(from) == f.Channels:
		return from
	case len(from) == 1:
		return []*image.Gray{from[0], from[0], from[0]}
	}
	gray := image.NewGray(from[0].Rect)
	for i := range gray.Pix {
		gray.Pix[i] = luma(from[0].Pix[i], from[1].Pix[i], from[2].Pix[i])
	}
	return []*image.Gray{gray}
}

// join resizes a picture's channels and puts them together: [Side, Side, Channels].
func (f Form) join(scale *resizer, channels ...*image.Gray) []byte {
	n := len(channels)
	out := make([]byte, f.Side*f.Side*n)
	if n == 1 {
		scale.resize(out, channels[0])
		return out
	}
	plane := make([]byte, f.Side*f.Side)
	for c, channel := range channels {
		scale.resize(plane, channel)
		for i, v := range plane {
			out[n*i+c] = v
		}
	}
	return out
}
