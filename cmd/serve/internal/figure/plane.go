package figure

import (
	"errors"
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Plane is points of the complex plane with the unit circle, such as the eigenvalues of a matrix.
type Plane struct {
	Title  string
	Points []Point // X real, Y imaginary
}

// side is that of a plane's figure.
const side = 12 * vg.Centimeter

// SVG returns the figure as SVG.
func (p Plane) SVG() ([]byte, error) { return svg(side, side, p.draw) }

// PNG returns the figure as a PNG image, 756 pixels wide.
func (p Plane) PNG() ([]byte, error) { return raster(side, side, p.draw) }

func (p Plane) draw(canvas vg.CanvasSizer) error {
	if len(p.Points) == 0 {
		return errors.New("figure: no points to draw")
	}
	reach := 1.0
	points := make(plotter.XYs, len(p.Points))
	for i, one := range p.Points {
		points[i] = plotter.XY(one)
		reach = max(reach, math.Abs(one.X), math.Abs(one.Y))
	}
	dots, err := plotter.NewScatter(points)
	if err != nil {
		return fmt.Errorf("figure: %w", err)
	}
	dots.Color, dots.Shape, dots.Radius = inks[0], draw.CircleGlyph{}, vg.Points(2)
	const corners = 360
	circle := make(plotter.XYs, corners+1)
	for i := range circle {
		circle[i].Y, circle[i].X = math.Sincos(2 * math.Pi * float64(i) / corners)
	}
	line, err := plotter.NewLine(circle)
	if err != nil {
		return fmt.Errorf("figure: %w", err)
	}
	line.Color = color.Gray{96}
	plot := axes(p.Title, "real", "imaginary")
	plot.Add(line, dots)
	// Alike along both axes, so that the circle is one.
	reach *= 1.1
	plot.X.Min, plot.X.Max, plot.Y.Min, plot.Y.Max = -reach, reach, -reach, reach
	paint(plot, canvas)
	return nil
}
