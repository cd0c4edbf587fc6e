package look

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/bitmap"
	"unpool/app/ui/figure"
	"unpool/app/ui/marker"
	"unpool/app/ui/table"
	"unpool/app/web"
	"unpool/core/dotplot"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/svg"
)

// marking shows the images with their parts, and by how much these differ.
type marking struct{ *correspondence }

func (c marking) render() []app.UI {
	body := []app.UI{
		app.H2().ID("parts-title").Class("large-title").Text("Cover the same part of several images"),
		app.P().Class("under").Text("Does the net know that a part in one image is the same as in another, such as the left eye of two dogs? Mark one in each image. Each marked part is covered by the mean colour of the training " +
			"images, and for each feature of a layer, which is each number that it outputs, the change has a sign: up, down or none (Zeiler and Fergus, 2013, table 1). If two parts mean the same to the layer, the signs agree."),
	}
	if m := c.images.answer; m == nil {
		body = append(body, problem(c.images.failed))
	} else {
		body = append(body, c.menu(m), c.markers(m), c.fields(m), problem(c.another.failed))
		if c.answer == nil || c.cancel != nil || c.failed != nil || !slices.Equal(c.about, c.marks) {
			body = append(body, c.offer("parts-compare", "Cover the parts and compare", "Classifying covered images", c.compare))
		}
		if c.answer != nil {
			body = append(body, app.Div().Class("embedding", "corresponding", stale(c.cancel != nil || !slices.Equal(c.about, c.marks))).Body(c.figures()...))
		}
	}
	return []app.UI{app.Elem("section").ID("parts").Aria("labelledby", "parts-title").Body(body...)}
}

// menu chooses the images.
func (c marking) menu(m *protocol.Marked) app.UI {
	var counts []string
	for n := 2; n <= m.Most; n++ {
		counts = append(counts, number.Int(n))
	}
	return app.Div().Class("unit-menu").Body(
		choice("parts-class", "Images of the class", c.scene.maps().Classes, m.Images[0].Class, func(class int) {
			c.at, c.mine = 0, true
			c.show(nil, class, len(m.Images))
		}),
		choice("parts-count", "Number of images", counts, len(m.Images)-2, func(n int) {
			c.mine = true
			c.show(c.marks, -1, n+2)
		}),
	)
}

// markers are the images with their parts.
func (c marking) markers(m *protocol.Marked) app.UI {
	var all []app.UI
	for i, p := range m.Images {
		name := c.name(p)
		all = append(all, app.Elem("figure").Body(
			&marker.Marker{
				ID: "part-" + strconv.Itoa(i), Label: name, Help: "parts-help", Source: bitmap.Pixels(p.Height, p.Width, p.Channels, p.Pixels),
				Height: p.Height, Width: p.Width, Scale: max(1, 168/p.Width), Part: c.marks[i].Part, Chosen: i == c.at,
				Choose: func() { c.subject.shell.Dispatch(func(app.Context) { c.at = i }) },
				Mark: func(part marker.Part, done bool) {
					c.subject.shell.Dispatch(func(app.Context) { c.mark(i, part, done) })
				},
			},
			app.Elem("figcaption").Class("under").Text(name),
		))
	}
	return app.Div().Body(
		app.Div().Class("marked-images").Body(all...),
		app.P().ID("parts-help").Class("under").Text(marker.Help),
	)
}

// name is what one of the images is called.
func (c marking) name(p protocol.Picture) string {
	return "Test image " + number.Int(p.Number) + ": " + c.scene.maps().Classes[p.Class]
}

// fields choose the image that is worked on, and its part.
func (c marking) fields(m *protocol.Marked) app.UI {
	at, p, part := c.at, m.Images[c.at], c.marks[c.at].Part
	fields := []app.UI{
		whole("parts-image", "Test image", 0, c.scene.maps().Images-1, p.Number, func(n int) { c.replace(protocol.TestImage{Image: n}) }, at),
		c.beside("parts-before", "Previous of its class", -1),
		c.beside("parts-next", "Next of its class", 1),
	}
	for i, name := range [4]string{"Top row", "Left column", "Rows", "Columns"} {
		most := [2]int{p.Height, p.Width}[i%2]
		first := 1 - i/2 // places are counted from 1
		fields = append(fields, whole("parts-"+strconv.Itoa(i), name, 1, most, part[i]+first, func(n int) {
			part := c.marks[at].Part
			part[i] = n - first
			c.mark(at, marker.Fit(part, p.Height, p.Width), true)
		}, at))
	}
	return app.Elem("fieldset").Class("unit-menu", "part-fields").Body(append([]app.UI{app.Elem("legend").Text(fmt.Sprintf("Image %d of %d", at+1, len(m.Images)))}, append(fields,
		app.Button().ID("parts-same").Type("button").OnClick(func(app.Context, app.Event) {
			for i := range c.marks {
				c.mark(i, c.marks[c.at].Part, i == len(c.marks)-1)
			}
		}).Text("Mark this part in all images"))...)...)
}

