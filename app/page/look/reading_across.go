package look

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/filters"
	"unpool/core/protocol"
	"unpool/core/run"
)

// across is what a unit of a recurrent layer does on many images.
type across struct {
	question[protocol.Acrossed]
	unit int // that was asked about
}

// eachClass is how many images of a class a unit is followed through.
const eachClass = 20

// through follows a unit through them.
func (a *across) through(layer string, unit int) {
	a.unit = unit
	a.ask(protocol.LookAcross, a.about(layer))
}

func (a *across) about(layer string) protocol.Across {
	return protocol.Across{Layer: layer, Unit: a.unit, Each: eachClass}
}

// acrosses shows what the unit does on many images.
func (r reader) acrosses() app.UI {
	a, classes := r.across.answer, r.answer.Classes
	name := r.name(r.unit)
	body := []app.UI{
		app.H2().ID("across-title").Class("large-title").Text("One unit on many images"),
		app.P().Class("under").Text(fmt.Sprintf("The first %d test images of each class. If the columns of one class look alike and those of the others do not, the unit has learnt something about that class; "+
			"if all columns look alike, it counts %ss rather than looks.", eachClass, r.word())),
	}
	if a == nil || r.across.unit != r.unit || r.across.cancel != nil {
		body = append(body, r.across.offer("read-across", "Follow "+name+" through them", "Reading", func() { r.across.through(r.answer.Layer, r.unit) }, r.unit))
	}
	if a != nil {
		of := r.name(r.across.unit)
		heat := func(id, title, picture, says string, w *run.Weights, room int, columns []int) app.UI {
			var labels []app.UI
			for class, name := range classes {
				labels = append(labels, app.Span().Style("flex-grow", strconv.Itoa(columns[class])).Text(name))
			}
			return panel(id, title, says,
				app.Div().Class("labelled").Body(r.heat(w, room, title), app.Div().Class("labels").Body(labels...)),
				filters.Scale(-w.Scale, w.Scale),
				r.save(id+"-"+r.answer.Layer+"-"+strconv.Itoa(r.across.unit+1), title, says, w, room, r.subject.numbers(protocol.LookAcross, r.across.about(r.answer.Layer), picture)),
			)
		}
		counts, ones := make([]int, len(classes)), slices.Repeat([]int{1}, len(classes))
		for _, class := range a.Classes {
			counts[class]++
		}
		body = append(body, app.Div().Class("across", stale(r.across.cancel != nil)).Body(
			heat("across-states", "The state of "+of, protocol.States, fmt.Sprintf("A row for each %s, a column for each of %d images, class by class.", r.word(), len(a.Images)), &a.States, 640, counts),
			heat("across-means", "Its mean over each class", protocol.Means, "A column for each class.", &a.Means, 336, ones),
		))
	}
	return app.Elem("section").ID("across").Aria("labelledby", "across-title").Body(body...)
}
