package worker

import (
	"slices"
	"strings"
	"testing"

	"unpool/core/protocol"
	"unpool/core/store"
)

// After each step a map is moved most by the image that a search for the strongest finds first, and what was found is kept: another trainer has it
// without searching.
func TestEvolution(t *testing.T) {
	runs := &store.Memory{}
	x := newTrialIn(t, runs)
	onOurs(x)
	x.runEnd(x.ask(protocol.AskTrain, convolutions()))
	list, err := runs.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id, steps := list[0].ID, []int{0, 3, 6}
	evolution := func(x *trial, at int, e protocol.Evolve) (told protocol.Evolution, searched bool) {
		t.Helper()
		call := x.ask(protocol.AskLook, with(t, protocol.LookEvolution, id, at, e))
		told = result[protocol.Evolution](x, call)
		for _, m := range x.said {
			searched = searched || m.Kind == protocol.SayProgress && m.Call == call && strings.Contains(m.String(), `"images"`)
		}
		return told, searched
	}
	all, searched := evolution(x, 6, protocol.Evolve{Layer: "relu2", Among: 300, Steps: steps})
	if !searched || all.Among != 300 || all.Name != "Deconvnet" || len(all.Maps) != 4 || !slices.Equal(all.Steps, steps) {
		t.Fatalf("searched: %t, %+v", searched, all)
	}
	for at, m := range all.Maps {
		if at > 0 && m.Leads[2].Value > all.Maps[at-1].Leads[2].Value {
			t.Errorf("map %d comes after one that is less strong after the last step", m.Map)
		}
		if m.Projections.Count != 3 || m.Projections.Height != all.Height || len(m.Parts) != 3*all.Height*all.Width || len(m.Projections.Pixels) != len(m.Parts) {
			t.Errorf("map %d: %d pixels of %d images of %dx%d", m.Map, len(m.Projections.Pixels), m.Projections.Count, all.Height, all.Width)
		}
		for i, step := range steps {
			s := result[protocol.Strongest](x, x.ask(protocol.AskLook, with(t, protocol.LookStrongest, id, step, protocol.TestUnit{Layer: "relu2", Map: m.Map, Among: 300})))
			first := s.Trained.Images[0]
			want := protocol.Lead{Image: first.Number, Class: first.Class, Value: s.Trained.Units[0].Value}
			want.Changed = i > 0 && want.Image != m.Leads[i-1].Image
			if m.Leads[i] != want {
				t.Errorf("step %d: map %d is moved most by %+v, want %+v", step, m.Map, m.Leads[i], want)
			}
		}
	}

	y := newTrialIn(t, runs)
	onOurs(y)
	again, searched := evolution(y, 3, protocol.Evolve{Layer: "relu2", Map: &all.Maps[1].Map, Among: 300, Steps: steps})
	if searched || len(again.Maps) != 1 || !slices.Equal(again.Maps[0].Leads, all.Maps[1].Leads) || !slices.Equal(again.Maps[0].Projections.Pixels, all.Maps[1].Projections.Pixels) {
		t.Errorf("searched again: %t; %+v", searched, again)
	}
	training, _ := evolution(y, 3, protocol.Evolve{Among: 1000, Training: true, Steps: steps[1:]})
	if training.Layer != "relu2" || training.Among != 120 || training.Maps[0].Leads[0].Image >= 120 {
		t.Errorf("of the training images: %+v", training)
	}
	none := 4
	for says, e := range map[string]protocol.Evolve{
		"no map 4, but 4 maps": {Map: &none, Among: 9, Steps: steps}, `"conv7"`: {Layer: "conv7", Among: 9, Steps: steps}, "no step is given": {Among: 9},
		"no stored weights for step 4": {Among: 9, Steps: []int{0, 4}},
	} {
		if failed := y.failure(y.ask(protocol.AskLook, with(t, protocol.LookEvolution, id, 6, e))); failed.Code != protocol.Invalid || !strings.Contains(failed.Message, says) {
			t.Errorf("%+v does not say %q", failed, says)
		}
	}
}
