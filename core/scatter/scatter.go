// Package scatter draws points of classes in the plane, each class with a colour and a shape, as elements of SVG, with the standard library only: the page
// does, too.
package scatter

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Side is that of the picture, in pixels.
const Side = 560

// colors are those of the classes in turn: Okabe and Ito's as public/css/tokens.css has them for a light ground, gray and brown.
var colors = [...]string{"#0072b2", "#d55e00", "#00664a", "#a3468a", "#b57600", "#2b93cc", "#8c8500", "#1c1917", "#8c857d", "#6b3f1d"}

// shapes are the outlines of a point, from its middle on. There are five, and ten colours: fifty classes differ.
var shapes = [...]string{
	"m-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0z",
	"m-2.9-2.9h5.8v5.8h-5.8z",
	"m0-4 3.7 6.4h-7.4z",
	"m0-4.2 4.2 4.2-4.2 4.2-4.2-4.2z",
	"m-1.3-3.9h2.6v2.6h2.6v2.6h-2.6v2.6h-2.6v-2.6h-2.6v-2.6h2.6z",
}

// shape is that of a class. Classes of one colour have other shapes.
func shape(class int) string { return shapes[(class+class/len(colors))%len(shapes)] }

// All is in place of a class for all of them.
const All = -1

// Place returns where positions, [n, 2], lie in the picture, in pixels from its top left, [n]: y points up in the one and down in the other. One
// scale holds for both directions.
func Place(positions []float32) [][2]float64 {
	const margin = 12.0
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for i, v := range positions {
		low[i%2], high[i%2] = min(low[i%2], float64(v)), max(high[i%2], float64(v))
	}
	scale := 0.0
	if span := max(high[0]-low[0], high[1]-low[1]); span > 0 {
		scale = (Side - 2*margin) / span
	}
	at := make([][2]float64, len(positions)/2)
	for i := range at {
		at[i][0] = Side/2 + scale*(float64(positions[2*i])-(low[0]+high[0])/2)
		at[i][1] = Side/2 - scale*(float64(positions[2*i+1])-(low[1]+high[1])/2)
	}
	return at
}

// Draw returns points of some classes. Those that are wrong have an outline. Where only is a class, the others are faint. A style sheet's colours can
// replace the ones here for the classes mark0 to mark9, and for the outlines the one for missed.
func Draw(at [][2]float64, classes []int, wrong []bool, only int) string {
	most := 0
	for _, class := range classes {
		most = max(most, class)
	}
	paths, missed := make([]strings.Builder, most+1), make([]strings.Builder, most+1)
	for i, class := range classes {
		to := &paths[class]
		if wrong[i] {
			to = &missed[class]
		}
		fmt.Fprintf(to, "M%.1f %.1f%s", at[i][0], at[i][1], shape(class))
	}
	var faint, clear strings.Builder
	for class := range paths {
		to, opacity := &clear, 0.8
		if only != All && only != class {
			to, opacity = &faint, 0.12
		}
		for _, of := range []struct{ name, outline, path string }{
			{"", "", paths[class].String()},
			{" missed", ` stroke="#1c1917" stroke-width="1.2"`, missed[class].String()},
		} {
			if of.path != "" {
				fmt.Fprintf(to, `<path class="mark%d%s" fill="%s" opacity="%g"%s d="%s"/>`,
					class%len(colors), of.name, colors[class%len(colors)], opacity, of.outline, of.path)
			}
		}
	}
	return faint.String() + clear.String()
}

// MarkSide is that of a Mark, in pixels.
const MarkSide = 14

// Mark is a point of a class alone, for a legend.
func Mark(class int) string {
	return fmt.Sprintf(`<path class="mark%d" fill="%s" d="M%d %[3]d%s"/>`, class%len(colors), colors[class%len(colors)], MarkSide/2, shape(class))
}

// Legend returns the marks of the classes with their names, in columns as wide as the longest needs, and how high they are.
func Legend(names []string) (elements string, height int) {
	const line, letter = 22, 8
	room := 0
	for _, name := range names {
		room = max(room, 40+letter*len([]rune(name)))
	}
	columns := max(1, Side/max(1, room))
	var b strings.Builder
	for class, name := range names {
		x, y := class%columns*room, class/columns*line
		fmt.Fprintf(&b, `<g transform="translate(%d %d)">%s<text x="20" y="12" font-size="13">%s</text></g>`, x, y, Mark(class), html.EscapeString(name))
	}
	return b.String(), (len(names) + columns - 1) / columns * line
}
