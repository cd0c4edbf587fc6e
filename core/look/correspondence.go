package look

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
	"unpool/core/number"
	"unpool/core/random"
)

// Of correspondence.
const (
	Draws      = 20            // of each control
	MostParts  = fewImages / 2 // each image goes through the net twice: whole and with its part covered
	UsualParts = 5             // as many images as in the paper
)

// Correspondence is how differently each layer's features change in several images when a part of each is covered: the share of the features whose
// change has another sign in one image than in another, on average over the pairs of images (Zeiler and Fergus, 2013, section 4.3 and table 1; they
// add up over the pairs). A feature that does not change has a sign of its own, 0. Beside the marked parts there are two controls, parts of the same
// size at random places: the paper's, in which each image has a place of its own, and one in which all images have the same place. Features of
// parts that lie at the same place agree already because the rest of the image does not change.
type Correspondence struct {
	Layers []string  // in the order of the net, the image first
	Maps   string    // of Layers: the last with maps, see LastMaps
	Differ []float32 // [layers, 1+2*Draws]: of the marked parts, of each draw of places of their own, of each draw of one place for all
}

// ErrParts says that some parts cannot be compared.
var ErrParts = errors.New("look: these parts cannot be compared")

// Control is which random places there are beside the marked ones.
type Control int

// The controls.
const (
	OwnPlaces Control = iota // of each image
	OnePlace                 // of all images
)

// Spread is of a layer over the draws of a control.
type Spread struct {
	Mean, Deviation float64
	AsLow           int // draws that differ no more than the marked parts do
}

// Within reports whether a part is one of an image of some size.
func Within(p [4]int, height, width int) bool {
	return p[0] >= 0 && p[1] >= 0 && p[2] >= 1 && p[3] >= 1 && p[2] <= height-p[0] && p[3] <= width-p[1]
}

// Centre is the part of an image that is covered where none is marked: a square in its middle with a quarter of its height.
func Centre(height, width int) [4]int {
	side := max(1, min(height/4, width))
	return [4]int{(height - side) / 2, (width - side) / 2, side, side}
}

// SameClass are the numbers of some images of the class of the first of them, which is given: the next ones, from the beginning again after the last; at most
// so many.
func SameClass(s data.Split, first, most int) []int {
	numbers := []int{first}
	for by := 1; by < s.Len() && len(numbers) < most; by++ {
		if at := (first + by) % s.Len(); s.Labels[at] == s.Labels[first] {
			numbers = append(numbers, at)
		}
	}
	return numbers
}

// Correspondence covers a part of each of 2 to MostParts images, which are as those of the data set, one after the other: the marked one, and then as
// many as there are draws. Parts are top, left, height and width, in pixels. Progress is in images. The same images and parts have the same draws.
func (n *Net) Correspondence(ctx context.Context, images []byte, parts [][4]int, colour []byte, progress Progress) (*Correspondence, error) {
	count, err := n.count(images)
	t := n.Plan.Task
	switch {
	case err != nil:
		return nil, err
	case count < 2 || count > MostParts:
		return nil, fmt.Errorf("%w: %d, and there must be 2 to %d", ErrParts, count, MostParts)
	case len(parts) != count:
		return nil, fmt.Errorf("%w: %d of %d images", ErrParts, len(parts), count)
	case len(colour) != t.Channels:
		return nil, fmt.Errorf("look: a colour of %d channels for images of %d", len(colour), t.Channels)
	}
	for _, p := range parts {
		if !Within(p, t.Height, t.Width) {
			return nil, fmt.Errorf("%w: %d by %d pixels from row %d and column %d, both counted from 0, are not within an image of %d by %d", ErrParts, p[2], p[3], p[0], p[1], t.Height, t.Width)
		}
	}
	draws := n.draws(parts)
	c := &Correspondence{Layers: n.Layers(), Maps: n.LastMaps()}
	c.Differ = make([]float32, len(c.Layers)*len(draws))
	for at, places := range draws {
		progress.tell(at*count, len(draws)*count)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		alike, err := n.alike(c.Layers, images, places, Cover{Colour: colour})
		if err != nil {
			return nil, err
		}
		for l, shares := range alike {
			c.Differ[l*len(draws)+at] = apartIn(shares, count)
		}
	}
	progress.tell(len(draws)*count, len(draws)*count)
	return c, ctx.Err()
}

// draws are the parts that are covered: the marked ones, and those of the controls.
func (n *Net) draws(parts [][4]int) [][][4]int {
	t := n.Plan.Task
	stream := random.Stream(1)
	below := func(n int) int { return int(stream.Below(uint64(n))) }
	all := [][][4]int{parts}
	for range Draws {
		moved := slices.Clone(parts)
		for i, p := range parts {
			moved[i][0], moved[i][1] = below(t.Height-p[2]+1), below(t.Width-p[3]+1)
		}
		all = append(all, moved)
	}
	height, width := 0, 0
	for _, p := range parts {
		height, width = max(height, p[2]), max(width, p[3])
	}
	for range Draws {
		moved := slices.Clone(parts)
		top, left := below(t.Height-height+1), below(t.Width-width+1)
		for i := range moved {
			moved[i][0], moved[i][1] = top, left
		}
		all = append(all, moved)
	}
	return all
}

// apartIn is the share that differs, on average over the pairs of so many images, of the shares that are alike: [MostParts, MostParts].
func apartIn(alike []float32, images int) float32 {
	sum := 0.0
	for i := range images {
		for j := range i {
			sum += 1 - float64(alike[i*MostParts+j])
		}
	}
	return float32(sum / float64(images*(images-1)/2))
}

