package filters

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/check"
	"unpool/app/ui/figure"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/run"
)

// The room for the picture, in screen pixels, by default; the style sheet's panel is made for it.
const boxW, boxH = 282, 204

// Filters shows one layer's weights, or other small images on one scale. Pointer and arrow keys show which image is which.
type Filters struct {
	app.Compo

	ID            string
	Title         string       // "" for a plain one
	Weights       *run.Weights // nil before the first
	Dark          bool         // the page's theme: the middle of the colour scale is black
	Drawn         *run.Weights // what the picture is drawn from, where its images have scales of their own; nil for Weights
	Order         []int        // the number of the image at each place, where they are sorted; nil where that is the place's
	RMS           []float32    // of each image by its number, all its channels together; nil where that is not known
	Sortable      bool         // the reader can put the largest first; Order is not to be given then
	Magnitudes    bool         // the numbers are never below zero, and the scale begins there
	Noun          string       // what an image is, such as "map"; "" for a layer's filters or units
	Says          string       // the caption while no image is pointed at; "" for how many there are
	Width, Height int          // room for the picture, in screen pixels; 0 for the usual
	Choose        func(i int)  // called when an image is pressed; nil where that has no effect
	Marked        func() int   // the image that was pressed, -1 for none; nil where nothing is marked
	File          string       // offers the picture as a file of this name, without its ending; "" for not
	Numbers       func()       // saves the numbers behind the picture; nil where they are not available

	chosen  int // of the image under the pointer or the focus; only while showing
	showing bool
	sorted  bool // the largest come first
	shown   *run.Weights
	order   []int
	of      *run.Weights // that shown and order are of
}

// Render draws the panel.
func (f *Filters) Render() app.UI {
	arrange(f)
	return app.Elem("section").ID(f.ID).Class("panel", "filters").Aria("labelledby", f.ID+"-title").Body(
		app.Div().Class("panel-head").Body(
			app.H2().ID(f.ID+"-title").Text(f.title()),
			app.If(f.Sortable && f.Weights != nil, func() app.UI {
				return check.Of(f.ID+"-sort", "largest first", &f.sorted)
			}),
		),
		app.If(f.Weights == nil, func() app.UI {
			return app.P().Class("none").Text("They appear here at the first evaluation and change while the net learns.")
		}).ElseSlice(f.picture),
	)
}

func (f *Filters) title() string { return cmp.Or(f.Title, "First-layer weights") }

func (f *Filters) picture() []app.UI {
	w, drawn := f.Weights, cmp.Or(f.Drawn, f.shown)
	grid, title, says := f.grid(), f.title(), f.caption()
	hint := ""
	if f.Choose != nil {
		hint = "Enter shows which pixels contribute to it"
	}
	return []app.UI{
		app.P().Class("caption").Text(says),
		app.Div().Class("atlas").
			Role("slider").TabIndex(0).
			Aria("label", f.label()).
			Aria("valuemin", 1).Aria("valuemax", grid.Count).Aria("valuenow", min(f.chosen, grid.Count-1)+1).
			Aria("valuetext", f.describe(min(f.chosen, grid.Count-1))).
			Aria("description", hint).
			Style("width", strconv.Itoa(grid.Width*grid.Scale)+"px").
			Style("aspect-ratio", fmt.Sprintf("%d / %d", grid.Width, grid.Height)).
			On("pointermove", f.onPointer).On("pointerdown", f.onPointer).On("pointerleave", f.onLeave).
			On("focus", f.onFocus).On("blur", f.onLeave).On("keydown", f.onKey).On("click", f.onClick).
			Body(
				app.Img().Src(DataURL(drawn, grid, ColorsOf(f.Dark))).Attr("draggable", "false").
					Alt(fmt.Sprintf("%d small images of %d by %d values, %s", grid.Count, w.Height, w.Width, colours(f))),
				app.If(f.marked() >= 0 && f.marked() < grid.Count, func() app.UI { return f.frame(grid, f.marked()).Class("marked") }),
				app.If(f.showing && f.chosen < grid.Count, func() app.UI { return f.frame(grid, f.chosen) }),
			),
		Scale(least(f), w.Scale),
		app.If(f.File != "", func() app.UI {
			return &figure.Save{Title: title, File: f.File, Numbers: f.Numbers, Figure: func() (string, error) {
				return Figure(drawn, grid, least(f), title, says)
			}}
		}),
	}
}

