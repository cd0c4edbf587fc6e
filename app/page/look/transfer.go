package look

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/figure"
	"unpool/core/linechart"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/svg"
)

// transfer is how well the net's features serve another data set, when that has been asked for.
type transfer struct {
	question[protocol.Transfer]
	chosen func() // another data set is
	served client.Served

	to    recipe.Dataset // that the reader has chosen; "" for the first
	of    transferred    // what was asked
	known map[transferred]*protocol.Transfer
}

// transferred is which net, and which data set.
type transferred struct {
	moment
	to recipe.Dataset
}

// What is asked: a few minutes of computing.
const (
	transferImages = 1000
	transferSeeds  = 3
)

func newTransfer(s *subject, chosen func()) *transfer {
	t := &transfer{question: question[protocol.Transfer]{subject: s}, chosen: chosen, known: map[transferred]*protocol.Transfer{}}
	t.answered = func() { t.known[t.of] = t.answer }
	return t
}

// sets are the data sets to choose from: those that the page can get, and the user's own pictures, but none of the images that the net was trained on.
func (t *transfer) sets() (all []recipe.Dataset) {
	files := &t.subject.shell.Trainer.Data
	own := recipe.Dataset("")
	if v := t.subject.curve.view; v != nil {
		if r, ok := v.Recipe(); ok {
			own = r.Dataset
		}
	}
	for _, info := range recipe.Datasets {
		if !own.Related(info.Name) && (t.served.Reach(info.Name, files) || info.Name == t.to) {
			all = append(all, info.Name)
		}
	}
	if files.Folder() && !own.Related(files.Said.Sets[0]) {
		all = append(all, files.Said.Sets[0])
	}
	return all
}

// set is the data set that is wanted.
func (t *transfer) set() recipe.Dataset {
	all := t.sets()
	if slices.Contains(all, t.to) {
		return t.to
	}
	return all[0]
}

func (t *transfer) now() transferred {
	return transferred{moment{t.subject.id, t.subject.step()}, t.set()}
}

// ask asks which data sets there are; the rest waits for the button.
func (t *transfer) ask() {
	if t.served == nil {
		t.subject.shell.Fetch(client.ServedSets, t.served.Read)
	}
}

// begin tries the features.
func (t *transfer) begin() {
	t.of = t.now()
	t.question.ask(protocol.LookTransfer, t.asked())
}

func (t *transfer) asked() protocol.Transferring {
	return protocol.Transferring{To: t.set(), Images: transferImages, Seeds: transferSeeds}
}

// changed takes up that another net is looked at.
func (t *transfer) changed(what change) {
	if what >= otherStep {
		t.close()
	}
}

func (t *transfer) take(link url.Values) {
	if set := recipe.Dataset(link.Get("to")); set != "" {
		if _, known := set.Info(); known { // a link cannot have the user's own pictures
			t.to = set
		}
	}
}

func (t *transfer) put(link url.Values) {
	if _, known := t.to.Info(); known {
		link.Set("to", string(t.to))
	}
}

func (t *transfer) render() []app.UI {
	now := t.now()
	body := []app.UI{
		app.H2().ID("transfer-title").Class("large-title").Text("Features for another data set"),
		app.P().Class("under").Text("Can what the net has learnt be used for other images (Zeiler and Fergus, 2013, section 5.2)? Its layers stay as they are, and only a new last layer, " +
			"a softmax, is trained, on few images and then on more. The same softmax on the features of random weights, and a net trained from scratch on the same images, are beside it."),
		t.menu(now.to),
	}
	if known := t.known[now]; known != nil {
		body = append(body, t.shown(known))
	} else {
		body = append(body, t.offer("transfer-start", "Start", "Training classifiers and nets", t.begin, now),
			app.P().Class("under").Text("This takes a few minutes."))
	}
	return []app.UI{app.Elem("section").ID("transfer").Aria("labelledby", "transfer-title").Body(body...)}
}

// menu chooses the data set.
func (t *transfer) menu(to recipe.Dataset) app.UI {
	sets := t.sets()
	var names []string
	for _, set := range sets {
		name := set.Title()
		if _, own := set.Folder(); own {
			name = t.subject.shell.Trainer.Data.Said.From
		}
		names = append(names, name)
	}
	return app.Div().Class("unit-menu").Body(choice("transfer-to", "Data set", names, slices.Index(sets, to), func(at int) {
		t.to = sets[at]
		t.close()
		t.chosen()
	}, fmt.Sprint(sets)))
}

// shown is what came of it.
func (t *transfer) shown(a *protocol.Transfer) app.UI {
	lines := []linechart.Series{{Name: "trained features"}, {Name: "random features"}, {Name: "from scratch"}}
	var sizes []int
	var rows []app.UI
	for _, g := range a.Given {
		sizes = append(sizes, g.Each)
		each := number.Int(g.Each)
		if g.All {
			each = "all"
		}
		row := []app.UI{app.Th().Scope("row").Text(each), app.Td().Text(number.Int(g.Images))}
		for i, of := range []protocol.OverSeeds{g.Features, g.Random, g.Scratch} {
			lines[i].Values, lines[i].Spread = append(lines[i].Values, of.Mean), append(lines[i].Spread, of.Deviation)
			row = append(row, app.Td().Text(number.Percent(of.Mean)+" ± "+number.Share(of.Deviation)))
		}
		rows = append(rows, app.Tr().Body(row...))
	}
	const title = "Accuracy by training images a class"
	elements := linechart.Log(sizes, "training images a class", "accuracy", lines...)
	means := ""
	if a.Pool > 1 {
		means = fmt.Sprintf(" (means over %d positions a side)", a.Pool)
	}
	about := fmt.Sprintf("The images %s. The features are the %s numbers that %s outputs%s. The nets from scratch have the same layers, and are trained as the run was, but always for %s steps of %d images: "+
		"where there are many images, it is these few steps that limit them. The accuracy is that on %s test images of %d classes. Each of %d seeds draws other training images, the same for all three: "+
		"figures are the mean and the standard deviation.",
		a.Becomes, number.Int(a.Size), a.Layer, means, number.Int(a.Steps), a.Batch, number.Int(a.Test), a.Classes, a.Seeds)
	says := a.Says + " A difference counts only if it is more than twice its standard error."
	asked := t.asked()
	return app.Div().Class("embedding").Body(
		panel("transfer-chart", title, says,
			app.Raw(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="line-chart" viewBox="0 0 %d %d" role="img" aria-label="%s; the table has the numbers">%s</svg>`,
				linechart.Width, linechart.Height, title, elements)),
			&figure.Save{Title: title, File: t.subject.file("transfer"), Numbers: t.subject.numbers(protocol.LookTransfer, asked, protocol.Accuracies), Figure: func() (string, error) {
				d := svg.Document{Width: linechart.Width, Height: linechart.Height, Title: title, Says: says}
				d.Add("%s", elements)
				return d.String(), nil
			}},
		),
		app.Div().Body(app.Div().Class("table").TabIndex(0).Role("region").Aria("label", "Table of the accuracies").Body(app.Table().Body(
			app.Elem("thead").Body(app.Tr().Body(
				app.Th().Scope("col").Text("images a class"), app.Th().Scope("col").Text("images"), app.Th().Scope("col").Text("trained"),
				app.Th().Scope("col").Text("random"), app.Th().Scope("col").Text("from scratch"),
			)), app.Elem("tbody").Body(rows...),
		)), app.P().Class("under").Text(about)),
	)
}
