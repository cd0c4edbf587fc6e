// Package picture draws the views of a sweep as SVG: parallel coordinates, a scatter plot, the rungs, and by how much each field matters. It is plain
// Go: a picture is a text of SVG elements, whose colours are classes of the page's style sheet, and of Style where it is used alone.
package picture

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"

	"unpool/app/page/sweeps/study"
	"unpool/app/ui/chart"
	"unpool/core/svg"
)

// Picture is one whose points can be pointed at.
type Picture interface {
	// Size is how large it is, in pixels.
	Size() (width, height float64)
	// Draw is all of it: the shown points, those that are not chosen pale behind the others.
	Draw(shown []int, chosen []bool) string
	// Mark is a point over the others.
	Mark(point int) string
	// Nearest is the shown point nearest to a place in pixels, chosen ones only; -1 if there is none near.
	Nearest(x, y float64, shown []int, chosen []bool) int
}

// letter is about how wide a letter is.
func letter(text float64) float64 { return 0.58 * text }

// cut shortens words to what fits into so many pixels.
func cut(words string, room, text float64) string {
	runes, n := []rune(words), int(room/letter(text))
	if len(runes) <= n {
		return words
	}
	return string(runes[:max(1, n-1)]) + "…"
}

// drawing is SVG being written.
type drawing struct{ strings.Builder }

func (d *drawing) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(d, `<path class="%s" d="M%.1f %.1fL%.1f %.1f"/>`, class, x1, y1, x2, y2)
}

func (d *drawing) words(class, anchor string, x, y float64, words string) {
	fmt.Fprintf(d, `<text class="%s" text-anchor="%s" x="%.1f" y="%.1f">%s</text>`, class, anchor, x, y, html.EscapeString(words))
}

// path adds one path, unless it is empty.
func (d *drawing) path(class string, p []byte) {
	if len(p) > 0 {
		d.WriteString(`<path class="` + class + `" d="`)
		d.Write(p)
		d.WriteString(`"/>`)
	}
}

// put appends a command of a path with a place, to a tenth of a pixel.
func put(p []byte, command byte, x, y float64) []byte {
	p = append(p, command)
	p = tenth(p, x)
	p = append(p, ' ')
	return tenth(p, y)
}

func tenth(p []byte, x float64) []byte {
	return strconv.AppendFloat(p, math.Round(10*x)/10, 'f', -1, 64)
}

// layers are points by their looks: the pale ones, those without a measure, and the colours from the worst on. The last is drawn over the others.
type layers [study.Bins + 2][]byte

// of is which layer a point is drawn into.
func (l *layers) of(t *study.Study, point int, chosen []bool) *[]byte {
	if !chosen[point] {
		return &l[0]
	}
	return &l[t.Bin(point)+2]
}

// most is how many bytes a path has, about: browsers fill a path by going through all its edges in a row of pixels, so that thousands of lines in one
// path take far longer than in many.
const most = 1 << 15

// add draws the layers, of a kind of mark.
func (d *drawing) add(kind string, l *layers) {
	for i, p := range l {
		class := kind + " off"
		if i > 0 {
			class = kind + " " + Class(i-2)
		}
		for len(p) > 0 {
			n := len(p)
			if n > most {
				if next := bytes.IndexByte(p[most:], 'M'); next >= 0 {
					n = most + next
				}
			}
			d.path(class, p[:n])
			p = p[n:]
		}
	}
}

// Class is the class of a colour: of one of study.Bins, or of what was not measured.
func Class(bin int) string {
	if bin < 0 {
		return "unmeasured"
	}
	return "bin" + strconv.Itoa(bin)
}

// ramp are the colours of a picture that is used alone; the style sheet has the same for the light theme.
var ramp = [study.Bins]string{"#4f9d69", "#2a8c82", "#2b7390", "#355a8e", "#3f3f86", "#440e5e"}

// Document is a picture that is used alone, with a title and what it says.
func Document(title, says string, width, height float64, drawn string) string {
	d := svg.Document{Width: int(math.Ceil(width)), Height: int(math.Ceil(height)), Title: title, Says: says}
	d.Add("<style>%s</style><g class=\"study\">%s</g>", style(), drawn)
	return d.String()
}

func style() string {
	ink := chart.Light
	var b strings.Builder
	fmt.Fprintf(&b, ".line,.axis,.grid,.rung,.bar,.end,.spread{fill:none}text{fill:%s}.title{fill:%s;font-weight:600}", ink.Soft, ink.Text)
	fmt.Fprintf(&b, ".axis,.end{stroke:%s}.grid{stroke:%s}.rung{stroke:%s;stroke-dasharray:2 4}"+
		".halo{stroke:#fff;stroke-width:3;paint-order:stroke}", ink.Edge, ink.Line, ink.Soft)
	fmt.Fprintf(&b, ".share{fill:%s}.share.chance{fill:%s}", ink.Inks[chart.Blue], ink.Line)
	colour := func(class, colour, opacity string) {
		fmt.Fprintf(&b, ".line.%s,.spread.%[1]s{stroke:%[2]s;stroke-opacity:%[3]s}.dot.%[1]s{fill:%[2]s;fill-opacity:%[3]s}", class, colour, opacity)
	}
	colour("off", ink.Edge, "0.2")
	colour(Class(-1), ink.Edge, "0.6")
	for i, c := range ramp {
		colour(Class(i), c, "0.8")
	}
	return b.String()
}
