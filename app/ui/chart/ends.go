package chart

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// endNames are the labels at the ends of curves, in their order: their names, or the parts of the one name that they have. There are
// none where many curves, or long names, would leave no room: then the legend names them alone.
func (p Plot) endNames() []string {
	_, names := p.curves.number("")
	var words []string
	for _, c := range p.curves {
		word := c.name
		if names == 1 && c.part != "" {
			word = c.part
		}
		if c.faint {
			word = ""
		}
		words = append(words, word)
	}
	shown := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "" })
	unlike := slices.Compact(slices.Sorted(slices.Values(shown)))
	if len(shown) > few || len(unlike) < len(shown) || longest(shown) > longestEndName {
		return nil
	}
	return words
}

// longestEndName is in letters.
const longestEndName = 20

func longest(words []string) (letters int) {
	for _, w := range words {
		letters = max(letters, utf8.RuneCountInString(w))
	}
	return letters
}

// end is where a curve ends on view, in pixels.
type end struct {
	curve  curve
	name   string
	marker xy
	text   float64 // the height of its name
	line   []xy
}

// ends writes each curve's marker and name. A marker that would lie on another is drawn a little before the end, and names that would
// overlap are moved apart as far as necessary.
func (s *sketch) ends(all []end) {
	const apart = 10.0
	for i := range all {
		e := &all[i]
		e.marker = e.line[len(e.line)-1]
		e.text = e.marker.y
		for _, other := range all[:i] {
			if max(math.Abs(other.marker.x-e.marker.x), math.Abs(other.marker.y-e.marker.y)) < apart {
				e.marker = before(e.line, other.marker.x-apart)
			}
		}
		if places := s.markers(e.curve, e.line, e.marker); places != "" {
			s.shape(kindMarker, e.curve, places)
		}
	}
	named := slices.DeleteFunc(all, func(e end) bool { return e.name == "" || e.text < s.Y.To || e.text > s.Y.From })
	slices.SortStableFunc(named, func(a, b end) int { return cmp.Compare(a.text, b.text) })
	line := 1.15 * s.text()
	for i := 1; i < len(named); i++ {
		named[i].text = max(named[i].text, named[i-1].text+line)
	}
	for i, lowest := len(named)-1, s.Y.From-0.5*s.text(); i >= 0; i, lowest = i-1, named[i].text-line {
		named[i].text = min(named[i].text, lowest)
	}
	for _, e := range named {
		s.marks = append(s.marks, Mark{Tag: "text", Kind: kindName, Look: e.curve.look, Name: e.curve.name, Part: e.curve.part, Text: e.name, Attrs: [][2]string{
			{"x", pixel(e.line[len(e.line)-1].x + 0.6*s.text())}, {"y", pixel(e.text + 0.35*s.text())}, {"text-anchor", "start"}}})
	}
}

// before is the place of a line at x, or its first if that is after x.
func before(line []xy, x float64) xy {
	for i := len(line) - 1; i > 0; i-- {
		if a, b := line[i-1], line[i]; a.x <= x && x <= b.x && a.x < b.x {
			return xy{x, a.y + (b.y-a.y)*(x-a.x)/(b.x-a.x)}
		}
	}
	return line[0]
}

// markers are a curve's markers: the one at its end and, among many, others along it, each curve's at places of its own.
func (s *sketch) markers(c curve, line []xy, last xy) string {
	var shapes strings.Builder
	put := func(at xy) {
		if at.y >= s.Y.To && at.y <= s.Y.From {
			shapes.WriteString(c.look.Marker.at(at))
		}
	}
	if i, n := s.curves.number(c.name); n > few {
		next := s.X.From + markersApart*(0.2+0.8*float64(i)/float64(n))
		for _, at := range line {
			if at.x >= next && at.x < last.x-12 {
				put(at)
				next += markersApart
			}
		}
	}
	put(last)
	return shapes.String()
}
