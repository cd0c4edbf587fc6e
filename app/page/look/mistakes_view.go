package look

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/examples"
	"unpool/app/ui/figure"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/reliability"
	"unpool/core/run"
	"unpool/core/svg"
)

func (m *mistakes) render() []app.UI {
	body := []app.UI{app.H2().ID("mistakes-title").Class("large-title").Text("How the test images are classified")}
	if m.answer == nil || m.cancel != nil || m.failed != nil {
		body = append(body, m.offer("classify", "Classify the test images", "Classifying", m.again))
	}
	if a := m.answer; a != nil {
		says := fmt.Sprintf("%s of %s test images are classified wrongly.", number.Int(a.Wrong), number.Int(a.Among))
		if a.Wrong == 0 {
			says = fmt.Sprintf("All of %s test images are classified correctly.", number.Int(a.Among))
		}
		body = append(body, app.P().Class("says").Role("status").Text(says), app.Div().Class(stale(m.cancel != nil)).Body(
			app.Div().Class("classified").Body(m.matrix(), m.calibration()), m.images(),
		))
	}
	return []app.UI{app.Elem("section").ID("mistakes").Aria("labelledby", "mistakes-title").Body(body...)}
}

// matrix is how many images of each class are given each class; a cell shows its images.
func (m *mistakes) matrix() app.UI {
	a, classes := m.answer, m.scene.maps().Classes
	if a.Counts == nil {
		return app.P().Class("under").Text(fmt.Sprintf("A confusion matrix is shown for at most %d classes.", run.MaxConfused))
	}
	counted := &run.Answers{Step: m.subject.step(), Classes: len(classes), Counts: a.Counts}
	return app.Div().Class("panel").Body(
		app.Elem("h3").Text("Confusion matrix"),
		app.P().Class("under").Text("Press a number to see its images below."),
		examples.Confusion(counted, classes, func(class, answer int) { m.choose(&class, &answer, m.among.Surest) }),
	)
}

