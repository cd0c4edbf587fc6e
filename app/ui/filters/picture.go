// Package filters shows a layer's weights as small images on one colour scale. Layout and picture are plain Go,
// tested natively; Filters is the go-app component.
//
// It knows a picture's sizes and values, not how a net is built.
package filters

import (
	"strconv"

	"unpool/app/ui/bitmap"
	"unpool/core/run"
)

// Grid is where each small image lies in the picture, in the picture's own pixels.
type Grid struct {
	Count         int
	CellW, CellH  int // of one image; a single row of weights is repeated downwards until it can be seen
	Columns, Rows int
	Width, Height int
	Scale         int // screen pixels for each of the picture's
	Gap           int // the room between images
}

// leastGap is the room between images, in screen pixels: enough to keep them apart.
const leastGap = 6

// gapAt is that room in picture pixels.
func gapAt(scale int) int { return (leastGap + scale - 1) / scale }

// maxStretch keeps a single row of weights from becoming a bar that looks like an image.
const maxStretch = 6

// Layout fills a box of boxW x boxH screen pixels as well as whole multiples allow.
func Layout(w *run.Weights, boxW, boxH int) Grid {
	var best Grid
	count := w.Count * w.Channels
	for columns := 1; columns <= count; columns++ {
		rows := (count + columns - 1) / columns
		for scale := boxW / (columns * w.Width); scale >= 1; scale-- {
			gap := gapAt(scale)
			if (columns*(w.Width+gap)-gap)*scale > boxW {
				continue
			}
			stretch := 1
			if w.Height == 1 {
				stretch = min(max(maxStretch, 2*leastGap/scale), (boxH/scale+gap)/rows-gap)
			}
			g := Grid{Count: count, CellW: w.Width, CellH: w.Height * stretch, Columns: columns, Rows: rows, Scale: scale, Gap: gap}
			g.Width, g.Height = columns*(g.CellW+gap)-gap, rows*(g.CellH+gap)-gap
			if stretch >= 1 && g.Height*scale <= boxH {
				if g.inked() > best.inked() || g.inked() == best.inked() && g.empty() < best.empty() {
					best = g
				}
				break // a smaller scale shows less
			}
		}
	}
	if best.Count == 0 { // more than the box can hold: the box grows downwards
		gap := gapAt(1)
		columns := max(1, min(count, (boxW+gap)/(w.Width+gap)))
		rows := (count + columns - 1) / columns
		stretch := 1
		if w.Height == 1 {
			stretch = max(1, min(4*maxStretch, (boxH+gap)/rows-gap))
		}
		best = Grid{Count: count, CellW: w.Width, CellH: w.Height * stretch, Columns: columns, Rows: rows, Scale: 1, Gap: gap}
		best.Width, best.Height = columns*(best.CellW+gap)-gap, rows*(best.CellH+gap)-gap
	}
	return best
}

// Stretched is the grid with each value so many times as high.
func (g Grid) Stretched(by int) Grid {
	g.CellH *= by
	g.Height = g.Rows*(g.CellH+g.Gap) - g.Gap
	return g
}

// inked is the screen area that shows weights.
func (g Grid) inked() int { return g.Count * g.CellW * g.CellH * g.Scale * g.Scale }

// empty is the number of places without an image, at the end of the last row.
func (g Grid) empty() int { return g.Columns*g.Rows - g.Count }

// Share is part of a whole as a length in a style sheet: what lies over a picture stays in its place when a narrow page shrinks it.
func Share(part, whole int) string {
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 3, 64) + "%"
}

// Cell returns the top left corner of image i.
func (g Grid) Cell(i int) (x, y int) {
	return i % g.Columns * (g.CellW + g.Gap), i / g.Columns * (g.CellH + g.Gap)
}

// At returns the image at a screen position within the picture; -1 for none.
func (g Grid) At(x, y float64) int {
	if g.Scale == 0 || x < 0 || y < 0 {
		return -1
	}
	column := int(x) / g.Scale / (g.CellW + g.Gap)
	row := int(y) / g.Scale / (g.CellH + g.Gap)
	if i := row*g.Columns + column; column < g.Columns && i < g.Count {
		return i
	}
	return -1
}

// Move returns the image that an arrow key leads to from i.
func (g Grid) Move(i int, key string) (int, bool) {
	to := i
	switch key {
	case "ArrowLeft":
		to--
	case "ArrowRight":
		to++
	case "ArrowUp":
		to -= g.Columns
	case "ArrowDown":
		to += g.Columns
	case "Home":
		to = 0
	case "End":
		to = g.Count - 1
	default:
		return i, false
	}
	if to < 0 || to >= g.Count {
		return i, true
	}
	return to, true
}

// Colors is a diverging map: what -1, 0 and 1 look like, and what lies between the images.
type Colors struct{ Low, Zero, High, Ground [3]uint8 }

// The maps: blue, white, orange; on a dark ground the middle is black. What lies between images is the page's ground (--ground).
var (
	Light = Colors{Low: [3]uint8{0, 84, 148}, Zero: [3]uint8{255, 255, 255}, High: [3]uint8{213, 94, 0}, Ground: [3]uint8{251, 250, 248}}
	Dark  = Colors{Low: [3]uint8{86, 180, 233}, Zero: [3]uint8{0, 0, 0}, High: [3]uint8{255, 149, 10}, Ground: [3]uint8{22, 20, 18}}
)

// ColorsOf are those of a theme.
func ColorsOf(dark bool) Colors {
	if dark {
		return Dark
	}
	return Light
}

// palette has the colour of v at index v+128; index 0, a value that no picture has, is the ground.
func (c Colors) palette() [256][3]uint8 {
	var p [256][3]uint8
	p[0] = c.Ground
	for v := -127; v <= 127; v++ {
		end, share := c.High, v
		if v < 0 {
			end, share = c.Low, -v
		}
		for i := range 3 {
			p[v+128][i] = uint8((int(c.Zero[i])*(127-share) + int(end[i])*share + 63) / 127)
		}
	}
	return p
}

// DataURL returns the picture as an image that the browser draws by itself.
func DataURL(w *run.Weights, g Grid, c Colors) string {
	palette := c.palette()
	picture := bitmap.New(g.Width, g.Height, &palette)
	stretch := g.CellH / w.Height
	for i := range g.Count {
		left, top := g.Cell(i)
		for y := range g.CellH {
			row := picture.Row(top + y)[left:]
			for x := range g.CellW {
				row[x] = byte(int(value(w, i, y/stretch, x)) + 128)
			}
		}
	}
	return picture.URL()
}

// value returns weight (y, x) of image i: images are numbered by filter, then by channel.
func value(w *run.Weights, i, y, x int) int8 {
	filter, channel := i/w.Channels, i%w.Channels
	v := w.Pixels[((filter*w.Height+y)*w.Width+x)*w.Channels+channel]
	return max(v, -127) // -128 is the ground's place in the palette
}

// Range returns the smallest and largest weight of image i.
func Range(w *run.Weights, i int) (lo, hi float64) {
	first := value(w, i, 0, 0)
	low, high := first, first
	for y := range w.Height {
		for x := range w.Width {
			v := value(w, i, y, x)
			low, high = min(low, v), max(high, v)
		}
	}
	return float64(low) * w.Scale / 127, float64(high) * w.Scale / 127
}
