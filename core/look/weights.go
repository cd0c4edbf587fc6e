package look

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/guard"
	"unpool/models/net"
)

// variable is a copy of a layer's variable. One that has a number that is not finite is ErrNotFinite.
func (n *Net) variable(layer, name string) ([]float32, error) {
	if err := guard.Protect(func() error { return n.hold(n.values) }); err != nil {
		return nil, err
	}
	return stored(n.store, layer, name)
}

// variables are the values of a layer's variables, by name.
func (n *Net) variables(p *net.Placed) (map[string][]float32, error) {
	all := map[string][]float32{}
	for _, v := range p.Variables {
		values, err := n.variable(p.Name, v.Name)
		if err != nil {
			return nil, err
		}
		all[v.Name] = values
	}
	return all, nil
}

func stored(store *model.Store, layer, name string) (values []float32, err error) {
	err = guard.Protect(func() error {
		v := store.RootScope().At("%s", layer).GetVariable(name)
		if v == nil {
			return fmt.Errorf("look: there is no variable %s/%s", layer, name)
		}
		value, err := v.Value()
		if err != nil {
			return fmt.Errorf("look: %s/%s: %w", layer, name, err)
		}
		values, err = tensors.CopyFlatData[float32](value)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, x := range values {
		if x-x != 0 { // infinite, or no number
			return nil, fmt.Errorf("%w: %s/%s", ErrNotFinite, layer, name)
		}
	}
	return values, nil
}

// transposed is a matrix of rows and columns with its axes exchanged.
func transposed(matrix []float32, rows, columns int) []float32 {
	t := make([]float32, len(matrix))
	for i := range rows {
		for j := range columns {
			t[j*rows+i] = matrix[i*columns+j]
		}
	}
	return t
}

// Strongest are the places of count arrays of one size that follow each other in values, that of the largest first, by the root of the
// mean of its squares.
func Strongest(values []float32, count int) []int {
	size := len(values) / max(1, count)
	sizes := make([]float64, count)
	for i := range sizes {
		sizes[i] = rms(values[i*size : (i+1)*size])
	}
	return descending(sizes)
}

// descending are the places of some numbers, the largest first, of equals the first.
func descending(values []float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	return order
}

// rms is the root of the mean of squares, 0 of nothing.
func rms(values []float32) float64 {
	sum := 0.0
	for _, v := range values {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(max(1, len(values))))
}