// calibration is how far the net's certainty can be trusted.
func (m *mistakes) calibration() app.UI {
	a := m.answer
	var parts []reliability.Part
	var rows []app.UI
	for i, t := range a.Tenths {
		parts = append(parts, reliability.Part(t))
		if t.Images > 0 {
			rows = append(rows, app.Tr().Body(
				app.Th().Scope("row").Text(fmt.Sprintf("%d to %d %%", 10*i, 10*i+10)), app.Td().Text(number.Int(t.Images)), app.Td().Text(number.Share(t.Mean)),
				app.Td().Text(number.Share(float64(t.Right)/float64(t.Images))),
			))
		}
	}
	const title = "Calibration"
	says := "If the net’s certainty can be trusted, 80 % of the answers to which it gives a probability of 80 % are correct, and the points lie on the diagonal. " +
		"On average over the images the two differ by " + number.Percent(a.Off) + " percentage points (expected calibration error, Guo, 2017)."
	elements := reliability.Draw(parts)
	return app.Div().Class("panel").Body(
		app.Elem("h3").Text(title),
		app.P().Class("under").Text(says),
		app.Raw(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="reliability" viewBox="0 0 %d %d" role="img" aria-label="The share of correct answers against their probability; the table has the numbers">%s</svg>`,
			reliability.Width, reliability.Height, elements)),
		app.Elem("details").Body(app.Elem("summary").Text("Table"), app.Div().Class("table").TabIndex(0).Role("region").Aria("label", title).Body(app.Table().Body(
			app.Elem("thead").Body(app.Tr().Body(
				app.Th().Scope("col").Text("probability"), app.Th().Scope("col").Text("images"), app.Th().Scope("col").Text("mean"), app.Th().Scope("col").Text("correct"),
			)), app.Elem("tbody").Body(rows...),
		))),
		&figure.Save{Title: title, File: m.subject.file("calibration"), Figure: func() (string, error) {
			d := svg.Document{Width: reliability.Width, Height: reliability.Height, Title: title, Says: says}
			d.Add("%s", elements)
			return d.String(), nil
		}},
	)
}

// images are those that are asked for.
func (m *mistakes) images() app.UI {
	a, classes := m.answer, m.scene.maps().Classes
	says := fmt.Sprintf("%s images", number.Int(a.Fit))
	if shown := len(a.Shown); shown < a.Fit {
		says = fmt.Sprintf("The first %s of %s images", number.Int(shown), number.Int(a.Fit))
	}
	says += ". Below each are the probabilities of its true class and of the net’s answer. Press one to look at it."
	var all []app.UI
	for _, one := range a.Shown {
		is, taken := classes[one.Image.Class], classes[one.Answer]
		label, chances := is+", classified as "+taken, is+" "+number.Share(float64(one.True))+", "+taken+" "+number.Share(float64(one.Probability))
		if one.Answer == one.Image.Class {
			label, chances = is+", classified correctly", is+" "+number.Share(float64(one.True))
		}
		all = append(all, app.Elem("li").Body(
			app.Button().Type("button").Class("mistake").Aria("pressed", one.Image.Number == m.scene.maps().Image.Number).OnClick(func(app.Context, app.Event) {
				m.scene.image.look(protocol.TestImage{Image: one.Image.Number})
			}, app.EventScope(one.Image.Number)).Body(
				picture(one.Image, 56, fmt.Sprintf("test image %d", one.Image.Number)),
				app.Span().Text(is+" → "+taken).Aria("label", label),
				app.Span().Class("under").Text(chances),
			),
		))
	}
	return app.Elem("section").Aria("labelledby", "mistaken-title").Body(
		app.Elem("h3").ID("mistaken-title").Class("large-title").Text("Images"),
		m.menu(classes),
		app.P().Class("under").Text(says),
		app.Elem("ul").Class("mistakes-list").Body(all...),
	)
}

// menu chooses the images, and leads from the one that is looked at to its other views.
func (m *mistakes) menu(classes []string) app.UI {
	choice := func(id, label, any string, chosen *int, set func(*int)) app.UI {
		options := []app.UI{web.Option("").Selected(chosen == nil).Text(any)}
		for i, c := range classes {
			options = append(options, app.Option().Value(strconv.Itoa(i)).Selected(chosen != nil && *chosen == i).Text(c))
		}
		return field(id, label, app.Select().ID(id).OnChange(func(_ app.Context, e app.Event) {
			if class, err := strconv.Atoi(web.Chosen(e)); err == nil {
				set(&class)
			} else {
				set(nil)
			}
		}).Body(options...))
	}
	orders := []app.UI{
		web.Option("").Selected(!m.among.Surest).Text("least probable true class first"), app.Option().Value("surest").Selected(m.among.Surest).Text("most certain answer first"),
	}
	lead := func(v view) app.UI {
		return app.Button().ID("mistake-" + string(v)).Type("button").OnClick(func(app.Context, app.Event) { m.lead(v) }).Text(views[v.index()].name)
	}
	image := app.P().Class("under").Text("Look at image " + number.Int(max(0, m.scene.maps().Image.Number)) + " in")
	if !slices.ContainsFunc(m.answer.Shown, func(one protocol.Mistake) bool { return one.Image.Number == m.scene.maps().Image.Number }) {
		image = app.P().Class("under").Text("Look at the image above in")
	}
	return app.Div().Class("unit-menu").Body(
		choice("mistaken-class", "True class", "any class", m.among.Class, func(c *int) { m.choose(c, m.among.Answer, m.among.Surest) }),
		choice("mistaken-answer", "Classified as", "any wrong class", m.among.Answer, func(c *int) { m.choose(m.among.Class, c, m.among.Surest) }),
		field("mistaken-order", "Order", app.Select().ID("mistaken-order").OnChange(func(_ app.Context, e app.Event) {
			m.choose(m.among.Class, m.among.Answer, web.Chosen(e) != "")
		}).Body(orders...)),
		app.Div().Class("scene-buttons").Body(image, lead(viewLayers), lead(viewOrigin), lead(viewOcclusion)),
	)
}
