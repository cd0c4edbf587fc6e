package look

import (
	"slices"
	"testing"
)

// Layers are compared where name and shape are the same, whatever their places.
func TestPairs(t *testing.T) {
	first := []Activations{{"conv1", []int{2}, []float32{1, 2}}, {"relu1", []int{1, 2}, []float32{3, 4}}, {"logits", []int{1}, []float32{5}}}
	second := []Activations{{"logits", []int{1}, []float32{4.5}}, {"conv1", []int{3}, []float32{1, 2, 3}}, {"relu1", []int{1, 2}, []float32{4, 2}}}
	pairs := Pairs(first, second)
	if len(pairs) != 3 || pairs[0].Second != nil || pairs[0].Difference.Values != nil {
		t.Fatalf("%+v", pairs)
	}
	for i, want := range map[int][]float32{1: {1, -2}, 2: {-0.5}} {
		p := pairs[i]
		if p.Second == nil || p.Second.Layer != p.First.Layer || !slices.Equal(p.Difference.Values, want) || !slices.Equal(p.Difference.Dims, p.First.Dims) {
			t.Errorf("the pair of %s is %+v, want the difference %v", p.First.Layer, p, want)
		}
	}
}
