package look

import (
	"net/url"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/bitmap"
	"unpool/app/ui/chart"
	"unpool/core/protocol"
	"unpool/core/warp"
)

// invariance is by how much the net's layers, and its answers, change while the image and a few others are shifted, scaled or turned.
type invariance struct {
	question[protocol.Invariance]
	scene  *scene
	chosen func() // something else is

	kind   warp.Kind
	layers [2]string // those that are drawn; "" for the first and the last with weights
	old    bool      // what was asked last is not what is looked at any more
	about  protocol.Vary

	guess int       // which layer the reader expects to change more; -1 before
	asked warp.Kind // when the image is changed in this way

	at     int // the amount that is looked at
	shown  [2]string
	specs  [3]chart.Spec // of the two layers, and of the probabilities
	group  chart.Group
	strip  []int    // the amounts that have a picture
	images []string // those
}

func newInvariance(s *subject, scene *scene, chosen func()) *invariance {
	i := &invariance{question: question[protocol.Invariance]{subject: s}, scene: scene, chosen: chosen, kind: warp.Shift, guess: -1}
	i.answered = i.draw
	i.group.Stopped = func(amount float64) {
		s.shell.Dispatch(func(app.Context) {
			if i.answer != nil {
				i.at = max(0, slices.Index(i.amounts(), amount))
			}
		})
	}
	return i
}

// ask changes the image, unless the answer is there or awaited. The answer before stays until then.
func (i *invariance) ask() {
	if i.scene.maps() != nil && (i.old || i.answer == nil && i.cancel == nil) {
		i.again()
	}
}

// again changes the image as is now wanted.
func (i *invariance) again() {
	image := own(i.scene.maps().Image)
	i.about, i.old = protocol.Vary{Own: image.Own, Image: image.Image, Kind: string(i.kind)}, false
	i.follow(protocol.LookInvariance, i.about)
}

// did is how the images of the answer are changed.
func (i *invariance) did() warp.Kind { return warp.Kind(i.answer.Kind) }

// amounts are those of the answer.
func (i *invariance) amounts() []float64 { return i.did().Amounts(i.answer.Images[0].Height) }

// draw makes what is shown of the answer.
func (i *invariance) draw() {
	a, kind, amounts, height := i.answer, i.did(), i.amounts(), i.answer.Images[0].Height
	for at, layer := range [2]string{a.First, a.Last} {
		if wanted := i.layers[at]; slices.Contains(a.Layers, wanted) {
			layer = wanted
		}
		i.shown[at] = layer
		i.specs[at] = i.lines("Distance at "+layer, "distance, relative to the norm", a.Distances[slices.Index(a.Layers, layer)*len(a.Chances):])
	}
	i.specs[2] = i.lines("Probability of the class", "probability of the class", a.Chances)
	if !slices.Equal(i.group.Stops, amounts) {
		i.at = kind.Smallest(height)[0]
		i.group.Stops = amounts
		i.group.ShowAll()
	}
	i.group.Stop(amounts[i.at])
	i.strip, i.images = nil, nil
	for at := 0; at < len(amounts); at += (len(amounts) + mostThumbs - 1) / mostThumbs {
		i.strip = append(i.strip, at)
		i.images = append(i.images, i.address(0, at))
	}
}

// mostThumbs is how many pictures of the changed image there are at most.
const mostThumbs = 17

// pixels are those of one of the images by one of the amounts.
func (i *invariance) pixels(image, at int) []byte {
	p := i.answer.Images[image]
	return i.did().Apply(p.Pixels, p.Height, p.Width, p.Channels, i.amounts()[at])
}

func (i *invariance) address(image, at int) string {
	p := i.answer.Images[image]
	return bitmap.Pixels(p.Height, p.Width, p.Channels, i.pixels(image, at))
}

// dashes tell the lines apart where colours do not.
var dashes = []chart.Dash{chart.Solid, chart.Dashed, chart.Chained, chart.Dotted}

// lookOf is how the line of one of the images looks.
func lookOf(image int) chart.Look { return chart.Nth(image).With(dashes[image%len(dashes)]) }

// lines are a line for each image, of values [images, amounts].
func (i *invariance) lines(title, y string, values []float32) chart.Spec {
	spec := chart.Spec{Title: title, X: i.did().Axis(), Y: y, Unit: chart.Share}
	amounts := i.amounts()
	for image := range i.answer.Images {
		s := chart.Series{Name: i.name(image), Look: lookOf(image)}
		for at, amount := range amounts {
			s.Points = append(s.Points, chart.Point{Place: chart.Place{Step: amount}, Y: float64(values[image*len(amounts)+at])})
		}
		spec.Series = append(spec.Series, s)
	}
	return spec
}

// name is what one of the images is called.
func (i *invariance) name(image int) string {
	if class := i.answer.Images[image].Class; class >= 0 {
		return i.scene.maps().Classes[class]
	}
	return "own picture"
}

// goTo looks at another amount.
func (i *invariance) goTo(at int) {
	i.at = at
	i.group.Stop(i.amounts()[at])
}

// change takes up another kind.
func (i *invariance) change(kind warp.Kind) {
	i.kind = kind
	i.again()
	i.chosen()
}

// choose draws another layer in one of the places.
func (i *invariance) choose(place int, layer string) {
	i.layers[place] = layer
	i.draw()
	i.chosen()
}

// take takes up what a link says: vary=KIND or KIND.LAYER.LAYER.
func (i *invariance) take(link url.Values) {
	kind, layers, _ := strings.Cut(link.Get("vary"), ".")
	if k := warp.Kind(kind); k.Known() {
		i.kind = k
		i.layers[0], i.layers[1], _ = strings.Cut(layers, ".")
	}
}

// put writes it into a link.
func (i *invariance) put(link url.Values) {
	if i.kind != warp.Shift || i.layers != [2]string{} {
		text := string(i.kind)
		if i.layers != [2]string{} {
			text += "." + i.layers[0] + "." + i.layers[1]
		}
		link.Set("vary", text)
	}
}
