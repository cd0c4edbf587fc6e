package look

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"unpool/core/protocol"
	"unpool/core/run"
)

// occlusion is what the net makes of the image while one part of it after another is covered.
type occlusion struct {
	question[protocol.Occlusion]
	projection question[protocol.Projections] // of the map, where it is strongest in the whole image
	scene      *scene
	chosen     func() // something else is

	cover protocol.Cover // what the reader has chosen: layer, map and cover; Size 0 for a quarter of the image
	about protocol.Cover // what was asked last
	old   bool           // that is not what is looked at any more
	at    int            // the place that is looked at
}

// The strides to choose from. The usual one needs a quarter of the images of the finest.
var strides = []int{1, 2, 4}

const usualStride = 2

func newOcclusion(s *subject, scene *scene, chosen func()) *occlusion {
	o := &occlusion{question: question[protocol.Occlusion]{subject: s}, projection: question[protocol.Projections]{subject: s}, scene: scene, chosen: chosen}
	o.answered = func() {
		o.at = slices.Index(o.answer.Chances.Pixels, slices.Min(o.answer.Chances.Pixels)) // where covering matters most
		o.projection.ask(protocol.LookProject, o.unit())
	}
	return o
}

// unit is the map's activation where it is strongest.
func (o *occlusion) unit() protocol.TestUnit {
	return protocol.TestUnit{Own: o.about.Own, Image: o.about.Image, Layer: o.answer.Layer, Map: o.answer.Map}
}

// want is what is to be asked.
func (o *occlusion) want() protocol.Cover {
	image, c := o.scene.maps().Image, o.cover
	whole := own(image)
	c.Own, c.Image = whole.Own, whole.Image
	if c.Size == 0 {
		c.Size = max(1, image.Height/4)
	}
	c.Size, c.Stride = min(c.Size, image.Height, image.Width), min(max(c.Stride, 0), image.Height, image.Width)
	if c.Stride == 0 {
		c.Stride = usualStride
	}
	if !slices.ContainsFunc(o.scene.maps().Layers, func(l run.Weights) bool { return l.Layer == c.Layer }) {
		c.Layer, c.Map = "", nil // of another net
	}
	return c
}

// ask covers the image, unless the answer is there or awaited. The answer before stays until then.
func (o *occlusion) ask() {
	if o.scene.maps() != nil && (o.old || o.answer == nil && o.cancel == nil) {
		o.again()
	}
}

// again covers the image as is now wanted.
func (o *occlusion) again() {
	o.projection.close()
	o.about, o.old = o.want(), false
	o.follow(protocol.LookOcclusion, o.about)
}

// change takes up another choice.
func (o *occlusion) change() {
	o.again()
	o.chosen()
}

// take takes up what a link says: cover=SIZE.STRIDE, or SIZE.STRIDE.rows, and covered=LAYER or LAYER.MAP.
func (o *occlusion) take(link url.Values) {
	cover := strings.Split(link.Get("cover"), ".")
	if len(cover) >= 2 {
		o.cover.Size, _ = strconv.Atoi(cover[0])
		o.cover.Stride, _ = strconv.Atoi(cover[1])
		o.cover.Rows = len(cover) == 3 && cover[2] == "rows"
		o.cover.Size = max(0, o.cover.Size)
	}
	o.cover.Layer, o.cover.Map = layerMapOf(link.Get("covered"))
}

// put writes it into a link.
func (o *occlusion) put(link url.Values) {
	if c := o.cover; c.Size != 0 || c.Stride != 0 || c.Rows {
		w := o.want()
		text := fmt.Sprintf("%d.%d", w.Size, w.Stride)
		if c.Rows {
			text += ".rows"
		}
		link.Set("cover", text)
	}
	if o.cover.Layer != "" {
		link.Set("covered", layerMap(o.cover.Layer, o.cover.Map))
	}
}
