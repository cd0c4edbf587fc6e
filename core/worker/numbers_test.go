package worker

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"unpool/core/protocol"
	"unpool/core/run"
)

// numbersOf are those of a picture that an analysis makes, with the header and the name of their file.
func (x *trial) numbersOf(id, what string, body any, picture string) (values []float32, header, name string) {
	x.t.Helper()
	with, err := json.Marshal(body)
	if err != nil {
		x.t.Fatal(err)
	}
	asked, err := json.Marshal(protocol.Numbers{What: what, With: with, Picture: picture})
	if err != nil {
		x.t.Fatal(err)
	}
	call := x.ask(protocol.AskLook, protocol.Look{What: protocol.LookNumbers, Run: id, Step: 6, With: asked})
	result[protocol.Nothing](x, call)
	x.mu.Lock()
	defer x.mu.Unlock()
	file := x.saved[call]
	if len(file) < 128 {
		x.t.Fatalf("%s of %s: a file of %d bytes", picture, what, len(file))
	}
	start := 10 + int(file[8]) + 256*int(file[9])
	for i := start; i < len(file); i += 4 {
		values = append(values, math.Float32frombits(binary.LittleEndian.Uint32(file[i:])))
	}
	return values, string(file[10:start]), x.names[call]
}

// The numbers behind each picture are those that it shows in 255 levels.
func TestNumbers(t *testing.T) {
	x, ids := trained(t, convolutions())
	unit := protocol.TestUnit{Image: 5, Layer: "relu2", Map: 1, At: &[2]int{3, 4}, Among: 50}
	pair := protocol.Pair{First: protocol.TestImage{Image: 5}, Second: protocol.TestImage{Image: 6}, Run: ids[0], Step: 3}
	m := result[protocol.Maps](x, x.ask(protocol.AskLook, with(t, protocol.LookMaps, ids[0], 6, pair.First)))
	p := result[protocol.Projections](x, x.ask(protocol.AskLook, with(t, protocol.LookProject, ids[0], 6, unit)))
	others := result[protocol.Projections](x, x.ask(protocol.AskLook, with(t, protocol.LookOthers, ids[0], 6, unit)))
	integrated := result[protocol.Projections](x, x.ask(protocol.AskLook, with(t, protocol.LookIntegrate, ids[0], 6, unit)))
	a := result[protocol.Arithmetic](x, x.ask(protocol.AskLook, with(t, protocol.LookPixel, ids[0], 6, unit)))
	second := result[protocol.Maps](x, x.ask(protocol.AskLook, with(t, protocol.LookMaps, ids[0], 3, pair.Second)))
	c := result[protocol.Comparison](x, x.ask(protocol.AskLook, with(t, protocol.LookCompare, ids[0], 6, pair)))
	unit.Layer = "conv2"
	b := result[protocol.Arithmetic](x, x.ask(protocol.AskLook, with(t, protocol.LookPixel, ids[0], 6, unit)))
	start := "unpool-" + ids[0] + "-step-6-"
	for _, want := range []struct {
		what, layer   string
		with          any
		picture, name string
		shown         run.Weights
		shape         string
	}{
		{protocol.LookMaps, "", pair.First, protocol.FirstWeights, start + "image-5-first.npy", m.First, "(3, 3, 3, 1,)"},
		{protocol.LookMaps, "", pair.First, "relu2", start + "image-5-relu2.npy", m.Layers[3], "(4, 14, 14, 1,)"},
		{protocol.LookProject, "relu2", unit, "deconv", start + "image-5-relu2-map-2-at-4-5-deconv.npy", p.Methods[0].Trained, "(1, 28, 28, 1,)"},
		{protocol.LookOthers, "relu2", unit, protocol.Untrained + "guided", start + "image-5-relu2-map-2-at-4-5-untrained-guided.npy", others.Methods[1].Untrained, "(1, 28, 28, 1,)"},
		{protocol.LookIntegrate, "relu2", unit, "integrated", start + "image-5-relu2-map-2-at-4-5-integrated.npy", integrated.Methods[0].Trained, "(1, 28, 28, 1,)"},
		{protocol.LookPixel, "relu2", unit, protocol.Inputs, start + "image-5-relu2-map-2-at-4-5-inputs.npy", a.Inputs, "(1, 1, 1, 1,)"},
		{protocol.LookPixel, "conv2", unit, protocol.Products, start + "image-5-conv2-map-2-at-4-5-products.npy", b.Products, "(3, 3, 3, 1,)"},
		{protocol.LookCompare, "", pair, protocol.Second + "relu2", start + "image-5-and-" + ids[0] + "-step-3-image-6-second-relu2.npy", second.Layers[3], "(4, 14, 14, 1,)"},
		{protocol.LookCompare, "", pair, protocol.Difference + "relu2", start + "image-5-and-" + ids[0] + "-step-3-image-6-difference-relu2.npy", c.Differences[3], "(4, 14, 14, 1,)"},
	} {
		if u, ok := want.with.(protocol.TestUnit); ok {
			u.Layer = want.layer
			want.with = u
		}
		values, header, name := x.numbersOf(ids[0], want.what, want.with, want.picture)
		if name != want.name || !strings.Contains(header, want.shape) {
			t.Errorf("the file %s, %s; want %s, %s", name, header, want.name, want.shape)
		}
		if scale, levels := run.Levels(values); scale != want.shown.Scale || string(bytesOf(levels)) != string(bytesOf(want.shown.Pixels)) {
			t.Errorf("%s: the numbers are not those shown", want.name)
		}
	}
	nine, header, name := x.numbersOf(ids[0], protocol.LookStrongest, unit, protocol.Untrained+"deconv")
	if len(nine) != 9*784 || !strings.Contains(header, "(9, 28, 28, 1,)") || name != start+"conv2-map-2-untrained-deconv.npy" {
		t.Errorf("%d numbers, %s, %s", len(nine), header, name)
	}
	asked, _ := json.Marshal(protocol.Numbers{What: protocol.LookMaps, With: json.RawMessage(`{"image":5}`), Picture: "conv9"})
	e := x.failure(x.ask(protocol.AskLook, protocol.Look{What: protocol.LookNumbers, Run: ids[0], Step: 6, With: asked}))
	if e.Code != protocol.Invalid || !strings.Contains(e.Message, `no picture "conv9"`) {
		t.Errorf("%+v", e)
	}
	asked, _ = json.Marshal(protocol.Numbers{What: protocol.LookNumbers, With: asked, Picture: "conv1"})
	if e := x.failure(x.ask(protocol.AskLook, protocol.Look{What: protocol.LookNumbers, Run: ids[0], Step: 6, With: asked})); e.Code != protocol.Unknown {
		t.Errorf("%+v", e)
	}
}

func bytesOf(levels run.Int8s) []byte {
	b := make([]byte, len(levels))
	for i, v := range levels {
		b[i] = byte(v)
	}
	return b
}
