package worker

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/gomlx/compute"

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

// Nets that read beside another say what each says when it is asked about; they stay open while the image or the step changes.
func TestReadingBeside(t *testing.T) {
	lstm, gru, both := small(), small(), small()
	lstm.Recipe.Net, gru.Recipe.Net, both.Recipe.Net = "lstm 6", "gru 4 sequence, gru 3", "rnn 5 both"
	x, ids := trained(t, lstm, gru, both)
	opened, open := 0, x.open
	x.open = func(b compute.Backend) compute.Backend {
		opened++
		return open(b)
	}
	others := []protocol.Net{{Run: ids[1], Step: 3}, {Run: ids[2], Step: 3}}
	for _, image := range []int{7, 8} {
		all := result[protocol.Reading](x, x.ask(protocol.AskLook, with(t, protocol.LookReading, ids[0], 3, protocol.TestUnit{Image: image, Others: others})))
		if len(all.Others) != 2 || opened != 3 {
			t.Fatalf("%d readings, %d nets opened", len(all.Others), opened)
		}
		for i, got := range all.Others {
			want := result[protocol.Reading](x, x.ask(protocol.AskLook, with(t, protocol.LookReading, others[i].Run, 3, protocol.TestUnit{Image: image})))
			for d := range want.Directions {
				want.Directions[d].Traces = want.Directions[d].Traces[:1]
			}
			if want.Cells = nil; !reflect.DeepEqual(got, want) {
				t.Errorf("net %d reads %+v, alone %+v", i, got, want)
			}
		}
	}
	result[protocol.Maps](x, x.ask(protocol.AskLook, with(t, protocol.LookMaps, ids[0], 0, protocol.TestImage{}))) // another step closes that before
	if opened != 3 {
		t.Errorf("%d nets were opened", opened)
	}
	short := protocol.TestUnit{Own: []byte{1}, Others: others}
	if failed := x.failure(x.ask(protocol.AskLook, with(t, protocol.LookReading, ids[0], 3, short))); failed.Code != protocol.Invalid || !strings.Contains(failed.Message, "1 bytes") {
		t.Errorf("%+v", failed)
	}
}

// What a unit does on the first images of each class is what it does on each of them, and the means are theirs.
func TestAcross(t *testing.T) {
	recurrent := small()
	recurrent.Recipe.Net = "gru 6"
	x, ids := trained(t, recurrent)
	a := result[protocol.Acrossed](x, x.ask(protocol.AskLook, with(t, protocol.LookAcross, ids[0], 3, protocol.Across{Layer: "gru", Unit: 4, Each: 2})))
	if len(a.Images) != 20 || a.States.Width != 20 || a.States.Height != 28 || a.Means.Width != 10 || a.Classes[19] != 9 {
		t.Fatalf("%+v", a)
	}
	states, means := numbers(a.States), numbers(a.Means)
	for step := range 28 {
		if got, want := means[step*10+3], (states[step*20+6]+states[step*20+7])/2; math.Abs(got-want) > (a.States.Scale+a.Means.Scale)/120 {
			t.Errorf("after step %d the mean is %g, want %g", step, got, want)
		}
	}
	r := result[protocol.Reading](x, x.ask(protocol.AskLook, with(t, protocol.LookReading, ids[0], 3, protocol.TestUnit{Image: a.Images[7], Layer: "gru", Map: 4})))
	if r.Image.Class != 3 || math.Abs(float64(r.Cells[20].State)-states[20*20+7]) > a.States.Scale/120 {
		t.Errorf("image %d, of class %d, has the state %g, want %g", a.Images[7], r.Image.Class, states[20*20+7], r.Cells[20].State)
	}
	if failed := x.failure(x.ask(protocol.AskLook, with(t, protocol.LookAcross, ids[0], 3, protocol.Across{Layer: "gru"}))); failed.Code != protocol.Invalid {
		t.Errorf("%+v", failed)
	}
}
