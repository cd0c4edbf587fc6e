package look

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/check"
	"unpool/app/ui/figure"
	"unpool/app/ui/filters"
	"unpool/app/ui/magnifier"
	"unpool/app/web"
	"unpool/core/labelmap"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/svg"
)

// covering shows what the net makes of the image while a part of it is covered.
type covering struct {
	*occlusion
	dark bool
}

// changed takes up that something else is looked at. The answer stays until the next, unless that is about images of another kind.
func (o covering) changed(what change) {
	if what == otherRun {
		o.close()
		o.projection.close()
	}
	o.old = true
}

func (o covering) busy() bool { return o.occlusion.busy() || o.projection.busy() }

func (o covering) render() []app.UI {
	body := []app.UI{
		app.H2().ID("occlusion-title").Class("large-title").Text("Cover a part of the image"),
		app.P().Class("under").Text("One part of the image after another is covered by the mean colour of the training images, and the net classifies each of these images " +
			"(Zeiler and Fergus, 2013, figure 7). If covering a place lowers the probability of the class, the net uses what is there. Point at a picture to choose a place."),
		o.menu(),
	}
	if o.answer == nil || o.cancel != nil || o.failed != nil {
		body = append(body, o.offer("cover", "Cover the image", "Classifying covered images", o.again))
	}
	if o.answer != nil {
		body = append(body, app.Div().Class("occlusion", "layers-grid", stale(o.cancel != nil)).Body(
			o.covered(), o.sums(), o.chances(), o.answers(), o.contributing(),
		))
	}
	return []app.UI{app.Elem("section").ID("occlusion").Aria("labelledby", "occlusion-title").Body(body...)}
}

// menu chooses what covers the image, and which map is summed.
func (o covering) menu() app.UI {
	c, image := o.want(), o.scene.maps().Image
	layer, of := c.Layer, c.Map
	if layer == "" && o.answer != nil {
		layer = o.answer.Layer
	}
	var steps []app.UI
	for _, s := range strides {
		steps = append(steps, app.Option().Value(strconv.Itoa(s)).Selected(s == c.Stride).Text(number.Int(s)))
	}
	if !slices.Contains(strides, c.Stride) { // of a link
		steps = append(steps, app.Option().Value(strconv.Itoa(c.Stride)).Selected(true).Text(number.Int(c.Stride)))
	}
	size := "Side of the square, 1 to "
	if c.Rows {
		size = "Rows, 1 to "
	}
	most := min(image.Height, image.Width)
	return app.Div().Class("unit-menu").Body(append(layerFields("cover", o.scene.maps(), layer, of, "the one with the largest sum", func(layer string, of *int) {
		o.cover.Layer, o.cover.Map = layer, of
		o.change()
	}),
		whole("cover-size", size+number.Int(most), 1, most, c.Size, func(n int) {
			o.cover.Size = n
			o.change()
		}),
		field("cover-stride", "Moves by", app.Select().ID("cover-stride").OnChange(func(_ app.Context, e app.Event) {
			o.cover.Stride, _ = strconv.Atoi(web.Chosen(e))
			o.change()
		}).Body(steps...)),
		check.New("cover-rows", "whole rows", c.Rows, false, func(on bool) {
			o.cover.Rows = on
			o.change()
		}),
	)...)
}

// covered is the image as the net has seen it while the place was covered.
func (o covering) covered() app.UI {
	a, m := o.answer, o.scene.maps()
	place := a.Places[o.at]
	image := m.Image
	image.Pixels = slices.Clone(image.Pixels)
	for y := place[0]; y < place[0]+place[2]; y++ {
		for x := place[1]; x < place[1]+place[3]; x++ {
			copy(image.Pixels[(y*image.Width+x)*image.Channels:], a.Colour)
		}
	}
	says := fmt.Sprintf("Covered: rows %d to %d, columns %d to %d. The net answers %s.", place[0]+1, place[0]+place[2], place[1]+1, place[1]+place[3], m.Classes[a.Answers[o.at]])
	return panel("occlusion-image", "The covered image", says,
		app.Div().Class("seen").Body(picture(image, mapRoom, says), patch(protocol.Unit{Patch: place}, image)))
}

// panel is one of the pictures.
func panel(id, title, says string, body ...app.UI) app.UI {
	return app.Elem("section").ID(id).Class("panel", "filters").Aria("labelledby", id+"-title").Body(append([]app.UI{
		app.Div().Class("panel-head").Body(app.H2().ID(id + "-title").Text(title)),
		app.P().Class("caption").Text(says),
	}, body...)...)
}

