package chart

// Look is a colour, a dash and a marker that go together, so that colour is never the only cue.
type Look struct {
	Ink    Ink
	Dash   Dash
	Marker Marker
}

// Ink is a colour of Okabe and Ito's palette, which differ for colour-blind readers too. Where one is too pale for a line it
// is darkened, in the light theme, or lightened, in the dark one.
type Ink string

// The inks.
const (
	Blue      Ink = "blue"
	Vermilion Ink = "vermilion"
	Green     Ink = "green"
	Purple    Ink = "purple"
	Orange    Ink = "orange"
	Sky       Ink = "sky"
	Yellow    Ink = "yellow"
	Black     Ink = "black" // white in the dark theme
)

// Dash is how a line is broken.
type Dash string

// The dashes.
const (
	Solid   Dash = "solid"
	Dashed  Dash = "dashed"
	Dotted  Dash = "dotted"
	Chained Dash = "chained"
)

// pattern is the dash as SVG's stroke-dasharray; "" for a solid line.
func (d Dash) pattern() string {
	switch d {
	case Dashed:
		return "6 4"
	case Dotted:
		return "1.5 4"
	case Chained:
		return "8 3 2 3"
	}
	return ""
}

// Marker is the shape that ends a curve, and stands on it where many would be confused.
type Marker string

// The markers.
const (
	Circle   Marker = "circle"
	Square   Marker = "square"
	Triangle Marker = "triangle"
	Diamond  Marker = "diamond"
	Cross    Marker = "cross"
)

// at is the marker about a place, as an SVG path 7 to 9 pixels across.
func (m Marker) at(place xy) string { return "M" + pixel(place.x) + " " + pixel(place.y) + m.shape() }

// shape is the rest of the path once it has moved to the centre.
func (m Marker) shape() string {
	switch m {
	case Square:
		return "m-3.5 -3.5h7v7h-7z"
	case Triangle:
		return "m0 -4.5l4.2 7.5h-8.4z"
	case Diamond:
		return "m0 -4.7l4.7 4.7l-4.7 4.7l-4.7 -4.7z"
	case Cross:
		return "m-1.5 -4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z"
	}
	return "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z"
}

// The looks of the parts of one run.
var (
	Train      = Look{Blue, Dashed, Square}
	Test       = Look{Vermilion, Solid, Circle}
	Validation = Look{Green, Dotted, Triangle}
	Other      = Look{Purple, Chained, Diamond}
)

var (
	inks    = []Ink{Blue, Vermilion, Green, Purple, Orange, Sky, Yellow, Black}
	markers = []Marker{Circle, Square, Triangle, Diamond, Cross}
)

// Nth is the look of the ith of many runs, with a solid line. The first forty differ.
func Nth(i int) Look { return Look{inks[i%len(inks)], Solid, markers[i%len(markers)]} }

// With is the look with another dash: the same run's other curve.
func (l Look) With(d Dash) Look {
	l.Dash = d
	return l
}

// class is the look as classes of the style sheet.
func (l Look) class() string { return spaced(string(l.Ink), string(l.Dash)) }

// Theme is the colours of a figure that is used alone. On the page the style sheet has the same.
type Theme struct {
	Ground, Text, Soft, Line, Edge string
	Inks                           map[Ink]string
}

// Light and Dark are the page's two themes.
var (
	Light = Theme{
		Ground: "#ffffff", Text: "#1c1917", Soft: "#5f5952", Line: "#e2deda", Edge: "#8c857d",
		Inks: map[Ink]string{
			Blue: "#0072b2", Vermilion: "#d55e00", Green: "#00664a", Purple: "#a3468a",
			Orange: "#b57600", Sky: "#2b93cc", Yellow: "#8c8500", Black: "#1c1917",
		},
	}
	Dark = Theme{
		Ground: "#1e1b19", Text: "#f2efec", Soft: "#b1a9a1", Line: "#38332f", Edge: "#7d756d",
		Inks: map[Ink]string{
			Blue: "#56b4e9", Vermilion: "#f0883e", Green: "#5ce0b4", Purple: "#d78bb8",
			Orange: "#e6b422", Sky: "#b5ddf7", Yellow: "#f0e442", Black: "#f2efec",
		},
	}
)
