package looktest

import (
	"fmt"
	"math"

	"unpool/core/look"
	"unpool/models/net"
)

// The deconvnet and its relatives once more, in plain loops: each layer returns what it gives and a function that goes back through it.

// array has the numbers of a layer for one image.
type array struct {
	dims   []int
	values []float64
}

func zeros(dims ...int) array {
	size := 1
	for _, d := range dims {
		size *= d
	}
	return array{dims, make([]float64, size)}
}

// at is the index of a place in a map.
func (a array) at(row, column, m int) int { return (row*a.dims[1]+column)*a.dims[2] + m }

// back goes from what comes back to a layer to what it gives back.
type back func(array) array

// reference is a net in plain loops.
type reference struct {
	plan      *net.Plan
	variables map[string][]float64 // by layer/name
	method    look.Method
}

// project goes forward to a unit of a layer of the outermost list, and back from it to the image, as Project does.
func (r reference) project(image []float64, u look.Unit) []float64 {
	t := r.plan.Task
	x := array{[]int{t.Height, t.Width, t.Channels}, image}
	y, backward := r.layers(r.plan.Layers, x, u.Layer)
	seed := zeros(y.dims...)
	i := u.Map
	if len(y.dims) == 3 {
		i = y.at(u.Row, u.Column, u.Map)
	}
	seed.values[i] = 1
	if r.method == look.Deconv {
		seed.values[i] = y.values[i]
	}
	return backward(seed).values
}

// layers goes through layers, up to the one of a name where that is not "".
func (r reference) layers(layers []net.Placed, x array, last string) (array, back) {
	var way []back
	for i := range layers {
		var b back
		x, b = r.layer(&layers[i], x)
		way = append(way, b)
		if layers[i].Name == last {
			break
		}
	}
	return x, func(g array) array {
		for i := len(way) - 1; i >= 0; i-- {
			g = way[i](g)
		}
		return g
	}
}

func (r reference) layer(p *net.Placed, x array) (array, back) {
	variable := func(name string) []float64 { return r.variables["/"+p.Name+"/"+name] }
	switch l := p.Layer.(type) {
	case net.Conv:
		return convolve(p, l, x, variable("weights"), variable("bias"))
	case net.Pool:
		if l.Average {
			return average(p, l, x)
		}
		return largest(p, l, x)
	case net.Activation:
		return r.relu(x)
	case net.BatchNorm:
		return normalize(x, variable("scale"), variable("offset"), variable("mean"), variable("variance"))
	case net.Dense, net.Logits:
		return dense(p, x, variable("weights"), variable("bias"))
	case net.Residual:
		y, inner := r.layers(p.Layers, x, "")
		return sum(x, y), func(g array) array { return sum(g, inner(g)) }
	}
	panic(fmt.Sprintf("looktest: no %T", p.Layer))
}

func sum(a, b array) array {
	y := zeros(a.dims...)
	for i := range y.values {
		y.values[i] = a.values[i] + b.values[i]
	}
	return y
}

func (r reference) relu(x array) (array, back) {
	y := zeros(x.dims...)
	for i, v := range x.values {
		y.values[i] = max(v, 0)
	}
	return y, func(g array) array {
		to := zeros(x.dims...)
		for i, v := range g.values {
			switch {
			case r.method == look.Deconv:
				to.values[i] = max(v, 0)
			case x.values[i] <= 0:
			case r.method == look.Guided:
				to.values[i] = max(v, 0)
			default:
				to.values[i] = v
			}
		}
		return to
	}
}

// window calls f for each pair of an output's place and an input's place in its window.
func window(p *net.Placed, height, width, stride int, f func(row, column, y, x, dy, dx int)) {
	for row := range p.Out[0] {
		for column := range p.Out[1] {
			for dy := range height {
				for dx := range width {
					y, x := row*stride-p.Padding[0][0]+dy, column*stride-p.Padding[1][0]+dx
					if y >= 0 && y < p.In[0] && x >= 0 && x < p.In[1] {
						f(row, column, y, x, dy, dx)
					}
				}
			}
		}
	}
}

func convolve(p *net.Placed, l net.Conv, x array, weights, bias []float64) (array, back) {
	y := zeros(p.Out...)
	for i := range y.values {
		if bias != nil {
			y.values[i] = bias[i%l.Maps]
		}
	}
	channels := p.In[2]
	each := func(f func(out, in, weight int)) {
		window(p, l.Height, l.Width, l.Stride, func(row, column, iy, ix, dy, dx int) {
			for c := range channels {
				for m := range l.Maps {
					f(y.at(row, column, m), x.at(iy, ix, c), ((dy*l.Width+dx)*channels+c)*l.Maps+m)
				}
			}
		})
	}
	each(func(out, in, weight int) { y.values[out] += x.values[in] * weights[weight] })
	return y, func(g array) array {
		to := zeros(x.dims...)
		each(func(out, in, weight int) { to.values[in] += g.values[out] * weights[weight] })
		return to
	}
}

// largest remembers where in each window the largest was: the deconvnet's switches.
func largest(p *net.Placed, l net.Pool, x array) (array, back) {
	y := zeros(p.Out...)
	switches := make([]int, len(y.values))
	for i := range y.values {
		y.values[i] = math.Inf(-1)
	}
	window(p, l.Window, l.Window, l.Stride, func(row, column, iy, ix, _, _ int) {
		for m := range p.Out[2] {
			if out, in := y.at(row, column, m), x.at(iy, ix, m); x.values[in] > y.values[out] {
				y.values[out], switches[out] = x.values[in], in
			}
		}
	})
	return y, func(g array) array {
		to := zeros(x.dims...)
		for out, in := range switches {
			to.values[in] += g.values[out]
		}
		return to
	}
}

func average(p *net.Placed, l net.Pool, x array) (array, back) {
	y := zeros(p.Out...)
	count := make([]float64, p.Out[0]*p.Out[1])
	each := func(f func(place, out, in int)) {
		window(p, l.Window, l.Window, l.Stride, func(row, column, iy, ix, _, _ int) {
			for m := range p.Out[2] {
				f(row*p.Out[1]+column, y.at(row, column, m), x.at(iy, ix, m))
			}
		})
	}
	each(func(place, out, in int) { count[place] += 1 / float64(p.Out[2]) })
	each(func(place, out, in int) { y.values[out] += x.values[in] / math.Round(count[place]) })
	return y, func(g array) array {
		to := zeros(x.dims...)
		each(func(place, out, in int) { to.values[in] += g.values[out] / math.Round(count[place]) })
		return to
	}
}

func normalize(x array, scale, offset, mean, variance []float64) (array, back) {
	factor := make([]float64, len(scale))
	for m := range factor {
		factor[m] = scale[m] / math.Sqrt(variance[m]+1e-3)
	}
	y := zeros(x.dims...)
	for i, v := range x.values {
		m := i % len(scale)
		y.values[i] = (v-mean[m])*factor[m] + offset[m]
	}
	return y, func(g array) array {
		to := zeros(x.dims...)
		for i, v := range g.values {
			to.values[i] = v * factor[i%len(scale)]
		}
		return to
	}
}

func dense(p *net.Placed, x array, weights, bias []float64) (array, back) {
	y := zeros(p.Out...)
	units := p.Out[0]
	copy(y.values, bias)
	for i, v := range x.values {
		for u := range units {
			y.values[u] += v * weights[i*units+u]
		}
	}
	return y, func(g array) array {
		to := zeros(x.dims...)
		for i := range to.values {
			for u := range units {
				to.values[i] += g.values[u] * weights[i*units+u]
			}
		}
		return to
	}
}
