package worker

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"

	"unpool/core/control"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/wasm"
	"unpool/wasm/host"
)

// with is a request to look at a kept run.
func with(t *testing.T, what, id string, step int, body any) protocol.Look {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return protocol.Look{What: what, Run: id, Step: step, With: text}
}

// onOurs has a trial compute with our own backend: GoMLX's fails to go back through some convolutions.
func onOurs(x *trial) {
	x.open = func(b compute.Backend) compute.Backend {
		b.Finalize()
		engine, err := host.New(host.Options{Tier: wasm.Tier(true)})
		if err != nil {
			x.t.Fatal(err)
		}
		return wasm.New(engine)
	}
}

// convolutions is a small run of a net with convolutions.
func convolutions() protocol.Train {
	r := small()
	r.Recipe.Net = "conv 3x3x3, relu, conv 3x3x4 stride 2, relu, pool 2"
	return r
}

// A net is looked into with the images that it was trained on, and with no others.
func TestLookOnOtherImages(t *testing.T) {
	x, ids := trained(t, convolutions())
	x.Worker.latest = bars(120, 299, small().Recipe.Dataset)
	e := x.failure(x.ask(protocol.AskLook, with(t, protocol.LookMaps, ids[0], 6, protocol.TestImage{Image: 5})))
	if e.Code != protocol.NoData || !strings.Contains(e.Message, "not the images of the run: it had 120 images to train on and 300 to test on") {
		t.Errorf("%+v", e)
	}
}

