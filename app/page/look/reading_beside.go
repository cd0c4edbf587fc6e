package look

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/filters"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/rowchart"
)

// besides shows how the published RNN, LSTM and GRU read the same image.
func (r reader) besides() app.UI {
	if !r.others || !digits(r.scene.maps()) {
		return app.Div().Hidden(true)
	}
	body := []app.UI{
		app.H2().ID("beside-title").Class("large-title").Text("RNN, LSTM and GRU on the same digit"),
		app.P().Class("under").Text("Published nets after their training. Draw a digit above, and all read it at the end of each stroke."),
	}
	others, a := reference(r.subject), r.answer
	if len(a.Others) == 0 {
		body = append(body, app.P().Class("under").Role("status").Text("Opening the published nets."))
	} else if len(a.Others) == len(others) {
		rows := r.rows()
		for _, one := range a.Others {
			rows = max(rows, len(one.Gradients))
		}
		at := among(r.reading, rows)
		gradients := rowchart.Chart{Log: true, At: at, Mark: -1}
		chances := rowchart.Chart{High: 1, At: at, Mark: -1}
		class := r.answer.Image.Class
		whose := "the image’s class"
		if class < 0 {
			p := r.scene.maps().Probabilities
			class, whose = slices.Index(p, slices.Max(p)), "this net’s answer"
		}
		line := func(name string, one *protocol.Reading) {
			gradients.Lines = append(gradients.Lines, rowchart.Line{Name: name, Values: one.Gradients})
			if one.Answers != nil {
				l := rowchart.Line{Name: name}
				for _, p := range one.Answers {
					l.Values = append(l.Values, p[class])
				}
				chances.Lines = append(chances.Lines, l)
			}
		}
		line("this net", r.answer)
		panels := []app.UI{r.other("this", "This net", r.answer)}
		for i := range a.Others {
			one := &a.Others[i]
			line(others[i].short, one)
			panels = append(panels, r.other(others[i].name, others[i].short, one))
		}
		name := r.answer.Classes[class]
		panels = append(panels,
			r.chart("beside-chances", "Probability of "+name, "The probability of "+name+", "+whose+", if the image ended after that row. The earlier a line rises and stays, the fewer rows that net needs.", chances, nil),
			r.chart("beside-gradients", "How far back their gradients reach", "The norm of the gradient of each net’s own answer, by row. Compare how far each line falls, or rises, from "+
				"the last row to the first: the less, the better that net can learn what the first rows have to do with the answer.", gradients, r.subject.numbers(protocol.LookReading, r.about(), protocol.Gradients)),
		)
		body = append(body, app.Div().Class("layers-grid", "wide", stale(r.cancel != nil)).Body(panels...))
	}
	return app.Elem("section").ID("beside").Aria("labelledby", "beside-title").Body(body...)
}

// among is the row that is looked at as one of so many: nets may read more rows or fewer.
func among(r *reading, rows int) int { return max(0, (r.at()+1)*rows/r.rows()-1) }

// other is a net's states and its answer after the row.
func (r reader) other(id, name string, one *protocol.Reading) app.UI {
	d := &one.Directions[0]
	states := &d.Traces[0].Values
	says := "It has no answer after each row."
	if one.Answers != nil {
		row := among(r.reading, len(one.Answers))
		answer, share := best(one, row)
		says = fmt.Sprintf("After row %d it answers %s, with a probability of %s. %s", row+1, answer, number.Share(share), decided("row", one))
	}
	return panel("beside-"+id, name, says,
		app.Div().Class("seen").Body(
			r.heat(states, wide, "The state of "+number.Int(states.Width)+" units after each row, a column for each unit"),
			unread(r.reading, d.Backward, false),
		),
		filters.Scale(-states.Scale, states.Scale),
	)
}

// reference are a published RNN, LSTM and GRU, without the one that is looked into: those of 128 units, or as many as there are.
func reference(s *subject) (all []publishedRun) {
	for _, kind := range []string{"rnn", "lstm", "gru"} {
		for _, units := range []string{"128", "64", "32"} {
			at := slices.IndexFunc(s.library.published.runs, func(p publishedRun) bool { return strings.HasPrefix(p.name, "mnist-"+kind+"-"+units+"-seed") })
			if at < 0 {
				continue
			}
			if p := s.library.published.runs[at]; s.id.Place != protocol.Published || s.id.ID != p.name {
				all = append(all, p)
			}
			break
		}
	}
	return all
}
