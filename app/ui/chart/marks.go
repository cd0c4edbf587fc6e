package chart

import (
	"slices"
	"unicode/utf8"
)

// Mark is one drawn thing: an SVG element without children.
type Mark struct {
	Tag   string // "line", "path", "rect" or "text"
	Kind  Kind
	Look  Look   // of what belongs to a curve
	Name  string // of the series that it belongs to; "" for none
	Part  string
	Attrs [][2]string // where it is
	Text  string
}

// Kind is the purpose of a mark, which decides how it looks.
type Kind string

// The kinds of marks.
const (
	kindGrid      Kind = "grid"
	kindAxis      Kind = "axis"
	kindTick      Kind = "tick" // a label of an axis
	kindReference Kind = "reference"
	kindBreak     Kind = "break"
	kindBand      Kind = "band"
	kindRaw       Kind = "raw" // the values behind a moving average
	kindCurve     Kind = "curve"
	kindFaint     Kind = "faint" // a curve that is drawn behind the others
	kindMarker    Kind = "marker"
	kindName      Kind = "name" // at a curve's end
	kindCrosshair Kind = "crosshair"
	kindBox       Kind = "box" // what is about to be zoomed to
)

// Marks returns everything but the crosshair, from back to front.
func (p Plot) Marks() []Mark {
	s := sketch{Plot: p}
	s.axes()
	for _, c := range p.curves {
		if c.upper != nil {
			upper := slices.Clone(s.thinned(c.upper))
			s.shape(kindBand, c, area(upper, s.thinned(c.lower), p.Y.To, p.Y.From))
		}
	}
	if p.Reference != 0 && p.Reference >= p.Y.Min && p.Reference <= p.Y.Max {
		at := p.Y.Pixel(p.Reference)
		s.line(kindReference, p.X.From, at, p.X.To, at)
	}
	for _, b := range p.Breaks {
		if x := b.on(p.Axis); x >= p.X.Min && x <= p.X.Max {
			at := p.X.Pixel(x)
			s.line(kindBreak, at, p.Y.From, at, p.Y.To)
		}
	}
	var ends []end
	for _, faint := range []bool{true, false} {
		for i, c := range p.curves {
			if c.faint != faint {
				continue
			}
			if line := s.curve(c); len(line) > 0 && !faint {
				e := end{curve: c, line: slices.Clone(line)}
				if len(p.names) > 0 {
					e.name = p.names[i]
				}
				ends = append(ends, e)
			}
		}
	}
	s.ends(ends)
	return s.marks
}

// Crosshair returns the marks of the vertical line at x and a marker on each curve there.
func (p Plot) Crosshair(x float64) []Mark {
	if x < p.X.Min || x > p.X.Max {
		return nil
	}
	s := sketch{Plot: p}
	at := p.X.Pixel(x)
	s.line(kindCrosshair, at, p.Y.To, at, p.Y.From)
	for _, c := range p.curves {
		i, ok := c.at(x)
		if !ok || c.faint {
			continue
		}
		if q := c.raw[i]; q.x >= p.X.Min && q.x <= p.X.Max && q.y >= p.Y.Min && q.y <= p.Y.Max {
			s.shape(kindMarker, c, c.look.Marker.at(xy{p.X.Pixel(q.x), p.Y.Pixel(q.y)}))
		}
	}
	return s.marks
}

// Box is the mark of what is between two pixels, about to be zoomed to.
func (p Plot) Box(a, b float64) Mark {
	left, right := max(min(a, b), p.X.From), min(max(a, b), p.X.To)
	return Mark{Tag: "rect", Kind: kindBox, Attrs: [][2]string{
		{"x", pixel(left)}, {"y", pixel(p.Y.To)}, {"width", pixel(max(right-left, 0))}, {"height", pixel(p.Y.From - p.Y.To)}}}
}

// sketch is a plot being drawn.
type sketch struct {
	Plot
	marks []Mark

	points []xy // room for those of a curve
	pen    pen
}

