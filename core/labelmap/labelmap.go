// Package labelmap draws which class a net gives at each place of an image, with a legend, as elements of SVG, with the standard library only:
// the page does, too.
package labelmap

import (
	"cmp"
	"fmt"
	"html"
	"slices"
	"strings"
)

// Side is the width of the picture, in pixels.
const Side = 280

// Colors are light gray for the most frequent class, those of Okabe and Ito (2008) for the next ones, and dark gray for all that are left. Any two
// can be told apart by colour-blind people, as a test in internal/rules computes.
var Colors = []string{"#c0bdba", "#d55e00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#cc79a7", "#e69f00", "#44403c"}

// The legend has a line for each class.
const (
	gap  = 12
	line = 22
)

// Class is a class with the number of places at which it is the answer.
type Class struct{ Class, Places int }

// Classes are those that occur, the most frequent first.
func Classes(answers []int) (all []Class) {
	counts := map[int]int{}
	for _, c := range answers {
		counts[c]++
	}
	for c, n := range counts {
		all = append(all, Class{c, n})
	}
	slices.SortFunc(all, func(a, b Class) int { return cmp.Or(b.Places-a.Places, a.Class-b.Class) })
	return all
}

// Draw returns the answers, row by row, as squares and below them the legend; and how high both are, in pixels.
func Draw(columns int, answers []int, names []string) (elements string, height int) {
	classes := Classes(answers)
	fill := map[int]string{}
	for i, c := range classes {
		fill[c.Class] = Colors[min(i, len(Colors)-1)]
	}
	rows := len(answers) / columns
	// A single column is drawn as wide bars.
	side := float64(Side) / float64(columns)
	down := min(side, float64(Side)/float64(rows))
	var b strings.Builder
	for row := range rows {
		for from := 0; from < columns; {
			to := from
			for to < columns && answers[row*columns+to] == answers[row*columns+from] {
				to++
			}
			fmt.Fprintf(&b, `<rect x="%.2f" y="%.2f" width="%.2f" height="%.2f" fill="%s" shape-rendering="crispEdges"/>`,
				float64(from)*side, float64(row)*down, float64(to-from)*side, down, fill[answers[row*columns+from]])
			from = to
		}
	}
	height = int(down*float64(rows)+0.5) + gap
	for _, c := range classes {
		fmt.Fprintf(&b, `<rect x="0.5" y="%d" width="14" height="14" fill="%s" stroke="#777"/><text x="24" y="%d" font-size="13">%s: %s</text>`,
			height+2, fill[c.Class], height+14, html.EscapeString(names[c.Class]), share(c.Places, len(answers)))
		height += line
	}
	return b.String(), height
}

// share is part of all in per cent, and never none.
func share(part, all int) string {
	if percent := 100 * float64(part) / float64(all); percent >= 1 {
		return fmt.Sprintf("%.0f %%", percent)
	}
	return "under 1 %"
}
