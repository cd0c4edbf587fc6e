package learn

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/learn/chapter"
)

// contents are all chapters, with how far each has been read.
func (p *Page) contents() app.UI {
	var items []app.UI
	for i, c := range p.book.chapters {
		n := p.read.count(c.Name, len(c.Steps))
		says := fmt.Sprintf("%d steps", len(c.Steps))
		switch {
		case n == len(c.Steps):
			says += ", all read"
		case n > 0:
			says += fmt.Sprintf(", %d read", n)
		}
		items = append(items, app.Li().Class("chapter").Body(
			app.Span().Class("chapter-number").Aria("hidden", true).Text(i+1),
			app.H2().Body(app.A().ID("chapter-"+c.Name).Href(place{c.Name, 0}.link()).Text(c.Title)),
			app.Raw("<p>"+c.About+"</p>"),
			app.P().Class("under").Body(app.Text(says), app.Progress().Max(len(c.Steps)).Value(n).Aria("hidden", true)),
		))
	}
	return app.Div().Class("contents").Body(
		app.H1().ID("step-title").TabIndex(-1).Text("Learn"),
		app.P().Class("lead").Text("How neural networks that see work, one idea at a time. Every number in a figure is computed by the same code that trains the nets of this site."),
		app.P().Hidden(p.read.last == "").Body(app.If(p.read.last != "", func() app.UI {
			return app.A().ID("learn-on").Class("button", "primary").Href(p.read.last).Text("Continue where you were")
		})),
		app.Ol().Class("chapters").Body(items...),
	)
}

// step is the step on show.
func (p *Page) step(c *chapter.Chapter) app.UI {
	s := c.Steps[p.at.step]
	var parts []app.UI
	wide := true
	for i, part := range s.Parts {
		if part.Figure == nil {
			parts = append(parts, app.Raw(`<div class="prose">`+part.HTML+`</div>`))
			continue
		}
		f := p.figure(i, part.Figure)
		class := "beside"
		if part.Figure.Kind == "source" || part.Figure.Kind == "table" {
			class = "within"
		} else {
			wide = false
		}
		parts = append(parts, app.Div().Class(class).Body(f.render()))
	}
	class := "step-body"
	if wide {
		class = "step-body alone"
	}
	return app.Article().Class("step").On("pointerover", p.light).On("focusin", p.light).On("pointerleave", p.unlight).On("focusout", p.unlight).Body(
		p.steps(c),
		app.Header().Class("step-head").Body(
			app.P().Class("under").Text(fmt.Sprintf("%s, step %d of %d", c.Title, p.at.step+1, len(c.Steps))),
			app.H1().ID("step-title").TabIndex(-1).Body(app.Raw("<span>"+s.Title+"</span>")),
		),
		app.If(c.Run != "" && p.scene != nil, func() app.UI { return p.scene.strip(s.Layer) }),
		app.Div().Class(class).Body(parts...),
		p.turn(),
	)
}

// steps leads to all steps of a chapter.
func (p *Page) steps(c *chapter.Chapter) app.UI {
	var items []app.UI
	for i, s := range c.Steps {
		at := place{c.Name, i}
		a := app.A().Class("step-mark").Href(at.link()).Title("%s", plain(s.Title)).Aria("label", fmt.Sprintf("Step %d: %s", i+1, plain(s.Title))).Text(i + 1)
		if i == p.at.step {
			a = a.Aria("current", "step")
		} else if p.read.has(at) {
			a = a.Class("seen-step")
		}
		items = append(items, app.Li().Body(a))
	}
	return app.Nav().Class("steps-nav").Aria("label", "Steps of this chapter").Body(
		app.A().ID("learn-contents").Href(place{}.link()).Text("All chapters"),
		app.Ol().Body(items...),
	)
}

// turn leads to the steps before and after.
func (p *Page) turn() app.UI {
	side := func(by int, id, class, label string) app.UI {
		to, ok := p.neighbour(by)
		if !ok {
			to, label = place{}, "All chapters"
		} else if to.chapter != p.at.chapter {
			label += ": " + p.book.find(to.chapter).Title
		}
		return app.A().ID(id).Class(class).Href(to.link()).Text(label)
	}
	return app.Nav().Class("turn").Aria("label", "Previous and next step").Body(
		side(-1, "step-back", "button", "Back"),
		app.Span().Class("under").Text("or the arrow keys ← →"),
		side(1, "step-next", "button primary", "Next"),
	)
}

// figure is the state of the figure that is part i of the step on show.
func (p *Page) figure(i int, of *chapter.Figure) figure {
	id := p.at.chapter + "-" + strconv.Itoa(p.at.step+1) + "-" + strconv.Itoa(i)
	f := p.figures[id]
	if f == nil {
		f = p.newFigure(id, of)
		p.figures[id] = f
	}
	return f
}

// plain is HTML as plain text.
func plain(text string) string {
	before, tag, some := strings.Cut(text, "<")
	if !some {
		return html.UnescapeString(text)
	}
	_, after, _ := strings.Cut(tag, ">")
	return html.UnescapeString(before) + plain(after)
}