// thinned are the points that are on view, in pixels. They are valid until the next.
func (s *sketch) thinned(points []xy) []xy {
	x, y := s.X.pixels(), s.Y.pixels()
	s.points = thin(s.points[:0], visible(points, s.X.Min, s.X.Max), s.X.Scale)
	for i, q := range s.points {
		s.points[i] = xy{x(q.x), y(q.y)}
	}
	return cut(s.points, s.X.From, s.X.To)
}

// path is the path through points that are thinned.
func (s *sketch) path(points []xy) string {
	s.pen = s.pen[:0]
	s.pen.path(points, s.Y.To, s.Y.From)
	return string(s.pen)
}

func (s *sketch) line(kind Kind, x1, y1, x2, y2 float64) {
	s.marks = append(s.marks, Mark{Tag: "line", Kind: kind, Attrs: [][2]string{
		{"x1", pixel(x1)}, {"y1", pixel(y1)}, {"x2", pixel(x2)}, {"y2", pixel(y2)}}})
}

func (s *sketch) words(anchor string, x, y float64, words string) {
	s.marks = append(s.marks, Mark{Tag: "text", Kind: kindTick, Text: words, Attrs: [][2]string{
		{"x", pixel(x)}, {"y", pixel(y)}, {"text-anchor", anchor}}})
}

func (s *sketch) shape(kind Kind, c curve, d string) {
	s.marks = append(s.marks, Mark{Tag: "path", Kind: kind, Look: c.look, Name: c.name, Part: c.part, Attrs: [][2]string{{"d", d}}})
}

// axes are what the curves are read by.
func (s *sketch) axes() {
	text, x, y := s.text(), s.X, s.Y
	for _, t := range y.valueTicks(s.rows(), s.Unit) {
		at := y.Pixel(t.at)
		s.line(kindGrid, x.From, at, x.To, at)
		s.words("end", x.From-0.6*text, at+0.35*text, t.label)
	}
	for _, t := range x.ticks(s.columns()) {
		at := x.Pixel(t.at)
		s.line(kindAxis, at, y.From, at, y.From+4)
		s.words("middle", at, y.From+1.4*text, t.label)
	}
	s.line(kindAxis, x.From, y.From, x.To, y.From)
	title := x.title(s.Width / letters(text))
	half := letters(text) * float64(utf8.RuneCountInString(title)) / 2
	s.words("middle", max(half, min((x.From+x.To)/2, s.Width-half)), y.From+2.7*text, title)
}

// curve draws a curve and what is behind it, and returns its line in pixels, which is valid until the next.
func (s *sketch) curve(c curve) []xy {
	_, names := s.curves.number(c.name)
	if s.Smooth && names <= few {
		s.shape(kindRaw, c, s.path(s.thinned(c.raw)))
	}
	line := s.thinned(c.line)
	kind := kindCurve
	if c.faint {
		kind = kindFaint
	}
	s.shape(kind, c, s.path(line))
	return line
}

// few is how many names can be told apart by colour. With more, curves have markers all along, and smoothed ones are drawn without the raw values.
const few = 4

// markersApart is how many pixels apart those markers are.
const markersApart = 110.0

// number is which of how many names a curve's name is.
func (cs curves) number(name string) (i, n int) {
	var names []string
	for _, c := range cs {
		if !c.faint && !slices.Contains(names, c.name) {
			names = append(names, c.name)
		}
	}
	return slices.Index(names, name), len(names)
}

// sampleLength is how long the piece of line before an entry of a legend is.
const sampleLength = 24.0

// sampled is the path of the sample before an entry of a legend, from its left end: a line, or for a band an area.
func sampled(kind Kind, from xy) string {
	to := xy{from.x + sampleLength, from.y}
	if kind == kindBand {
		return area([]xy{{from.x, from.y - 4}, {to.x, to.y - 4}}, []xy{{from.x, from.y + 4}, {to.x, to.y + 4}}, from.y-4, from.y+4)
	}
	return path([]xy{from, to}, from.y, from.y)
}
