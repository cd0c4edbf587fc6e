package train

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/examples"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/run"
)

// answers are some test images of the run on show, or of the next one, and how the net classifies them.
type answers struct {
	trainer *client.Trainer
	setup   *setup
	images  *images
	draw    *draw

	open bool // the confusion matrix

	of       *byte // the first pixel of what was drawn last: at each evaluation of a run the images are the same
	pictures examples.Pictures
}

// picturesOf makes pictures of examples.
func (a *answers) picturesOf(e run.Examples) examples.Pictures {
	if len(e.Pixels) == 0 {
		return examples.Pictures{}
	}
	if a.of != &e.Pixels[0] {
		a.of, a.pictures = &e.Pixels[0], examples.Of(e)
	}
	return a.pictures
}

// preview are images of the data set that the next run is on, as far as the page can show any.
func (a *answers) preview() (pictures examples.Pictures, of string) {
	d, set := a.images.data, a.setup.entry.Recipe.Dataset
	info, _ := set.Info() // the page is never about a folder
	switch {
	case a.images.own():
		return a.picturesOf(d.Said.Examples), d.Said.From
	case d.Are(set) && d.Said.Sets[0] == set:
		return a.picturesOf(d.Said.Examples), info.Title
	case set == recipe.MNIST: // which is among the files of every site
		return examples.OfSheet(web.Data("mnist-"+recipe.ExampleSheet), recipe.Examples, info.Side), info.Title
	case a.images.served.Have(set):
		return examples.OfSheet("api/data/"+string(set)+"/"+recipe.ExampleSheet, recipe.Examples, info.Side), info.Title
	}
	return examples.Pictures{}, ""
}

// plain shows images before there are answers.
func (a *answers) plain() app.UI {
	pictures, of := a.preview()
	return app.If(pictures.Count > 0, func() app.UI {
		return examples.Plain(fmt.Sprintf("%d test images of %s", pictures.Count, of), pictures)
	})
}

// render shows the answers of the run on show.
func (a *answers) render() app.UI {
	v := &a.trainer.View
	strip := a.plain
	if v.Answers != nil {
		strip = func() app.UI { return examples.Answered(a.picturesOf(v.Answers.Examples), v.Answers, classesOf(v)) }
	}
	title := "What the net answers"
	if len(a.trainer.Others.All) > 0 {
		title = "What the first net answers"
	}
	counted := v.Answers != nil && len(v.Answers.Counts) > 0
	return app.Elem("section").ID("answers").Class("answers").Aria("labelledby", "answers-title").Body(
		app.Div().Class("answers-head").Body(app.H2().ID("answers-title").Text(title), app.P().Class("under").Text(a.says())),
		app.Div().Body(strip()),
		app.Div().Class("answers-foot").Body(
			app.Button().ID("confusion").Type("button").Class("quiet", "disclosure").Hidden(!counted).
				Aria("expanded", a.open).Aria("controls", "confusion-table").
				OnClick(func(app.Context, app.Event) { a.open = !a.open }).Text("Confusion matrix"),
			a.draw.button(),
			app.If(counted, func() app.UI { return app.P().Class("under").Text(mostConfused(v)) }),
		),
		app.Div().Class("answers-open").Body(
			app.Div().ID("confusion-table").Hidden(!a.open || !counted).Body(app.If(a.open && counted, func() app.UI {
				return examples.Confusion(v.Answers, classesOf(v), nil)
			})),
			a.draw.render(),
		),
	)
}

// classesOf are the names of a run's classes.
func classesOf(v *run.View) []string {
	if v.Start != nil && v.Start.Content != nil {
		return v.Start.Content.Classes
	}
	return nil
}

// says is how many answers are correct, or why there are none.
func (a *answers) says() string {
	v := &a.trainer.View
	if v.Answers == nil {
		switch {
		case !v.Phase.Active():
			return "The log of a run does not contain its answers. They appear when the run is resumed."
		case len(v.Metrics) > 0 && a.trainer.There.Is():
			return "The answers come from the server with its next evaluation."
		}
		return "The net classifies these images at each evaluation."
	}
	right, asked := v.Answers.Right()
	if asked == 0 {
		return fmt.Sprintf("The net classifies these %d images from the next evaluation on.", len(v.Answers.Labels))
	}
	return fmt.Sprintf("%d of %d test images correct after step %s.", right, asked, number.Int(v.Answers.Step))
}

// mostConfused says which class the net mistakes most often.
func mostConfused(v *run.View) string {
	worst, ok := v.Answers.Worst()
	if !ok {
		return "Every image was classified correctly."
	}
	classes := classesOf(v)
	return fmt.Sprintf("Its most frequent mistake: %s classified as %s, %s of %s.",
		examples.Name(classes, worst.Class), examples.Name(classes, worst.Answer), number.Int(worst.N), number.Int(worst.Of))
}
