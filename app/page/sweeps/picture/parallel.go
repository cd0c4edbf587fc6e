package picture

import (
	"math"

	"unpool/app/page/sweeps/study"
	"unpool/app/ui/chart"
)

// Parallel are parallel coordinates: a vertical axis for each field and one for the accuracy, and each point a line through all of them
// (Inselberg, The plane with parallel coordinates, The Visual Computer 1985).
type Parallel struct {
	of          *study.Study
	size        chart.Size
	top, bottom float64
}

// NewParallel draws a study in a size. It is wider than that where the axes would be too close.
func NewParallel(of *study.Study, size chart.Size) *Parallel {
	size.Width = max(size.Width, AxisRoom*float64(len(of.Axes))*size.Text/13)
	return &Parallel{of: of, size: size, top: 2 * size.Text, bottom: size.Height - 10}
}

// AxisRoom is how many pixels apart axes are at least.
const AxisRoom = 108

// Size is Picture's.
func (p *Parallel) Size() (width, height float64) { return p.size.Width, p.size.Height }

// X is where an axis is.
func (p *Parallel) X(axis int) float64 {
	apart := (p.size.Width - 16) / float64(len(p.of.Axes))
	return 16 + float64(axis)*apart
}

// Y is where a place on an axis lies.
func (p *Parallel) Y(place float64) float64 { return p.bottom + place*(p.top-p.bottom) }

// Place is which place on an axis is there.
func (p *Parallel) Place(y float64) float64 { return (y - p.bottom) / (p.top - p.bottom) }

// Draw is Picture's.
func (p *Parallel) Draw(shown []int, chosen []bool) string {
	var d drawing
	var l layers
	for i := len(shown) - 1; i >= 0; i-- { // the best last
		at := l.of(p.of, shown[i], chosen)
		*at = p.line(*at, shown[i])
	}
	d.add("line", &l)
	for i, a := range p.of.Axes {
		x := p.X(i)
		d.line("axis", x, p.top, x, p.bottom)
		d.words("title", "start", x-8, p.size.Text, cut(a.Label, p.X(1)-p.X(0)-4, p.size.Text))
		ticks := a.Ticks(5)
		skip := 1 + int(float64(len(ticks))*1.3*p.size.Text/(p.bottom-p.top))
		for k, t := range ticks {
			if k%skip == 0 {
				d.line("axis", x-3, p.Y(t.At), x+3, p.Y(t.At))
				d.words("halo", "start", x+7, p.Y(t.At)+0.35*p.size.Text, cut(t.Label, p.X(1)-p.X(0)-16, p.size.Text))
			}
		}
	}
	return d.String()
}

// line appends the line of a point. It is broken at an axis that the point has no value on.
func (p *Parallel) line(path []byte, point int) []byte {
	command := byte('M')
	for i, a := range p.of.Axes {
		at := a.At(point)
		if math.IsNaN(at) {
			command = 'M'
			continue
		}
		path = put(path, command, p.X(i), p.Y(at))
		command = 'L'
	}
	return path
}

// Mark is Picture's.
func (p *Parallel) Mark(point int) string {
	var d drawing
	d.path("line mark", p.line(nil, point))
	return d.String()
}

// near is how many pixels away from the pointer a point may be.
const near = 24

// Nearest is Picture's.
func (p *Parallel) Nearest(x, y float64, shown []int, chosen []bool) int {
	best, least := -1, float64(near)
	last := len(p.of.Axes) - 1
	left := max(0, min(int((x-p.X(0))/(p.X(1)-p.X(0))), last-1))
	part := max(0, min((x-p.X(left))/(p.X(left+1)-p.X(left)), 1))
	for _, point := range shown {
		if !chosen[point] {
			continue
		}
		a, b := p.of.Axes[left].At(point), p.of.Axes[left+1].At(point)
		if away := math.Abs(p.Y(a+part*(b-a)) - y); away < least {
			best, least = point, away
		}
	}
	return best
}
