package sweeps

import (
	"fmt"
	"html"
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/sweeps/picture"
	"unpool/app/ui/figure"
	"unpool/app/web"
)

// view is a picture whose points can be pointed at, with pointer, finger and keyboard.
type view struct {
	id, title string
	scene     *scene
	make      func() picture.Picture

	picture picture.Picture
	drawn   string // computed once: the page is redrawn with every movement of the pointer
	sheet   string // that as an element
	of      int    // the scene's changes that it is of; 0 for none
}

// now is the picture as it is to be.
func (v *view) now() picture.Picture {
	if v.of != v.scene.changes {
		v.of = v.scene.changes
		v.picture = v.make()
		v.drawn = v.picture.Draw(v.scene.shown, v.scene.chosen)
		width, height := v.picture.Size()
		v.sheet = sheet(width, height, "base", v.drawn)
	}
	return v.picture
}

// render draws the picture below a caption and its settings, which may be nil; over adds what lies over it, unless that is nil.
func (v *view) render(caption string, set app.UI, over func(picture.Picture) []app.UI) app.UI {
	p := v.now()
	width, height := p.Size()
	mark := ""
	if v.scene.at >= 0 {
		mark = p.Mark(v.scene.at)
	}
	layers := []app.UI{v.surface(), app.Raw(sheet(width, height, "over", mark))}
	if over != nil {
		layers = append(layers, over(p)...)
	}
	return panel(v.id, "study", v.title, set,
		under(caption).Class("caption"),
		div("wide-picture",
			div("picture", layers...).ID(v.id+"-picture").Style("width", px(width)).Style("height", px(height)).
				On("pointermove", v.onMove).On("pointerdown", v.onMove).On("pointerleave", v.onLeave),
		),
		under(v.readout()).Class("readout").Aria("hidden", true),
		&figure.Save{Title: v.title, File: "unpool-sweep-" + v.id, Figure: func() (string, error) {
			width, height := v.picture.Size()
			return picture.Document(v.title, caption, width, height, v.drawn), nil
		}},
	)
}

// surface is the picture itself, along whose points the arrow keys go.
func (v *view) surface() app.UI {
	s := v.scene
	return div("surface", app.Raw(v.sheet)).ID(v.id+"-points").Role("slider").TabIndex(0).
		Aria("label", v.title+", point by point").Aria("description", "Use the arrow keys to move from point to point, best first; press Enter to compare a point.").
		Aria("valuemin", 1).Aria("valuemax", max(1, len(s.shown))).Aria("valuenow", max(1, 1+slices.Index(s.shown, s.at))).
		Aria("valuetext", v.readout()).On("keydown", v.onKey).On("click", v.onClick)
}

func sheet(width, height float64, class, drawn string) string {
	return fmt.Sprintf(`<svg class="%s" aria-hidden="true" width="%.0f" height="%.0f">%s</svg>`, class, width, height, drawn)
}

func escaped(text string) string { return html.EscapeString(text) }

func px(x float64) string { return fmt.Sprintf("%.1fpx", x) }

// readout says what is pointed at.
func (v *view) readout() string {
	if v.scene.at < 0 {
		return "Point at a setting to see its result here and in the other views; press to compare it."
	}
	return v.scene.point(v.scene.at)
}

// place is where on the picture an event happened.
func (v *view) place(e app.Event) (x, y float64) {
	web.With(web.ID(v.id+"-picture"), func(of app.Value) {
		box := of.Call("getBoundingClientRect")
		x, y = e.Get("clientX").Float()-box.Get("left").Float(), e.Get("clientY").Float()-box.Get("top").Float()
	})
	return x, y
}

func (v *view) onMove(ctx app.Context, e app.Event) {
	x, y := v.place(e)
	v.point(ctx, v.now().Nearest(x, y, v.scene.shown, v.scene.chosen))
}

func (v *view) onLeave(ctx app.Context, _ app.Event) { v.point(ctx, -1) }

// point points at another point.
func (v *view) point(ctx app.Context, at int) {
	if v.scene.at == at {
		ctx.PreventUpdate()
		return
	}
	v.scene.at = at
}

func (v *view) onClick(app.Context, app.Event) { v.pick() }

func (v *view) pick() {
	if v.scene.at >= 0 {
		v.scene.pick(v.scene.at)
	}
}

func (v *view) onKey(ctx app.Context, e app.Event) {
	s := v.scene
	switch e.Get("key").String() {
	case "ArrowRight", "ArrowDown":
		s.step(1)
	case "ArrowLeft", "ArrowUp":
		s.step(-1)
	case "Home":
		s.at = -1
		s.step(1)
	case "End":
		s.at = -1
		s.step(-1)
	case "Enter", " ":
		v.pick()
	case "Escape":
		s.at = -1
	default:
		ctx.PreventUpdate()
	}
}
