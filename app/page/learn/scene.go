package learn

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/page/learn/chapter"
	"unpool/app/shell"
	"unpool/app/ui/filters"
	"unpool/app/ui/markup"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
)

// scene is a digit in the net of a chapter: with the weights of a published run, or of one that the reader trained.
type scene struct {
	question
	answer  *protocol.Maps
	shell   *shell.Shell
	chapter *chapter.Chapter

	run     client.Ref
	step    int
	image   protocol.TestImage
	version int // counts answers: a figure asks again where there is another
}

// newScene begins with the image of the chapter before, if there was one.
func newScene(s *shell.Shell, c *chapter.Chapter, before *scene) *scene {
	z := &scene{shell: s, chapter: c, run: client.Ref{Place: protocol.Published, ID: c.Run}, step: c.At}
	if before != nil {
		z.image = before.image
	}
	return z
}

// begin asks for the layers' outputs, unless they are there.
func (z *scene) begin() {
	z.shell.Runs.Follow()
	if z.answer == nil && !z.waiting {
		z.look()
	}
}

// look asks for the layers' outputs.
func (z *scene) look() {
	look(&z.question, z.shell, protocol.LookMaps, z.of(), z.image, func(a *protocol.Maps) {
		z.answer = a
		z.version++
		if n := a.Image.Number; n >= 0 {
			z.image = protocol.TestImage{Image: n}
		}
	})
}

// show has another image go through the net.
func (z *scene) show(image protocol.TestImage) {
	z.image, z.shell.Digit = image, image.Own
	z.look()
}

// of is the net as the trainer knows it.
func (z *scene) of() protocol.Look {
	return protocol.Look{Run: z.run.ID, Place: z.run.Place, Step: z.step}
}

// linked is a chapter's text with its links to Look inside: those to our run lead to the one that the reader has chosen, and to the image.
func (z *scene) linked(html string) string {
	if z == nil {
		return html
	}
	theirs := chapter.Looked(z.run.String(), z.step)
	image := strconv.Itoa(z.image.Image)
	if z.image.Own != nil {
		image = shell.Drawn
	}
	theirs += "&amp;image=" + image
	return strings.ReplaceAll(html, chapter.Looked("published:"+z.chapter.Run, z.chapter.At), theirs)
}

// output is what a layer outputs for the image; nil before that is known.
func (z *scene) output(layer string) *run.Weights {
	if z.answer == nil {
		return nil
	}
	for i := range z.answer.Layers {
		if z.answer.Layers[i].Layer == layer {
			return &z.answer.Layers[i]
		}
	}
	return nil
}

// strip is the net as a row of layers, each with its output for the image. It leads to the layers' steps.
func (z *scene) strip(current string) app.UI {
	var m markup.Markup
	m.Add(`<ol class="strip-layers sideways" tabindex="0" aria-label="Layers">`)
	item := func(picture, name, shape string) {
		m.WriteString(picture)
		m.Add(`<span>%s</span><span class="under">%s</span>`, name, shape)
	}
	if z.answer != nil {
		p := z.answer.Image
		m.Add(`<li class="strip-layer">`)
		item(`<img class="crisp" width="56" height="56" alt="the image" src="`+pixels(p)+`">`, "image", chapter.Times([]int{p.Height, p.Width, p.Channels}))
		m.Add("</li>")
	}
	for l := range z.chapter.Plan.All() {
		picture := `<span class="strip-empty"></span>`
		if w := z.output(l.Name); w != nil {
			g := filters.Layout(w, 88, 56)
			picture = fmt.Sprintf(`<img class="crisp" alt="" width="%d" height="%d" src="%s">`, g.Width*g.Scale, g.Height*g.Scale,
				filters.DataURL(w, g, filters.ColorsOf(z.shell.Dark())))
		}
		m.Add(`<li class="strip-layer">`)
		at := z.chapter.StepOf(l.Name)
		if at >= 0 {
			m.Add(`<a href="%s"`, place{z.chapter.Name, at}.link())
			m.WriteString(when(l.Name == current, ` aria-current="true"`) + ">")
		}
		item(picture, l.Name, chapter.Times(l.Out))
		m.WriteString(when(at >= 0, "</a>") + "</li>")
	}
	m.Add("</ol>")
	return app.Elem("section").Class("panel", "net-strip").Aria("label", "The net and what each layer outputs for the image").Body(
		app.Div().Class("strip-head").Body(z.state(z.answer != nil), z.weights()),
		m.Element(),
	)
}

// weights chooses whose they are, where the reader has trained such a net.
func (z *scene) weights() app.UI {
	var own markup.Markup
	for _, r := range z.shell.Runs.All {
		if r.Snapshots > 0 && r.Recipe.Net == z.chapter.Recipe.Net && r.Recipe.Dataset == z.chapter.Recipe.Dataset {
			own.Add(`<option value="%s"%s>your run of %s</option>`, r.Ref().String(), when(z.run == r.Ref(), " selected"), r.Created.Local().Format("2006-01-02 15:04"))
		}
	}
	var m markup.Markup
	m.Add(`<p class="under strip-weights">`)
	if our := "our run, step " + number.Int(z.chapter.At); own.Len() > 0 {
		m.Add(`<label>Weights of <select id="learn-weights"><option value="">%s</option>`, our)
		m.WriteString(own.String() + "</select></label>")
	} else {
		m.Add(`Weights of %s.`, our)
	}
	m.Add(` <a href="%s">Train this net yourself</a></p>`, shell.Link(shell.Train)+"?"+z.chapter.Recipe.Query())
	return app.Div().OnChange(z.onWeights, app.EventScope(z.chapter.Name)).Body(m.Element())
}

func (z *scene) onWeights(_ app.Context, e app.Event) {
	z.choose(e.Get("target").Get("value").String())
}

// choose takes the weights of another run: its last.
func (z *scene) choose(of string) {
	if of == "" {
		z.run, z.step = client.Ref{Place: protocol.Published, ID: z.chapter.Run}, z.chapter.At
		z.look()
		return
	}
	ref := client.RefOf(of)
	z.shell.Runs.Read(ref, nil, func(k *client.Kept, err error) {
		if err != nil || len(k.View.Snapshots) == 0 {
			z.failed = protocol.ErrorOf(err, protocol.NoNet, "Choose another run.")
			return
		}
		z.run, z.step = ref, k.View.Snapshots[len(k.View.Snapshots)-1].Step
		z.look()
	})
}

// valueAt is what stands at a place of a map.
func valueAt(w *run.Weights, m, row, column int) float64 {
	return float64(w.Pixels[(m*w.Height+row)*w.Width+column]) * w.Scale / 127
}