// rounding is the share of a layer's largest feature below which a change is none: by so much can a feature change that nothing has happened to.
const rounding = 1e-5

// alike are, for each layer and each two images, the share of features that change with the same sign where parts of the images are covered:
// [layers][MostParts, MostParts].
func (n *Net) alike(layers []string, images []byte, parts [][4]int, cover Cover) ([][]float32, error) {
	both := make([]byte, fewImages*n.size())
	copy(both, images)
	for i, part := range parts {
		copy(both[(MostParts+i)*n.size():], cover.Over(images[i*n.size():][:n.size()], part, n.Plan.Task.Width))
	}
	out, err := n.call("signs of changes", func(scope *model.Scope, in []*graph.Node) (out []*graph.Node) {
		logits, taps := n.build(scope, in[0])
		for _, layer := range layers {
			of := in[0]
			if layer != Image {
				of = tapped(taps, layer)
			}
			of = graph.Reshape(of, fewImages, -1)
			whole, covered := graph.Slice(of, graph.AxisRange(0, MostParts)), graph.Slice(of, graph.AxisRange(MostParts))
			least := graph.BroadcastToShape(graph.InsertAxes(graph.MulScalar(graph.ReduceMax(graph.Abs(whole), 1), rounding), 1), whole.Shape())
			falls, rises := graph.Sub(whole, covered), graph.Sub(covered, whole)
			one := func(holds *graph.Node) *graph.Node { return graph.ConvertDType(holds, dtypes.Float32) }
			signs := []*graph.Node{one(graph.GreaterThan(falls, least)), one(graph.GreaterThan(rises, least))}
			signs = append(signs, graph.OneMinus(graph.Add(signs[0], signs[1])))
			each := graph.Concatenate(signs, 1) // of each feature and sign, whether it has it
			out = append(out, graph.DivScalar(graph.Dot(each, graph.Transpose(each, 0, 1)).Product(), float64(whole.Shape().Dimensions[1])))
		}
		return append(out, logits)
	}, n.input(both, fewImages))
	if err != nil {
		return nil, err
	}
	if !finite(out[len(layers)]) {
		return nil, errDiverged
	}
	return out[:len(layers)], nil
}

// of are the figures of a layer, by its index.
func (c *Correspondence) of(layer int) []float32 {
	each := 1 + 2*Draws
	return c.Differ[layer*each:][:each]
}

// Marked is by how much the marked parts differ at a layer, by its index.
func (c *Correspondence) Marked(layer int) float64 { return float64(c.of(layer)[0]) }

// Random is by how much the parts of a control differ at a layer, by its index.
func (c *Correspondence) Random(layer int, control Control) (s Spread) {
	draws := c.of(layer)[1+int(control)*Draws:][:Draws]
	for _, d := range draws {
		s.Mean += float64(d) / Draws
		if d <= c.of(layer)[0] {
			s.AsLow++
		}
	}
	squares := 0.0
	for _, d := range draws {
		squares += (float64(d) - s.Mean) * (float64(d) - s.Mean)
	}
	s.Deviation = math.Sqrt(squares / (Draws - 1))
	return s
}

// FitsCorrespondence reports whether c can be what Correspondence returns.
func (n *Net) FitsCorrespondence(c *Correspondence) bool {
	return c != nil && slices.Equal(c.Layers, n.Layers()) && len(c.Differ) == len(c.Layers)*(1+2*Draws) && slices.Contains(c.Layers, c.Maps)
}

// Says is what the figures say of the paper's finding: that covering parts which correspond, such as the left eyes of dogs, changes the features of an
// upper layer more alike than covering random parts does.
func (c *Correspondence) Says() string {
	at := slices.Index(c.Layers, c.Maps)
	own, one := c.Random(at, OwnPlaces), c.Random(at, OnePlace)
	spread := func(s Spread) string {
		return fmt.Sprintf("%s (standard deviation %s)", number.Share(s.Mean), number.Share(s.Deviation))
	}
	text := fmt.Sprintf("When the marked parts are covered, the changes of %s have different signs in two images for %s of the features; for parts at random places it is %s, and for parts at one "+
		"random place of all images %s. ", c.Maps, number.Share(c.Marked(at)), spread(own), spread(one))
	switch {
	case own.AsLow == 0 && one.AsLow == 0:
		text += "The marked parts differ less than in every draw of both: for this layer they correspond, as Zeiler and Fergus found of eyes and noses of dogs."
	case own.AsLow == 0:
		text += fmt.Sprintf("The marked parts differ less than in every draw of random places. But in %d of %d draws of one place the parts differ as little or less, so it may be only that the "+
			"marked parts lie at similar places.", one.AsLow, Draws)
	default:
		text += fmt.Sprintf("In %d of %d draws of random places the parts differ as little or less, so the figures show no correspondence at this layer. Zeiler and Fergus found one of eyes and noses of dogs.",
			own.AsLow, Draws)
	}
	var both []string
	for l, layer := range c.Layers {
		if layer != Image && c.Random(l, OwnPlaces).AsLow == 0 && c.Random(l, OnePlace).AsLow == 0 {
			both = append(both, layer)
		}
	}
	if len(both) == 0 {
		return text + " At no layer do the marked parts differ less than in every draw of both kinds."
	}
	return text + " The marked parts differ less than in every draw of both kinds at " + strings.Join(both, ", ") + "."
}
