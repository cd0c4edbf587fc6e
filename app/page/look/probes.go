package look

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/figure"
	"unpool/core/linechart"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/svg"
)

// probes are how well a linear classifier tells the classes apart by what each layer outputs, when that has been asked for.
type probes struct {
	question[protocol.Probes]
	of    moment // which net they were asked about
	known map[moment]*protocol.Probes
}

func newProbes(s *subject) *probes {
	p := &probes{question: question[protocol.Probes]{subject: s}, known: map[moment]*protocol.Probes{}}
	p.answered = func() { p.known[p.of] = p.answer }
	return p
}

// probing is what is asked.
var probing = protocol.Probing{Images: 1000}

func (p *probes) now() moment { return moment{p.subject.id, p.subject.step()} }

// train trains them.
func (p *probes) train() {
	p.of = p.now()
	p.ask(protocol.LookProbes, probing)
}

func (p *probes) complete() {
	if p.known[p.now()] == nil {
		p.train()
	}
}

func (p *probes) render() []app.UI {
	now := p.now()
	body := []app.UI{
		app.H2().ID("probes-title").Class("large-title").Text("How well each layer separates the classes"),
		app.P().Class("under").Text("A linear probe (Alain and Bengio, 2016): for each layer a linear classifier, a softmax, is trained on what the layer outputs for " + number.Int(probing.Images) +
			" training images, while the net stays as it is. Its accuracy on " + number.Int(probing.Images) + " test images says how well this layer separates the classes. It usually rises from the image to the last layer; " +
			"where it no longer does, further layers add little."),
	}
	if known := p.known[now]; known != nil {
		body = append(body, p.shown(known))
	} else {
		body = append(body, p.offer("probe", "Probe every layer", "Training classifiers", p.train, now))
	}
	return []app.UI{app.Elem("section").ID("probes").Aria("labelledby", "probes-title").Body(body...)}
}

func (p *probes) shown(a *protocol.Probes) app.UI {
	var names []string
	var rows []app.UI
	test, train := linechart.Series{Name: "test images"}, linechart.Series{Name: "training images"}
	for _, one := range a.Layers {
		names, test.Values, train.Values = append(names, one.Layer), append(test.Values, one.Test), append(train.Values, one.Train)
		size := number.Int(one.Size)
		if one.Pool > 1 {
			size += fmt.Sprintf(", means over %d", one.Pool)
		}
		rows = append(rows, app.Tr().Body(app.Th().Scope("row").Text(one.Layer), app.Td().Text(size), app.Td().Text(number.Share(one.Test)), app.Td().Text(number.Share(one.Train))))
	}
	const title = "Accuracy of a linear probe by layer"
	says := fmt.Sprintf("Trained on %s training images, tested on %s test images. A layer that outputs more than 1%s024 numbers is averaged over squares of positions, or over steps.",
		number.Int(a.Train), number.Int(a.Test), number.Thin)
	elements := linechart.Draw(names, "accuracy", test, train)
	return app.Div().Class("embedding").Body(
		panel("probes-chart", title, says,
			app.Raw(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="line-chart" viewBox="0 0 %d %d" role="img" aria-label="%s; the table has the numbers">%s</svg>`,
				linechart.Width, linechart.Height, title, elements)),
			&figure.Save{Title: title, File: p.subject.file("probes"), Numbers: p.subject.numbers(protocol.LookProbes, probing, protocol.Accuracies), Figure: func() (string, error) {
				d := svg.Document{Width: linechart.Width, Height: linechart.Height, Title: title, Says: says}
				d.Add("%s", elements)
				return d.String(), nil
			}},
		),
		app.Div().Class("table").TabIndex(0).Role("region").Aria("label", "Table of the linear probes").Body(app.Table().Body(
			app.Elem("thead").Body(app.Tr().Body(
				app.Th().Scope("col").Text("layer"), app.Th().Scope("col").Text("features"), app.Th().Scope("col").Text("test images"), app.Th().Scope("col").Text("training images"),
			)), app.Elem("tbody").Body(rows...),
		)),
	)
}