// beside looks for the next image of the class in place of the one that is worked on, or for the one before.
func (c marking) beside(id, text string, by int) app.UI {
	return app.Button().ID(id).Type("button").OnClick(func(app.Context, app.Event) {
		if m := c.images.answer; m != nil {
			p := m.Images[c.at]
			c.replace(protocol.TestImage{Image: p.Number, By: by, Class: &p.Class})
		}
	}).Text(text)
}

// figures are by how much the signs differ at each layer, beside random parts.
func (c marking) figures() []app.UI {
	a := c.answer
	series := []dotplot.Series{{Name: "the marked parts"}, {Name: "parts at random places"}, {Name: "parts at one random place of all images"}}
	var layers []string
	var rows [][]string
	for _, l := range a.Layers {
		layers, series[0].Values = append(layers, l.Layer), append(series[0].Values, l.Marked)
		row := []string{l.Layer, number.Share(l.Marked)}
		for i, drawn := range []protocol.Drawn{l.Own, l.One} {
			of := &series[1+i]
			of.Values, of.Spread = append(of.Values, drawn.Mean), append(of.Spread, drawn.Deviation)
			row = append(row, number.Percent(drawn.Mean)+" ± "+number.Share(drawn.Deviation), number.Int(drawn.AsLow))
		}
		rows = append(rows, row)
	}
	const title = "Features with different signs, by layer"
	says := fmt.Sprintf("The share of the features of a layer whose changes have different signs in two images, on average over the pairs of images. A line reaches one standard deviation of %d random draws to both sides.", a.Draws)
	elements, height := dotplot.Draw(layers, "features with different signs", series...)
	about, pictures := protocol.Marks{Marks: c.about}, c.pictures
	return []app.UI{
		app.P().ID("parts-says").Class("says").Role("status").Text(a.Says),
		panel("parts-chart", title, says,
			app.Raw(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="line-chart" viewBox="0 0 %d %d" role="img" aria-label="%s; the table has the numbers">%s</svg>`, dotplot.Width, height, title, elements)),
			&figure.Save{Title: title, File: c.subject.file("parts"), Numbers: c.subject.numbers(protocol.LookSigns, about, protocol.Signs), Figure: func() (string, error) {
				d := svg.Document{Width: dotplot.Width, Height: height, Title: title, Says: says}
				d.Add("%s", elements)
				return d.String(), nil
			}}),
		app.Div().Body(
			app.P().Class("under").Text("Parts at the same place change the same features, and so agree whatever they show: if the marked parts differ no less than parts at one random place of all images, the place explains it. “As low” "+
				"counts the draws that differ no more than the marked parts do."),
			table.Table("Table of the features with different signs", []string{"layer", "marked", "random places", "as low", "one random place", "as low"}, rows),
			&figure.Save{Title: "The marked images", File: c.subject.file("marked"), Figure: func() (string, error) { return marked(pictures, about.Marks) }},
		),
	}
}

// marked is images with their marks as a document. It blocks.
func marked(images []protocol.Picture, marks []protocol.Mark) (string, error) {
	scale := max(1, 112/images[0].Width)
	height, width, gap := images[0].Height*scale, images[0].Width*scale, 8
	d := svg.Document{Width: len(images)*(width+gap) - gap, Height: height, Title: "The marked images", Says: "The part that is covered in each."}
	for i, p := range images {
		png, err := web.PNGOf(bitmap.Pixels(p.Height, p.Width, p.Channels, p.Pixels))
		if err != nil {
			return "", err
		}
		x, of := i*(width+gap), marks[i].Part
		d.Image(x, 0, width, height, png)
		d.Add(`<rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="#d55e00" stroke-width="2"/>`, x+of[1]*scale, of[0]*scale, of[3]*scale, of[2]*scale)
	}
	return d.String(), nil
}
