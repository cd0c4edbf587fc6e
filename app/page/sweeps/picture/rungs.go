package picture

import (
	"fmt"
	"math"

	"unpool/app/page/sweeps/study"
	"unpool/app/ui/chart"
	"unpool/core/number"
	"unpool/core/run"
)

// Rungs shows how far each run was trained: one line each over the training steps, the best point on top, the rungs as vertical rules.
type Rungs struct {
	of                       *study.Study
	shown                    []int
	steps                    chart.Scale
	size                     chart.Size
	left, right, top, bottom float64
	first                    []int // the line of each shown point's first run
	lines                    int
	row                      map[int]int // a point's place in shown
}

// NewRungs draws shown points in a size.
func NewRungs(of *study.Study, shown []int, size chart.Size) *Rungs {
	r := &Rungs{of: of, shown: shown, size: size, left: 5 * size.Text, right: size.Width - 1.6*size.Text, top: 1.8 * size.Text, bottom: size.Height - 3.2*size.Text,
		row: make(map[int]int, len(shown))}
	for i, p := range shown {
		r.row[p] = i
		r.first = append(r.first, r.lines)
		r.lines += len(of.All[p].Runs)
	}
	r.steps = chart.Scale{Min: 0, Max: 1, From: r.left, To: r.right}
	if n := len(of.Rungs); n > 0 {
		r.steps.Max = float64(max(1, of.Rungs[n-1]))
		if n > 1 { // rungs multiply
			r.steps.Min, r.steps.Log = float64(of.Rungs[0])/float64(max(2, of.Eta)), true
		}
	}
	return r
}

// Size is Picture's.
func (r *Rungs) Size() (width, height float64) { return r.size.Width, r.size.Height }

// high is how high a run's line is with its gap.
func (r *Rungs) high() float64 { return (r.bottom - r.top) / float64(max(1, r.lines)) }

func (r *Rungs) y(line int) float64 { return r.top + (float64(line)+0.5)*r.high() }

// Draw is Picture's. Its points are those that it was made with.
func (r *Rungs) Draw(_ []int, chosen []bool) string {
	var d drawing
	for i, step := range r.of.Rungs {
		x := r.steps.Pixel(float64(step))
		d.line("rung", x, r.top-4, x, r.bottom)
		d.words("", "middle", x, r.bottom+1.4*r.size.Text, number.Int(step))
		if i < len(r.of.Rungs)-1 {
			d.words("", "middle", x, r.top-8, fmt.Sprintf("rung %d", i+1))
		}
	}
	d.line("axis", r.left, r.bottom, r.right, r.bottom)
	title := "training steps"
	if r.steps.Log {
		title += ", logarithmic"
	}
	d.words("title", "middle", (r.left+r.right)/2, r.bottom+2.8*r.size.Text, title)
	apart := max(1, int(math.Ceil(float64(len(r.shown))*2*r.size.Text/(r.bottom-r.top))))
	for i := range r.shown {
		if i%apart == 0 || i == len(r.shown)-1 && i%apart > apart/2 {
			if rank := r.of.All[r.shown[i]].Rank; rank > 0 {
				d.words("", "end", r.left-6, r.y(r.first[i])+0.35*r.size.Text, number.Int(rank))
			}
		}
	}
	d.words("", "start", 0, r.top-8, "rank")
	var l layers
	var stopped, failed []byte
	for i := len(r.shown) - 1; i >= 0; i-- {
		point := r.shown[i]
		of := l.of(r.of, point, chosen)
		for k, one := range r.of.All[point].Runs {
			if one.Step == 0 {
				continue
			}
			x, y := r.end(one.Step), r.y(r.first[i]+k)
			*of = put(put(*of, 'M', r.left, y), 'L', x, y)
			switch half := min(r.high()/2, 4); {
			case r.high() < 4: // there is no room for marks
			case one.Phase == run.Stopped:
				stopped = put(put(stopped, 'M', x, y-half), 'L', x, y+half)
			case one.Phase == run.Failed:
				failed = put(put(failed, 'M', x-half, y-half), 'L', x+half, y+half)
				failed = put(put(failed, 'M', x-half, y+half), 'L', x+half, y-half)
			}
		}
	}
	fmt.Fprintf(&d, `<g stroke-width="%.1f">`, r.width())
	d.add("line", &l)
	d.WriteString(`</g>`)
	d.path("end", stopped)
	d.path("end failed", failed)
	return d.String()
}

func (r *Rungs) width() float64 { return max(0.8, min(0.7*r.high(), 7)) }

// end is where a run's line ends: a little right of the axis at least, so that it is seen.
func (r *Rungs) end(step int) float64 {
	return max(r.left+3, r.steps.Pixel(max(float64(step), r.steps.Min)))
}

// Mark is Picture's.
func (r *Rungs) Mark(point int) string {
	i, ok := r.row[point]
	if !ok {
		return ""
	}
	var d drawing
	var path []byte
	for k, one := range r.of.All[point].Runs {
		y := r.y(r.first[i] + k)
		path = put(put(path, 'M', r.left, y), 'L', max(r.left+8, r.end(one.Step)), y)
	}
	fmt.Fprintf(&d, `<g stroke-width="%.1f">`, max(3, r.width()))
	d.path("line mark", path)
	d.WriteString(`</g>`)
	return d.String()
}

// Nearest is Picture's: the point on whose line the pointer is, chosen or not.
func (r *Rungs) Nearest(x, y float64, _ []int, _ []bool) int {
	if len(r.shown) == 0 || y < r.top || y > r.bottom {
		return -1
	}
	line := int((y - r.top) / r.high())
	for i := len(r.shown) - 1; i >= 0; i-- {
		if r.first[i] <= line {
			return r.shown[i]
		}
	}
	return -1
}
