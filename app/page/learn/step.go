package learn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/learn/chapter"
	"unpool/app/ui/markup"
)

// contents are all chapters, with how far each has been read.
func (p *Page) contents() app.UI {
	var m markup.Markup
	m.Add(`<div class="contents"><h1 id="step-title" tabindex="-1">Learn</h1><p class="lead">How neural networks recognise images, one idea at a time. ` +
		`Every number in a figure is computed by the same code that trains the nets of this site.</p>`)
	if p.read.last != "" {
		m.Add(`<p><a id="learn-on" class="button primary" href="%s">Continue where you left off</a></p>`, p.read.last)
	}
	m.Add(`<ol class="chapters">`)
	for i, c := range p.book.chapters {
		n, steps := p.read.count(c.Name, len(c.Steps)), len(c.Steps)
		says := fmt.Sprintf("%d steps", steps)
		switch {
		case n == steps:
			says += ", all read"
		case n > 0:
			says += fmt.Sprintf(", %d read", n)
		}
		m.Add(`<li class="chapter"><span class="chapter-number" aria-hidden="true">%d</span><h2><a id="chapter-%s" href="%s">%s</a></h2>`,
			i+1, c.Name, place{c.Name, 0}.link(), c.Title)
		m.WriteString("<p>" + c.About + "</p>")
		m.Add(`<p class="under">%s<progress aria-hidden="true" max="%d" value="%d"></progress></p></li>`, says, steps, n)
	}
	m.Add("</ol></div>")
	return m.Element()
}

// step is the step on show.
func (p *Page) step(c *chapter.Chapter) app.UI {
	s := c.Steps[p.at.step]
	var parts []app.UI
	wide := true
	for i, part := range s.Parts {
		if part.Figure == nil {
			parts = append(parts, app.Raw(`<div class="prose">`+p.scene.linked(part.HTML)+`</div>`))
			continue
		}
		f := p.figure(i, part.Figure)
		class := "beside"
		if slices.Contains([]string{"source", "table", "nets"}, part.Figure.Kind) {
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
	strip := app.UI(app.Text(""))
	if c.Run != "" && p.scene != nil {
		strip = p.scene.strip(s.Layer)
	}
	var head markup.Markup
	head.Add(`<div class="step-head"><p class="under">%s, step %d of %d</p><h1 id="step-title" tabindex="-1">`, c.Title, p.at.step+1, len(c.Steps))
	head.WriteString(s.Title + "</h1></div>")
	return app.Div().Class("step").On("pointerover", light).On("focusin", light).On("pointerleave", unlight).On("focusout", unlight).Body(
		p.steps(c), head.Element(), strip, app.Div().Class(class).Body(parts...), p.turn(),
	)
}

// steps leads to all steps of a chapter.
func (p *Page) steps(c *chapter.Chapter) app.UI {
	var m markup.Markup
	m.Add(`<nav class="steps-nav" aria-label="Steps of this chapter"><a id="learn-contents" href="%s">All chapters</a><ol>`, place{}.link())
	for i, s := range c.Steps {
		at := place{c.Name, i}
		m.Add(`<li><a class="step-mark%s" href="%s" title="%s" aria-label="Step %d: %[3]s"`, when(p.read.has(at), " seen-step"), at.link(), plain(s.Title), i+1)
		m.WriteString(when(i == p.at.step, ` aria-current="step"`))
		m.Add(`>%d</a></li>`, i+1)
	}
	m.Add("</ol></nav>")
	return m.Element()
}

// turn leads to the steps before and after.
func (p *Page) turn() app.UI {
	var m markup.Markup
	m.Add(`<nav class="turn" aria-label="Previous and next step">`)
	side := func(by int, id, class, label string) {
		to, ok := p.neighbour(by)
		switch {
		case !ok:
			to, label = place{}, "All chapters"
		case to.chapter != p.at.chapter:
			label += ": " + p.book.find(to.chapter).Title
		}
		m.Add(`<a id="%s" class="%s" href="%s">%s</a>`, id, class, to.link(), label)
	}
	side(-1, "step-back", "button", "Back")
	m.Add(`<span class="under">or the arrow keys ← →</span>`)
	side(1, "step-next", "button primary", "Next")
	m.Add("</nav>")
	return m.Element()
}

// figure is the state of the figure that is part i of the step on show.
func (p *Page) figure(i int, of *chapter.Figure) figure {
	id := p.at.chapter + "-" + strconv.Itoa(p.at.step+1) + "-" + strconv.Itoa(i)
	f := p.figures[id]
	if f == nil {
		f = newFigure(p, id, of)
		p.figures[id] = f
	}
	return f
}

// plain is a title, which is HTML, as plain text. The package html would read all entities, but its table of them is large.
func plain(text string) string {
	before, tag, some := strings.Cut(text, "<")
	if !some {
		return strings.ReplaceAll(strings.ReplaceAll(text, "&lt;", "<"), "&amp;", "&")
	}
	_, after, _ := strings.Cut(tag, ">")
	return plain(before) + plain(after)
}
