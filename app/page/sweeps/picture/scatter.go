package picture

import (
	"math"

	"unpool/app/page/sweeps/study"
	"unpool/app/ui/chart"
)

// Scatter shows one field against the accuracy, the standard deviation over seeds as bars.
type Scatter struct {
	of                       *study.Study
	x, y                     *study.Axis
	size                     chart.Size
	left, right, top, bottom float64
}

// NewScatter draws a study's field in a size.
func NewScatter(of *study.Study, field string, size chart.Size) *Scatter {
	return &Scatter{of: of, x: of.Axis(field), y: of.Axis(study.Accuracy), size: size,
		left: 5 * size.Text, right: size.Width - 8, top: 8, bottom: size.Height - 3.2*size.Text}
}

// Size is Picture's.
func (s *Scatter) Size() (width, height float64) { return s.size.Width, s.size.Height }

func (s *Scatter) px(place float64) float64 { return s.left + place*(s.right-s.left) }

func (s *Scatter) py(place float64) float64 { return s.bottom + place*(s.top-s.bottom) }

// place is where a point lies. Points of one name are spread out, by their numbers, so that they do not hide one another.
func (s *Scatter) place(point int) (x, y float64) {
	at := s.x.At(point)
	if n := len(s.x.Names); n > 0 {
		const golden = 0.6180339887
		_, spread := math.Modf(golden * float64(point+1))
		at += 0.6 * (spread - 0.5) / float64(n)
	}
	return s.px(at), s.py(s.y.At(point))
}

// radius is a dot's: many are small.
func radius(points int) float64 {
	if points > 400 {
		return 2
	}
	return 4
}

// dot appends a circle.
func dot(path []byte, x, y, r float64) []byte {
	path = put(path, 'M', x-r, y)
	for _, to := range []float64{2 * r, -2 * r} {
		path = append(path, 'a')
		path = tenth(path, r)
		path = append(path, ' ')
		path = tenth(path, r)
		path = append(path, " 0 1 0 "...)
		path = tenth(path, to)
		path = append(path, " 0"...)
	}
	return path
}

// Draw is Picture's.
func (s *Scatter) Draw(shown []int, chosen []bool) string {
	var d drawing
	for _, t := range s.y.Ticks(5) {
		d.line("grid", s.left, s.py(t.At), s.right, s.py(t.At))
		d.words("", "end", s.left-6, s.py(t.At)+0.35*s.size.Text, t.Label)
	}
	ticks := s.x.Ticks(max(2, int((s.right-s.left)/(6*s.size.Text))))
	room := (s.right - s.left) / float64(max(1, len(ticks)))
	for _, t := range ticks {
		d.line("axis", s.px(t.At), s.bottom, s.px(t.At), s.bottom+4)
		d.words("", "middle", s.px(t.At), s.bottom+1.4*s.size.Text, cut(t.Label, room, s.size.Text))
	}
	d.line("axis", s.left, s.bottom, s.right, s.bottom)
	title := s.x.Label
	if s.x.Scale.Log {
		title += ", logarithmic"
	}
	d.words("title", "middle", (s.left+s.right)/2, s.bottom+2.8*s.size.Text, title)
	var spreads, dots layers
	r := radius(len(shown))
	for i := len(shown) - 1; i >= 0; i-- {
		point := shown[i]
		x, y := s.place(point)
		if math.IsNaN(x) || math.IsNaN(y) {
			continue
		}
		of := dots.of(s.of, point, chosen)
		*of = dot(*of, x, y, r)
		if low, high, ok := s.spread(point); ok {
			of = spreads.of(s.of, point, chosen)
			*of = tenth(append(put(*of, 'M', x, low), 'V'), high)
		}
	}
	d.add("spread", &spreads)
	d.add("dot", &dots)
	return d.String()
}

// spread is from where to where the standard deviation of a point reaches.
func (s *Scatter) spread(point int) (low, high float64, ok bool) {
	p := &s.of.All[point]
	if p.N < 2 {
		return 0, 0, false
	}
	end := func(x float64) float64 { return s.py(s.y.Place(x)) }
	return end(p.Accuracy - p.Deviation), end(p.Accuracy + p.Deviation), true
}

// Mark is Picture's.
func (s *Scatter) Mark(point int) string {
	x, y := s.place(point)
	if math.IsNaN(x) || math.IsNaN(y) {
		return ""
	}
	var d drawing
	if low, high, ok := s.spread(point); ok {
		d.line("spread mark", x, low, x, high)
	}
	d.path("dot mark", dot(nil, x, y, 6))
	return d.String()
}

// Nearest is Picture's.
func (s *Scatter) Nearest(x, y float64, shown []int, chosen []bool) int {
	best, least := -1, float64(near)
	for _, point := range shown {
		if !chosen[point] {
			continue
		}
		px, py := s.place(point)
		if away := math.Hypot(px-x, py-y); away < least {
			best, least = point, away
		}
	}
	return best
}
