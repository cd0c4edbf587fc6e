package chart

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Figure is the size of a figure for a text.
var Figure = Size{Width: 720, Height: 400}

// SVG writes a chart as a self-contained document: with its title, its legend and its colours, each stated where it is used,
// since not every program that reads SVG knows style sheets. The size is the plot's: the title and the legend are above it.
// The same chart gives the same bytes.
func SVG(s Spec, theme Theme, size Size) string {
	p := s.Plot(size)
	f := figure{theme: theme, text: size.text()}
	line := 1.6 * f.text
	top := 0.0
	if s.Title != "" {
		top += line
		f.write("text", attrs("x", "0", "y", pixel(top), "font-size", pixel(1.15*f.text), "font-weight", "600", "fill", theme.Text), s.Title)
		top += 0.4 * line
	}
	top = f.legend(p, top) + 0.5*line
	if s.Y != "" {
		top += 0.8 * line
		f.write("text", attrs("x", "0", "y", pixel(top), "fill", theme.Soft), s.Y)
	}
	fmt.Fprintf(&f.b, `<g transform="translate(0 %s)">`+"\n", pixel(top))
	for _, m := range p.Marks() {
		f.mark(m)
	}
	f.b.WriteString("</g>\n")

	var doc strings.Builder
	margin := f.text
	w, h := pixel(size.Width+2*margin), pixel(top+size.Height+2*margin)
	fmt.Fprintf(&doc, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="%s %s %s %s" width="%s" height="%s" role="img" font-family="sans-serif" font-size="%s">`+"\n",
		pixel(-margin), pixel(-margin), w, h, w, h, pixel(f.text))
	if s.Title != "" {
		fmt.Fprintf(&doc, "<title>%s</title>\n", html.EscapeString(s.Title))
	}
	fmt.Fprintf(&doc, `<rect x="%s" y="%s" width="%s" height="%s" fill="%s"/>`+"\n", pixel(-margin), pixel(-margin), w, h, theme.Ground)
	return doc.String() + f.b.String() + "</svg>\n"
}

// figure is an SVG document being written.
type figure struct {
	b     strings.Builder
	theme Theme
	text  float64
}

func attrs(pairs ...string) (list [][2]string) {
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, [2]string{pairs[i], pairs[i+1]})
	}
	return list
}

func (f *figure) write(tag string, attrs [][2]string, text string) {
	f.b.WriteString("<" + tag)
	for _, a := range attrs {
		fmt.Fprintf(&f.b, ` %s="%s"`, a[0], html.EscapeString(a[1]))
	}
	if text == "" {
		f.b.WriteString("/>\n")
		return
	}
	fmt.Fprintf(&f.b, ">%s</%s>\n", html.EscapeString(text), tag)
}

func (f *figure) mark(m Mark) { f.write(m.Tag, append(m.Attrs, f.paint(m.Kind, m.Look)...), m.Text) }

// paint is how a mark looks, as in the style sheet of the page.
func (f *figure) paint(kind Kind, look Look) [][2]string {
	ink := f.theme.Inks[look.Ink]
	stroke := func(colour, width, dash string) [][2]string {
		list := attrs("fill", "none", "stroke", colour, "stroke-width", width)
		if dash != "" {
			list = append(list, [2]string{"stroke-dasharray", dash})
		}
		return list
	}
	line := func(width string) [][2]string {
		return append(stroke(ink, width, look.Dash.pattern()), attrs("stroke-linejoin", "round", "stroke-linecap", "round")...)
	}
	switch kind {
	case kindName:
		return attrs("fill", f.theme.Text)
	case kindTick:
		return attrs("fill", f.theme.Soft)
	case kindGrid:
		return stroke(f.theme.Line, "1", "")
	case kindAxis, kindCrosshair:
		return stroke(f.theme.Edge, "1", "")
	case kindReference:
		return stroke(f.theme.Soft, "1", "2 4")
	case kindBreak:
		return stroke(f.theme.Soft, "1", "1 3")
	case kindBand:
		return attrs("fill", ink, "fill-opacity", "0.18", "stroke", "none")
	case kindRaw:
		return append(stroke(ink, "1", ""), attrs("stroke-opacity", "0.3")...)
	case kindFaint:
		return append(line("1.5"), attrs("stroke-opacity", "0.5")...)
	case kindMarker:
		return attrs("fill", ink, "stroke", f.theme.Ground, "stroke-width", "1")
	}
	return line("2")
}

// sampleRoom is the room for the piece of line before an entry of the legend.
const sampleRoom = sampleLength + 8

// legend writes the entries below top, side by side, and returns where they end. Many are set in columns.
func (f *figure) legend(p Plot, top float64) float64 {
	var items []item
	widest := 0.0
	for _, e := range p.Legend(0, true) {
		if !e.Hidden {
			items = append(items, f.item(e))
			widest = max(widest, items[len(items)-1].width)
		}
	}
	if len(items) == 0 {
		return top
	}
	if len(items) > 6 {
		columns := max(1, math.Floor(p.Width/widest))
		for i := range items {
			items[i].width = p.Width / columns
		}
	}
	x, y := 0.0, top+1.6*f.text
	for _, it := range items {
		if x > 0 && x+it.width > p.Width+1 {
			x, y = 0, y+1.6*f.text
		}
		f.entry(it, x, y)
		x += it.width
	}
	return y
}

// item is an entry of a figure's legend: its lines, the words after each, and how wide all is.
type item struct {
	kind   Kind
	lines  []Line
	words  []string
	widths []float64
	width  float64
}

func (f *figure) item(e Entry) item {
	it := item{kind: e.Kind, lines: e.Lines, width: 8}
	if e.Kind != kindCurve {
		it.lines = []Line{{Look: Look{Ink: Black}, Value: e.Value}}
	}
	name := e.Name
	for _, l := range it.lines {
		words := spaced(name, l.Part, l.Value)
		// An estimate: a figure is read by many programs, with many fonts.
		width := sampleRoom + letters(f.text)*float64(utf8.RuneCountInString(words)) + 12
		it.words, it.widths = append(it.words, words), append(it.widths, width)
		it.width += width
		name = ""
	}
	return it
}

// entry writes an item of the legend with its baseline at y.
func (f *figure) entry(it item, x, y float64) {
	middle := y - 0.35*f.text
	for i, l := range it.lines {
		kind := it.kind
		if l.Faint {
			kind = kindFaint
		}
		f.write("path", append(attrs("d", sampled(kind, xy{x, middle})), f.paint(kind, l.Look)...), "")
		if kind == kindCurve {
			f.write("path", append(attrs("d", l.Look.Marker.at(xy{x + sampleLength/2, middle})), f.paint(kindMarker, l.Look)...), "")
		}
		f.write("text", attrs("x", pixel(x+sampleRoom), "y", pixel(y), "fill", f.theme.Text), it.words[i])
		x += it.widths[i]
	}
}

// spaced joins what there is with spaces.
func spaced(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}
