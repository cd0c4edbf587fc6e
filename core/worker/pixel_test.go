package worker

import (
	"math"
	"testing"

	"unpool/core/protocol"
)

// The result of an activation's arithmetic is what its layer's map shows there.
func TestPixel(t *testing.T) {
	recurrent := small()
	recurrent.Recipe.Net = "gru 6"
	x, ids := trained(t, convolutions(), recurrent)
	maps := result[protocol.Maps](x, x.ask(protocol.AskLook, with(t, protocol.LookMaps, ids[0], 3, protocol.TestImage{Image: 7})))
	relu1, conv2 := maps.Layers[1], maps.Layers[2]
	unit := protocol.TestUnit{Image: 7, Layer: "conv2", Map: 2, At: &[2]int{3, 13}}
	a := result[protocol.Arithmetic](x, x.ask(protocol.AskLook, with(t, protocol.LookPixel, ids[0], 3, unit)))
	sum := float64(a.Rest) + float64(a.Bias)
	for i, term := range a.Terms {
		sum += float64(term.Sum)
		for j, v := range numbers(a.Inputs)[9*i : 9*i+9] {
			row, column := a.Patch[0]+j/3, a.Patch[1]+j%3
			want := 0.0
			if row < 28 && column < 28 { // the padding is at the end
				want = numbers(relu1)[(term.Map*28+row)*28+column]
			}
			if math.Abs(v-want) > (relu1.Scale+a.Inputs.Scale)/254+1e-9 {
				t.Errorf("input %d of map %d is %g, want %g", j, term.Map, v, want)
			}
		}
	}
	if a.Kind != "conv" || a.From != "relu1" || a.Patch != [4]int{6, 26, 3, 3} || len(a.Terms) != 3 || a.Others != 0 ||
		a.Kernels.Count != 3 || a.Products.Count != 3 || a.Unit.Row != 3 || a.Unit.Column != 13 {
		t.Errorf("%+v", a)
	}
	if shown := numbers(conv2)[(2*14+3)*14+13]; math.Abs(sum-shown) > conv2.Scale/254+1e-6 || math.Abs(sum-float64(a.Unit.Value)) > 1e-5 {
		t.Errorf("the parts come to %g; the map shows %g, the unit is %g", sum, shown, a.Unit.Value)
	}
	a = result[protocol.Arithmetic](x, x.ask(protocol.AskLook, with(t, protocol.LookPixel, ids[0], 3, protocol.TestUnit{Image: 7, Layer: "pool2", Map: 1})))
	if a.Won == nil || a.Kernels.Count != 0 || a.Terms[0].Sum != a.Unit.Value {
		t.Errorf("%+v", a)
	}
	a = result[protocol.Arithmetic](x, x.ask(protocol.AskLook, with(t, protocol.LookPixel, ids[1], 3, protocol.TestUnit{Image: 7, Layer: "gru", Map: 5})))
	z, g := a.Cell.Gates[0], a.Cell.Gates[2]
	if state := z.Value*a.Cell.Before + (1-z.Value)*g.Value; a.Then != "gru" || a.Cell.Step != 27 || math.Abs(float64(state-a.Unit.Value)) > 1e-5 {
		t.Errorf("the gates come to %g; %+v", state, a)
	}
}
