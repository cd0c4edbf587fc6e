package nn

import (
	"fmt"
	"hash/fnv"
	"math"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/random"
	"unpool/models/net"
)

// InitPlan makes every variable of a net in the store, f32, with its initial value: a function of the seed and the
// variable's name alone, computed on the host, the same bits everywhere.
func InitPlan(store *model.Store, p *net.Plan, seed uint64) error {
	for l := range p.All() {
		for _, v := range l.Variables {
			name := l.Name + "/" + v.Name
			h := fnv.New64a()
			h.Write([]byte(name)) // a hash takes every write
			flat := fill(v, seeded(seed, h.Sum64()))
			made, err := store.RootScope().At("%s", l.Name).CreateVariable(v.Name, tensors.FromFlatDataAndDimensions(flat, v.Dims...))
			if err != nil {
				return fmt.Errorf("nn: variable %s: %w", name, err)
			}
			made.SetTrainable(!v.Statistic)
		}
	}
	return nil
}

// fill returns a variable's initial values, gate by gate.
func fill(v net.Variable, r *random.Stream) []float32 {
	columns := v.Dims[len(v.Dims)-1]
	width := columns / v.Gates
	rows := v.Size() / columns
	flat := make([]float32, v.Size())
	block := make([]float32, rows*width)
	for gate := range v.Gates {
		if v.Init == "" {
			for i := range block {
				block[i] = v.Constants[gate]
			}
		} else {
			draw(v.Init, r, v.Dims, rows, width, block)
		}
		for i := range rows {
			copy(flat[i*columns+gate*width:], block[i*width:(i+1)*width])
		}
	}
	return flat
}

// draw fills a matrix of rows by columns, of a variable with dims. The distributions are those that net.Init documents.
func draw(init net.Init, r *random.Stream, dims []int, rows, columns int, flat []float32) {
	normal := func(deviation float64) {
		for i := range flat {
			flat[i] = float32(r.Normal() * deviation)
		}
	}
	switch init {
	case net.Starter:
		normal(0.1)
	case net.He:
		normal(math.Sqrt(2 / float64(rows)))
	case net.Glorot:
		// A convolution's number goes into as many sums as its window has places.
		places := 1
		for _, d := range dims[:len(dims)-2] {
			places *= d
		}
		limit := math.Sqrt(6 / float64(rows+places*columns))
		for i := range flat {
			flat[i] = float32(r.Uniform() * limit)
		}
	case net.Orthogonal:
		orthogonal(r, rows, columns, flat)
	default:
		panic(fmt.Errorf("nn: unknown initialisation %q", init))
	}
}

// orthogonal makes the rows of a matrix orthonormal, or its columns where they are fewer, by Gram and Schmidt's method on
// normal numbers, each vector made orthogonal twice against rounding. The conversions keep a compiler from fusing a product
// with a sum, which would round differently on another processor.
func orthogonal(r *random.Stream, rows, columns int, flat []float32) {
	n, length := rows, columns
	stride, step := columns, 1 // between vectors, and within one
	if columns < rows {
		n, length = columns, rows
		stride, step = 1, columns
	}
	vectors := make([][]float64, n)
	for i := range vectors {
		v := make([]float64, length)
		for j := range v {
			v[j] = r.Normal()
		}
		for range 2 {
			for _, other := range vectors[:i] {
				d := dot(v, other)
				for j := range v {
					v[j] -= float64(d * other[j])
				}
			}
		}
		norm := math.Sqrt(dot(v, v))
		for j := range v {
			v[j] /= norm
			flat[i*stride+j*step] = float32(v[j])
		}
		vectors[i] = v
	}
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += float64(a[i] * b[i])
	}
	return sum
}