// The net of a kept run is looked into, after any step of which its weights are there.
func TestLookInside(t *testing.T) {
	runs := &store.Memory{}
	x := newTrialIn(t, runs)
	onOurs(x)
	x.runEnd(x.ask(protocol.AskTrain, convolutions()))
	all, err := runs.List(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	id := all[0].ID
	log, err := runs.Read(t.Context(), id, 1)
	if err != nil {
		t.Fatal(err)
	}
	var steps []int
	for _, s := range run.Replay(log).Snapshots {
		steps = append(steps, s.Step)
	}
	if !slices.Equal(steps, []int{0, 3, 6}) {
		t.Fatalf("snapshots of %v", steps)
	}
	maps := func(step int, image protocol.TestImage) protocol.Maps {
		t.Helper()
		return result[protocol.Maps](x, x.ask(protocol.AskLook, with(t, protocol.LookMaps, id, step, image)))
	}
	first, last := maps(0, protocol.TestImage{Image: 5}), maps(6, protocol.TestImage{Image: 5})
	if first.Image.Number != 5 || first.Images != 300 || len(first.Image.Pixels) != 784 || len(first.Probabilities) != len(first.Classes) {
		t.Errorf("%+v", first.Image)
	}
	if w := last.First; w.Layer != "conv1" || w.Count != 3 || len(w.Pixels) != 27 || slices.Equal(w.Pixels, first.First.Pixels) {
		t.Errorf("the first layer is %+v", w)
	}
	var layers []string
	for i, l := range last.Layers {
		layers = append(layers, l.Layer)
		if len(l.Pixels) != l.Count*l.Height*l.Width*l.Channels {
			t.Errorf("%s has %d numbers for %d of %dx%d", l.Layer, len(l.Pixels), l.Count, l.Height, l.Width)
		}
		if slices.Equal(l.Pixels, first.Layers[i].Pixels) && l.Scale == first.Layers[i].Scale {
			t.Errorf("%s is the same before and after training", l.Layer)
		}
	}
	if !slices.Equal(layers, []string{"conv1", "relu1", "conv2", "relu2", "pool2", "logits"}) {
		t.Errorf("the layers are %q", layers)
	}
	class := last.Image.Class
	next := maps(6, protocol.TestImage{Image: 5, By: 1, Class: &class})
	if next.Image.Number <= 5 || next.Image.Class != class {
		t.Errorf("the next of class %d is %d, of class %d", class, next.Image.Number, next.Image.Class)
	}
	if back := maps(6, protocol.TestImage{Image: next.Image.Number, By: -1, Class: &class}); back.Image.Number != 5 {
		t.Errorf("the one before it is %d", back.Image.Number)
	}
	if other := maps(6, protocol.TestImage{Image: 1003}); other.Image.Number != 103 { // as of a larger data set
		t.Errorf("for image 1003 of 300 it shows %d", other.Image.Number)
	}
	if round := maps(6, protocol.TestImage{Image: 0, By: -1}); round.Image.Number != 299 {
		t.Errorf("before the first comes %d", round.Image.Number)
	}

	p := result[protocol.Projections](x, x.ask(protocol.AskLook, with(t, protocol.LookProject, id, 6, protocol.TestUnit{Image: 5, Layer: "relu2", Map: 1})))
	relu2 := last.Layers[3]
	if at := (1*relu2.Height+p.Unit.Row)*relu2.Width + p.Unit.Column; relu2.Pixels[at] != slices.Max(relu2.Pixels[relu2.Height*relu2.Width:2*relu2.Height*relu2.Width]) {
		t.Errorf("the unit %+v is not the strongest of its map", p.Unit)
	}
	projections := slices.Clone(p.Methods)
	for _, what := range []string{protocol.LookOthers, protocol.LookIntegrate} {
		more := result[protocol.Projections](x, x.ask(protocol.AskLook, with(t, what, id, 6, protocol.TestUnit{Image: 5, Layer: "relu2", Map: 1})))
		if more.Unit != p.Unit {
			t.Errorf("%s is of %+v, the first projection of %+v", what, more.Unit, p.Unit)
		}
		projections = append(projections, more.Methods...)
	}
	var methods []string
	for _, m := range projections {
		methods = append(methods, m.Method)
		if len(m.Trained.Pixels) != 784 || len(m.Untrained.Pixels) != 784 {
			t.Errorf("%s has %d and %d pixels", m.Method, len(m.Trained.Pixels), len(m.Untrained.Pixels))
		}
	}
	if !slices.Equal(methods, []string{"deconv", "saliency", "guided", "gradient-input", "integrated"}) {
		t.Errorf("the methods are %q", methods)
	}

	at := [2]int{5, 3}
	there := result[protocol.Projections](x, x.ask(protocol.AskLook, with(t, protocol.LookProject, id, 6, protocol.TestUnit{Image: 5, Layer: "relu2", Map: 1, At: &at})))
	level := float64(relu2.Pixels[(1*relu2.Height+5)*relu2.Width+3])
	if u := there.Unit; u.Row != 5 || u.Column != 3 || math.Abs(float64(u.Value)/relu2.Scale*127-level) > 0.51 || slices.Equal(there.Methods[0].Trained.Pixels, p.Methods[0].Trained.Pixels) {
		t.Errorf("at %v it is %+v, and the map has %g of 127 there", at, u, level)
	}

	unit := protocol.TestUnit{Layer: "relu2", Map: 2, Among: 300}
	s := result[protocol.Strongest](x, x.ask(protocol.AskLook, with(t, protocol.LookStrongest, id, 6, unit)))
	for name, f := range map[string]protocol.Found{"trained": s.Trained, "untrained": s.Untrained} {
		if s.Among != 300 || s.Method != "deconv" || len(f.Images) != 9 || len(f.Units) != 9 || f.Projections.Count != 9 || len(f.Scales) != 9 || slices.Max(f.Scales) != f.Projections.Scale ||
			!slices.IsSortedFunc(f.Units, func(a, b protocol.Unit) int { return cmp.Compare(b.Value, a.Value) }) {
			t.Errorf("%s: of %d %d images, %+v", name, s.Among, len(f.Images), f.Units)
		}
	}
	unit.Training = true
	trained := result[protocol.Strongest](x, x.ask(protocol.AskLook, with(t, protocol.LookStrongest, id, 6, unit)))
	if !trained.Training || trained.Among != 120 || slices.ContainsFunc(trained.Trained.Images, func(p protocol.Picture) bool { return p.Number >= 120 }) {
		t.Errorf("of the 120 training images it has searched %d, and found %+v", trained.Among, trained.Trained.Images)
	}
	unit.Training = false
	// Before training the net is the untrained one, in its weights of eight bits.
	before := result[protocol.Strongest](x, x.ask(protocol.AskLook, with(t, protocol.LookStrongest, id, 0, unit)))
	for i, u := range before.Untrained.Units {
		if v := before.Trained.Units[i].Value; math.Abs(float64(u.Value-v)) > 0.05*math.Abs(float64(u.Value)) {
			t.Errorf("strongest %d of the untrained net is %g, and of the weights of step 0 %g", i, u.Value, v)
		}
		if u.Value != s.Untrained.Units[i].Value {
			t.Error("the untrained net changes with the step")
		}
	}
	if slices.EqualFunc(s.Trained.Units, s.Untrained.Units, func(a, b protocol.Unit) bool { return a.Value == b.Value }) {
		t.Error("the trained net's are the untrained one's")
	}

	// The same run, published and on the server.
	x.Get = func(ctx context.Context, place protocol.Place, name, file string) (io.ReadCloser, error) {
		if name != "theirs on "+string(place) {
			return nil, errors.New("no such run")
		}
		return runs.Get(ctx, id, file)
	}
	for _, place := range []protocol.Place{protocol.Published, protocol.OnServer} {
		look := with(t, protocol.LookMaps, "theirs on "+string(place), 3, protocol.TestImage{Image: 5})
		look.Place = place
		theirs, mine := result[protocol.Maps](x, x.ask(protocol.AskLook, look)), maps(3, protocol.TestImage{Image: 5})
		if !slices.Equal(theirs.Probabilities, mine.Probabilities) {
			t.Errorf("%s it answers %v, here %v", place, theirs.Probabilities, mine.Probabilities)
		}
		look.Run = "nobody's"
		if e := x.failure(x.ask(protocol.AskLook, look)); e.Code != protocol.NoNet || !strings.Contains(e.Message, "no such run") {
			t.Errorf("%+v", e)
		}
	}

	own := maps(6, protocol.TestImage{Own: last.Image.Pixels})
	if own.Image.Number != -1 || own.Image.Class != -1 || !slices.Equal(own.Probabilities, last.Probabilities) {
		t.Errorf("the same image as one's own is %+v, %v", own.Image, own.Probabilities)
	}

	for name, c := range map[string]struct {
		look protocol.Look
		code protocol.Code
		says string
	}{
		"no such run":   {with(t, protocol.LookMaps, "nobody", 6, protocol.TestImage{}), protocol.NoNet, "not found"},
		"no such step":  {with(t, protocol.LookMaps, id, 5, protocol.TestImage{}), protocol.NoNet, "no stored weights for step 5"},
		"no such image": {with(t, protocol.LookProject, id, 6, protocol.TestUnit{Image: 300, Layer: "relu1"}), protocol.Invalid, "no test image 300"},
		"half an image": {with(t, protocol.LookMaps, id, 6, protocol.TestImage{Own: make([]byte, 100)}), protocol.Invalid, "the net reads 784"},
		"two images":    {with(t, protocol.LookProject, id, 6, protocol.TestUnit{Own: make([]byte, 2*784), Layer: "relu1"}), protocol.Invalid, "the net reads 784"},
		"no such layer": {with(t, protocol.LookProject, id, 6, protocol.TestUnit{Layer: "conv9"}), protocol.Invalid, `"conv9"`},
		"no such place": {with(t, protocol.LookProject, id, 6, protocol.TestUnit{Layer: "relu2", At: &[2]int{14, 0}}), protocol.Invalid, "no row 14"},
		"no such map":   {with(t, protocol.LookStrongest, id, 6, protocol.TestUnit{Layer: "relu1", Map: 3, Among: 9}), protocol.Invalid, "no map 3"},
		"nonsense":      {protocol.Look{What: protocol.LookMaps, Run: id, Step: 6, With: json.RawMessage(`[1]`)}, protocol.Invalid, "array"},
	} {
		if e := x.failure(x.ask(protocol.AskLook, c.look)); e.Code != c.code || !strings.Contains(e.Message, c.says) || e.Hint == "" {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// Looking inside while a run trains changes no bit of it.
func TestLookInsideWhileTraining(t *testing.T) {
	runs := &store.Memory{}
	x := newTrialIn(t, runs)
	onOurs(x)
	want := x.runEnd(x.ask(protocol.AskTrain, convolutions()))
	all, err := runs.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var asked int
	x.between = func(e run.Event) {
		if m, ok := e.(*run.State); ok && m.Phase == run.Training && m.Step == 3 {
			x.between = nil
			asked = x.ask(protocol.AskLook, with(t, protocol.LookProject, all[0].ID, 6, protocol.TestUnit{Layer: "relu1"}))
			x.ask(protocol.AskControl, do(control.Pause))
			x.ask(protocol.AskControl, do(control.Continue))
		}
	}
	call := x.ask(protocol.AskTrain, convolutions())
	if end := x.runEnd(call); end.WeightsSHA256 != want.WeightsSHA256 {
		t.Errorf("the weights are %s, want %s", end.WeightsSHA256, want.WeightsSHA256)
	}
	result[protocol.Projections](x, asked)
}
