package worker

import (
	"math"
	"testing"

	"unpool/core/protocol"
)

// A reading's picture of the states and its last answer are the net's own.
func TestReading(t *testing.T) {
	recurrent := small()
	recurrent.Recipe.Net = "lstm 6"
	x, ids := trained(t, recurrent)
	unit := protocol.TestUnit{Image: 7, Layer: "lstm", Map: 5}
	r := result[protocol.Reading](x, x.ask(protocol.AskLook, with(t, protocol.LookReading, ids[0], 3, unit)))
	maps := result[protocol.Maps](x, x.ask(protocol.AskLook, with(t, protocol.LookMaps, ids[0], 3, protocol.TestImage{Image: 7})))
	a := result[protocol.Arithmetic](x, x.ask(protocol.AskLook, with(t, protocol.LookPixel, ids[0], 3, unit)))
	states := r.Directions[0].Traces[0].Values
	if states.Height != 28 || states.Width != 6 || maps.Recurrent[0] != r.Layer || len(r.Directions[0].Traces) != 6 || len(r.Directions[0].Order) != 6 || len(r.Cells) != 28 || r.Image.Number != 7 || len(r.Classes) != 10 {
		t.Fatalf("%+v", r)
	}
	last := numbers(states)[27*6:]
	for i, want := range numbers(maps.Layers[0]) {
		if math.Abs(last[i]-want) > (states.Scale+maps.Layers[0].Scale)/254+1e-6 {
			t.Errorf("unit %d ends at %g, the layer gives %g", i, last[i], want)
		}
	}
	for class, p := range r.Answers[27] {
		if math.Abs(float64(p-maps.Probabilities[class])) > 1e-5 {
			t.Errorf("class %d has %g, the net says %g", class, p, maps.Probabilities[class])
		}
	}
	if memory := r.Directions[0].Traces[5]; memory.Name != "memory" || math.Abs(numbers(memory.Values)[27*6+5]-float64(a.Cell.Memory)) > memory.Values.Scale/254+1e-6 {
		t.Errorf("the memory is %+v, want %g", memory, a.Cell.Memory)
	}
	for i, g := range a.Cell.Gates {
		if r.Cells[27].Gates[i] != g {
			t.Errorf("gate %+v, want %+v", r.Cells[27].Gates[i], g)
		}
	}
	if failed := x.failure(x.ask(protocol.AskLook, with(t, protocol.LookReading, ids[0], 3, protocol.TestUnit{Layer: "lstm", Map: 6}))); failed.Code != protocol.Invalid {
		t.Errorf("%+v", failed)
	}
}