// Scale says which colours stand for the numbers from least, which is 0 or -largest, to largest.
func Scale(least, largest float64) app.UI {
	ramp := app.Span().Class("ramp")
	if least == 0 {
		ramp = ramp.Class("magnitudes")
	}
	return app.Div().Class("scale").Aria("label", "Colour scale").Role("img").Body(
		app.Span().Text(number.Signed(least)),
		ramp,
		app.Span().Text(number.Signed(largest)),
	)
}

// least is the number at the lower end of the scale.
func least(f *Filters) float64 {
	if f.Magnitudes {
		return 0
	}
	return -f.Weights.Scale
}

// colours say which colours stand for what, for those who cannot see them.
func colours(f *Filters) string {
	if f.Magnitudes {
		return "the larger a value, the more orange"
	}
	return "blue below zero, orange above"
}

// label says what is shown.
func (f *Filters) label() string {
	if f.Noun != "" {
		return f.Title + ", " + f.Says
	}
	return fmt.Sprintf("Weights of %s at step %s", f.Weights.Layer, number.Int(f.Weights.Step))
}

func (f *Filters) grid() Grid {
	return Layout(f.Weights, cmp.Or(f.Width, boxW), cmp.Or(f.Height, boxH))
}

func (f *Filters) marked() int {
	if f.Marked == nil {
		return -1
	}
	return f.Marked()
}

// frame marks an image.
func (f *Filters) frame(g Grid, i int) app.HTMLSpan {
	x, y := g.Cell(i)
	return app.Span().Class("frame").
		Style("left", Share(x, g.Width)).Style("top", Share(y, g.Height)).Style("width", Share(g.CellW, g.Width)).Style("height", Share(g.CellH, g.Height))
}

func (f *Filters) caption() string {
	w := f.Weights
	if f.showing && f.chosen < w.Count*w.Channels {
		return f.describe(f.chosen)
	}
	if f.Says != "" {
		return f.Says
	}
	if w.Height == 1 {
		return fmt.Sprintf("%s units: each strip shows one unit’s weights for the %d pixels of a row", number.Int(w.Count), w.Width)
	}
	return fmt.Sprintf("%s filters of %d×%d", number.Int(w.Count), w.Height, w.Width)
}

// describe names the image at place i by its number, counted from 1, and says its range.
func (f *Filters) describe(i int) string {
	w := f.Weights
	lo, hi := Range(f.shown, i)
	at := i / w.Channels
	if f.order != nil {
		at = f.order[at]
	}
	name := fmt.Sprintf("Filter %d", at+1)
	switch {
	case f.Noun != "":
		name = fmt.Sprintf("%s %d", strings.ToUpper(f.Noun[:1])+f.Noun[1:], at+1)
	case w.Height == 1:
		name = fmt.Sprintf("Unit %d", at+1)
	}
	if w.Channels > 1 {
		name += fmt.Sprintf(", channel %d", i%w.Channels+1)
	}
	text := fmt.Sprintf("%s: %s to %s", name, number.Signed(lo), number.Signed(hi))
	if f.RMS != nil {
		text += ", RMS " + number.Signed(float64(f.RMS[at]))
	}
	return text
}

func (f *Filters) onPointer(ctx app.Context, e app.Event) {
	// The target can be the frame on top; the position is that on the picture itself.
	chosen := -1
	web.With(web.ID(f.ID)+" .atlas", func(picture app.Value) {
		box := picture.Call("getBoundingClientRect")
		grid := f.grid()
		drawn := float64(grid.Width*grid.Scale) / box.Get("width").Float() // a narrow page makes it smaller
		chosen = grid.At(
			(e.Get("clientX").Float()-box.Get("left").Float())*drawn,
			(e.Get("clientY").Float()-box.Get("top").Float())*drawn)
	})
	if chosen == f.chosen && f.showing {
		ctx.PreventUpdate()
		return
	}
	if chosen < 0 {
		f.showing = false
		return
	}
	f.chosen, f.showing = chosen, true
}

func (f *Filters) onLeave(ctx app.Context, e app.Event) { f.showing = false }
func (f *Filters) onFocus(ctx app.Context, e app.Event) { f.showing = true }

func (f *Filters) onClick(app.Context, app.Event) {
	if f.Choose != nil && f.showing {
		f.Choose(f.chosen / f.Weights.Channels)
	}
}

func (f *Filters) onKey(ctx app.Context, e app.Event) {
	if key := e.Get("key").String(); f.Choose != nil && (key == "Enter" || key == " ") {
		f.Choose(min(f.chosen, f.grid().Count-1) / f.Weights.Channels)
		return
	}
	if chosen, ok := f.grid().Move(f.chosen, e.Get("key").String()); ok {
		f.chosen, f.showing = chosen, true
	}
}