// sums are by how much the map changes.
func (o covering) sums() app.UI {
	a := o.answer
	value := o.value(&a.Sums)
	sum := fmt.Sprintf("Map %d of %s, summed over its positions,", a.Map+1, a.Layer)
	if o.vector() {
		sum = fmt.Sprintf("Output %d of %s", a.Map+1, a.Layer)
	}
	return o.places("occlusion-sums", "Change of the summed activation", protocol.Sums, &a.Sums, -a.Sums.Scale,
		fmt.Sprintf("%s is %s for the whole image. Here it changes by %s.", sum, number.Significant(float64(a.Whole), 3), number.Signed(value)))
}

// vector reports whether the layer has no positions, so that what is called a map is one number.
func (o covering) vector() bool {
	return slices.ContainsFunc(o.scene.maps().Layers, func(l run.Weights) bool { return l.Layer == o.answer.Layer && l.Count == 1 && l.Height == 1 })
}

// chances are the probability of the class.
func (o covering) chances() app.UI {
	a := o.answer
	class := o.scene.maps().Classes[a.Class]
	return o.places("occlusion-chances", "Probability of "+class, protocol.Chances, &a.Chances, 0,
		fmt.Sprintf("The probability of %s is %s for the whole image, and %s here.", class, number.Share(float64(a.Probability)), number.Share(o.value(&a.Chances))))
}

// value is a picture's at the place.
func (o covering) value(w *run.Weights) float64 { return float64(w.Pixels[o.at]) * w.Scale / 127 }

// places is a picture with a value for each place; pointing at it chooses the place.
func (o covering) places(id, title, name string, w *run.Weights, least float64, says string) app.UI {
	point := func(row, column int) {
		o.subject.shell.Dispatch(func(app.Context) {
			if o.answer != nil && row < w.Height && column < w.Width {
				o.at = row*w.Width + column
			}
		})
	}
	return panel(id, title, says,
		&magnifier.Magnifier{
			ID: id + "-places", Label: title, Says: says, Weights: w, Dark: o.dark, Room: mapRoom, At: [2]int{o.at / w.Width, o.at % w.Width}, Point: point, Choose: point,
		},
		filters.Scale(least, w.Scale),
		&figure.Save{
			Title: title, File: o.subject.file(fmt.Sprintf("occlusion-%s-map%d-%s", o.answer.Layer, o.answer.Map+1, name)), Numbers: o.subject.numbers(protocol.LookOcclusion, o.about, name),
			Figure: func() (string, error) {
				drawn := bars(w)
				return filters.Figure(drawn, filters.Layout(drawn, mapRoom, mapRoom), least, title, says)
			},
		},
	)
}

// bars is a picture in which a single column is as wide as it is high.
func bars(w *run.Weights) *run.Weights {
	if w.Width > 1 {
		return w
	}
	wide := *w
	wide.Width, wide.Pixels = w.Height, nil
	for _, v := range w.Pixels {
		wide.Pixels = append(wide.Pixels, slices.Repeat(run.Int8s{v}, w.Height)...)
	}
	return &wide
}

// answers are the classes that the net finds most probable.
func (o covering) answers() app.UI {
	a, names := o.answer, o.scene.maps().Classes
	const title = "The net’s answer"
	says := "Which class the net finds most probable at each place."
	elements, height := labelmap.Draw(a.Chances.Width, a.Answers, names)
	var occur []string
	for _, c := range labelmap.Classes(a.Answers) {
		occur = append(occur, fmt.Sprintf("%s at %s of %s places", names[c.Class], number.Int(c.Places), number.Int(len(a.Answers))))
	}
	return panel("occlusion-answers", title, says,
		app.Raw(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="label-map" viewBox="0 0 %d %d" width="%[1]d" height="%d" role="img" aria-label="%s">%s</svg>`,
			labelmap.Side, height, strings.Join(occur, "; "), elements)),
		&figure.Save{
			Title: title, File: o.subject.file("occlusion-answers"), Numbers: o.subject.numbers(protocol.LookOcclusion, o.about, protocol.Answers),
			Figure: func() (string, error) {
				d := svg.Document{Width: labelmap.Side, Height: height, Title: title, Says: says}
				d.Add("%s", elements)
				return d.String(), nil
			},
		},
	)
}

// contributing are the pixels that the map's strongest activation comes from.
func (o covering) contributing() app.UI {
	p := o.projection.answer
	if p == nil {
		return panel("occlusion-pixels", "Which pixels contribute", "Computing the projection.", problem(o.projection.failed))
	}
	m := &p.Methods[0]
	says := "To map %d of %s where it is strongest: %s."
	if o.vector() {
		says = "To output %d of %s: %s."
	}
	return &filters.Filters{
		ID: "occlusion-pixels", Title: "Which pixels contribute", Weights: &m.Trained, Dark: o.dark, Noun: "projection", Width: mapRoom, Height: mapRoom,
		Says: fmt.Sprintf(says, o.answer.Map+1, o.answer.Layer, m.Name),
		File: o.subject.file("occlusion-pixels"), Numbers: o.subject.numbers(protocol.LookProject, o.unit(), m.Method),
	}
}
