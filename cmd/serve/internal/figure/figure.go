// Package figure draws curves and images of weights as SVG and PNG, for papers and tables; the page draws its own. It knows nothing of runs.
package figure

import (
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Curves is a figure: curves over one axis.
type Curves struct {
	Title  string // "" for none
	X, Y   string // what the axes show, with the unit
	Series []Series
	Breaks []Break
}

// Break is a place on the axis at which something changed that the curves may show: a thin dotted line with a name.
type Break struct {
	X     float64
	Label string
}

// Series is one curve. They differ by colour, and beyond six by dashes too.
type Series struct {
	Label  string
	Points []Point // in order of X
	Filled bool    // down to the lowest value of the figure
}

// Point is a value at a place, both finite.
type Point struct{ X, Y float64 }

// The size of a figure, and how fine its PNG is.
const (
	width  = 16 * vg.Centimeter
	height = 10 * vg.Centimeter
	dpi    = 160
)

// SVG returns the figure as an SVG document. The same figure gives the same bytes.
func (c Curves) SVG() ([]byte, error) { return vector(width, height, c.draw) }

// PNG returns the figure as a PNG image, 1008 pixels wide.
func (c Curves) PNG() ([]byte, error) { return raster(width, height, c.draw) }

// vector draws a figure of a size as SVG.
func vector(width, height vg.Length, draw func(vg.CanvasSizer) error) ([]byte, error) {
	canvas := vgsvg.New(width, height)
	if err := draw(canvas); err != nil {
		return nil, err
	}
	file, err := written(canvas)
	// Where the font is missing, one that looks alike and not the reader's default.
	return bytes.ReplaceAll(file, []byte("font-family:Liberation Sans;"),
		[]byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;")), err
}

// raster draws a figure of a size as PNG.
func raster(width, height vg.Length, draw func(vg.CanvasSizer) error) ([]byte, error) {
	canvas := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))
	if err := draw(canvas); err != nil {
		return nil, err
	}
	return written(vgimg.PngCanvas{Canvas: canvas})
}

func written(w io.WriterTo) ([]byte, error) {
	var b bytes.Buffer
	_, err := w.WriteTo(&b)
	return b.Bytes(), err
}

// draw draws the figure on a canvas of its size.
func (c Curves) draw(canvas vg.CanvasSizer) error {
	if len(c.Series) == 0 {
		return errors.New("figure: no curves to draw")
	}
	p := axes(c.Title, c.X, c.Y)
	for i, s := range c.Series {
		line, thumbnail, err := s.plot(i)
		if err != nil {
			return err
		}
		p.Add(line)
		if s.Label != "" {
			p.Legend.Add(s.Label, thumbnail)
		}
	}
	for _, b := range c.Breaks {
		line, err := plotter.NewLine(plotter.XYs{{X: b.X, Y: p.Y.Min}, {X: b.X, Y: p.Y.Max}})
		if err != nil {
			return err
		}
		line.Color, line.Dashes = color.Gray{96}, []vg.Length{vg.Points(1), vg.Points(3)}
		p.Add(line)
		p.Legend.Add(b.Label, line)
	}
	p.Legend.Top = c.endLow()
	paint(p, canvas)
	return nil
}

// axes is a plot without anything in it yet.
func axes(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.Padding, p.Legend.Padding = vg.Points(6), vg.Points(3)
	p.Legend.ThumbnailWidth = vg.Points(24)
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.TickerFunc(ticks), plot.TickerFunc(ticks)
	for _, f := range []*font.Font{
		&p.Title.TextStyle.Font, &p.X.Label.TextStyle.Font, &p.Y.Label.TextStyle.Font,
		&p.X.Tick.Label.Font, &p.Y.Tick.Label.Font, &p.Legend.TextStyle.Font,
	} {
		f.Variant = "Sans"
	}
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = faint, faint
	p.Add(grid)
	return p
}

// paint draws a plot on all of a white canvas.
func paint(p *plot.Plot, canvas vg.CanvasSizer) {
	whole := draw.New(canvas)
	whole.SetColor(color.White)
	whole.Fill(whole.Rectangle.Path())
	p.BackgroundColor = nil
	// Clear of the frame, and of the last tick's label at the right.
	p.Draw(draw.Crop(whole, vg.Points(4), -vg.Points(14), vg.Points(4), -vg.Points(6)))
}

// ticks divides an axis into four to ten parts of one, two or five times a power of ten.
func ticks(low, high float64) (marks []plot.Tick) {
	exponent := int(math.Floor(math.Log10((high - low) / 4)))
	step := math.Pow10(exponent)
	for _, factor := range []float64{5, 2} {
		if (high-low)/(factor*step) >= 4 {
			step *= factor
			break
		}
	}
	first, last := math.Ceil(low/step), math.Floor(high/step)
	for k := range int(last-first) + 1 {
		value := (first + float64(k)) * step
		marks = append(marks, plot.Tick{Value: value, Label: strconv.FormatFloat(value, 'f', max(0, -exponent), 64)})
	}
	return marks
}

// plot returns the curve as the ith of a figure, and its entry in the legend.
func (s Series) plot(i int) (plot.Plotter, plot.Thumbnailer, error) {
	if len(s.Points) == 0 {
		return nil, nil, fmt.Errorf("figure: curve %q has no points", s.Label)
	}
	shown := thin(s.Points)
	points := make(plotter.XYs, len(shown))
	for k, p := range shown {
		points[k] = plotter.XY(p)
	}
	ink := inks[i%len(inks)]
	if len(points) == 1 {
		dot, err := plotter.NewScatter(points)
		if err != nil {
			return nil, nil, fmt.Errorf("figure: curve %q: %w", s.Label, err)
		}
		dot.Color, dot.Shape = ink, draw.CircleGlyph{}
		return dot, dot, nil
	}
	line, err := plotter.NewLine(points)
	if err != nil {
		return nil, nil, fmt.Errorf("figure: curve %q: %w", s.Label, err)
	}
	line.Color, line.Width = ink, vg.Points(1.2)
	line.Dashes = dashes[i/len(inks)%len(dashes)]
	if s.Filled {
		line.FillColor = ink
	}
	return line, line, nil
}

// endLow reports whether most curves end in the lower half of the figure, so that the legend has room above.
func (c Curves) endLow() bool {
	lowest, highest, last := math.Inf(1), math.Inf(-1), 0.0
	for _, s := range c.Series {
		for _, p := range s.Points {
			lowest, highest = min(lowest, p.Y), max(highest, p.Y)
		}
		last += s.Points[len(s.Points)-1].Y / float64(len(c.Series))
	}
	return last < (lowest+highest)/2
}

var faint = color.Gray{0xe0}

// inks differ for colour-blind readers too (Okabe and Ito, 2008).
var inks = []color.Color{
	color.RGBA{0x00, 0x72, 0xb2, 0xff}, // blue
	color.RGBA{0xd5, 0x5e, 0x00, 0xff}, // vermilion
	color.RGBA{0x00, 0x9e, 0x73, 0xff}, // green
	color.RGBA{0xcc, 0x79, 0xa7, 0xff}, // purple
	color.RGBA{0xe6, 0x9f, 0x00, 0xff}, // orange
	color.RGBA{0x56, 0xb4, 0xe9, 0xff}, // sky
}

var dashes = [][]vg.Length{nil, {vg.Points(5), vg.Points(3)}, {vg.Points(1.5), vg.Points(2)}}
