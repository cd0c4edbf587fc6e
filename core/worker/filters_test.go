package worker

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"unpool/core/protocol"
	"unpool/core/recipe"
)

// trainedNet is a trial that has trained a small net, and what it trained.
func trainedNet(t *testing.T, net string) (x *trial, id string, r recipe.Recipe) {
	t.Helper()
	body := small()
	body.Recipe.Net = net
	x, ids := trained(t, body)
	return x, ids[0], body.Recipe
}

// The filters of convolutions are reported with what is wrong with the first ones, and the recipe of a run that changes it.
func TestFilters(t *testing.T) {
	x, id, r := trainedNet(t, "conv 7x7x8 stride 4, relu, conv 3x3x70, relu, conv 3x3x2, relu")
	filters := func(step int, of protocol.LayerMap) protocol.Filters {
		t.Helper()
		return result[protocol.Filters](x, x.ask(protocol.AskLook, with(t, protocol.LookFilters, id, step, of)))
	}
	f := filters(0, protocol.LayerMap{})
	if w := f.Filters; f.Layer != "conv1" || w.Count != 8 || w.Height != 7 || w.Width != 7 || w.Channels != 1 || len(w.Pixels) != 8*49 || w.Scale <= 0 {
		t.Errorf("the first layer is %+v", f.Filters)
	}
	if !slices.Equal(f.Layers, []string{"conv1", "conv2", "conv3"}) || f.Maps != 8 || f.Stride != 4 || len(f.RMS) != 8 {
		t.Errorf("%v, %d maps, stride %d, RMS %v", f.Layers, f.Maps, f.Stride, f.RMS)
	}
	if !slices.IsSortedFunc(f.Order, func(a, b int) int { return int(1e6 * (f.RMS[b] - f.RMS[a])) }) || len(f.Order) != 8 {
		t.Errorf("the order of %v is %v", f.RMS, f.Order)
	}
	if s := f.Spectrum; s.Height != 32 || s.Width != 32 || len(s.Pixels) != 32*32 || s.Scale < 1 {
		t.Errorf("the spectrum is %dx%d, at most %g", s.Height, s.Width, s.Scale)
	}
	var found []string
	for _, one := range f.Findings {
		if one.Found {
			found = append(found, one.ID)
		}
		if one.Title == "" || one.Says == "" || one.Source == "" || one.Advice == "" || one.Applies && (len(one.Each) != 8 || one.EachIs == "") {
			t.Errorf("%+v", one)
		}
		if one.Found != (one.Fix != "") {
			t.Errorf("%s: found is %v, the fix is %q", one.ID, one.Found, one.Fix)
		}
	}
	// What a stride of 4 does to random filters.
	if !slices.Equal(found, []string{"aliasing"}) || len(f.Findings) != 4 {
		t.Fatalf("%q of %d are found", found, len(f.Findings))
	}
	alias := f.Findings[3]
	link, err := recipe.ParseLink(alias.Fix)
	if err != nil {
		t.Fatal(err)
	}
	fixed := link.Recipes[0]
	if differ := recipe.Differences(r, fixed); len(differ) != 1 || !strings.HasPrefix(fixed.Net, "conv 7x7x8 stride 2, relu, conv 3x3x70") || alias.FixSays == "" {
		t.Errorf("the fix %q changes %v", alias.FixSays, differ)
	}
	if later := filters(6, protocol.LayerMap{Layer: "conv1"}); slices.Equal(later.Filters.Pixels, f.Filters.Pixels) || later.Filters.Step != 6 {
		t.Error("the filters are the same after training")
	}

	deep := filters(6, protocol.LayerMap{Layer: "conv2", Map: 69})
	if w := deep.Filters; w.Count != 8 || w.Height != 3 || w.Width != 3 || w.Channels != 1 || len(deep.Inputs) != 8 || deep.Reads != 8 || deep.Map != 69 || deep.Maps != 70 {
		t.Errorf("conv2: %d kernels of inputs %v, map %d of %d", w.Count, deep.Inputs, deep.Map, deep.Maps)
	}
	if len(deep.Findings) > 0 || deep.Spectrum != nil {
		t.Error("a deeper layer has findings")
	}
	if many := filters(6, protocol.LayerMap{Layer: "conv3"}); len(many.Inputs) != 64 || many.Filters.Count != 64 || many.Reads != 70 {
		t.Errorf("%d of %d kernels, want 64 of 70", many.Filters.Count, many.Reads)
	}

	for says, of := range map[string]any{
		`no such layer: "conv9"`:      protocol.LayerMap{Layer: "conv9"},
		"conv2 has no map 70":         protocol.LayerMap{Layer: "conv2", Map: 70},
		"conv2 has no map -1":         protocol.LayerMap{Layer: "conv2", Map: -1},
		"logits is not a convolution": protocol.LayerMap{Layer: "logits"},
		"cannot unmarshal array in":   []int{1},
	} {
		if e := x.failure(x.ask(protocol.AskLook, with(t, protocol.LookFilters, id, 6, of))); e.Code != protocol.Invalid || !strings.Contains(e.Message, says) {
			t.Errorf("%s: %+v", says, e)
		}
	}
}

// A recurrent layer is reported by gate.
func TestGates(t *testing.T) {
	x, id, _ := trainedNet(t, "gru 6 sequence, lstm 5")
	f := result[protocol.Filters](x, x.ask(protocol.AskLook, with(t, protocol.LookFilters, id, 6, protocol.LayerMap{})))
	if f.Layer != "gru" || f.Maps != 6 || len(f.Gates) != 3 || f.Gates[0].Name != "candidate" || f.Filters != nil || !slices.Equal(f.Layers, []string{"gru", "lstm2"}) {
		t.Fatalf("%+v", f)
	}
	for _, g := range f.Gates {
		if s := g.Strips; s.Count != 6 || s.Height != 1 || s.Width != 28 || len(s.Pixels) != 6*28 || len(g.Order) != 6 {
			t.Errorf("%s: %d strips of %dx%d", g.Name, s.Count, s.Height, s.Width)
		}
		if m := g.Matrix; m.Count != 1 || m.Height != 6 || m.Width != 6 || len(m.Pixels) != 36 {
			t.Errorf("%s: a matrix of %dx%d", g.Name, m.Height, m.Width)
		}
		if len(g.Eigenvalues) != 6 || g.Radius < 0.5 || g.Radius > 2 {
			t.Errorf("%s: the eigenvalues %v, radius %g", g.Name, g.Eigenvalues, g.Radius)
		}
	}
	second := result[protocol.Filters](x, x.ask(protocol.AskLook, with(t, protocol.LookFilters, id, 6, protocol.LayerMap{Layer: "lstm2"})))
	if len(second.Gates) != 4 || second.Gates[0].Strips.Width != 6 {
		t.Errorf("%d gates", len(second.Gates))
	}
}

// A net that begins with a fully connected layer has its weights, and nothing to find.
func TestFiltersOfDense(t *testing.T) {
	x, id, _ := trainedNet(t, "dense 9, relu")
	f := result[protocol.Filters](x, x.ask(protocol.AskLook, with(t, protocol.LookFilters, id, 6, protocol.LayerMap{})))
	if f.Layer != "fc1" || f.Filters.Count != 9 || len(f.Order) != 9 || len(f.Findings) != 0 || f.Spectrum != nil {
		text, _ := json.Marshal(f)
		t.Errorf("%.300s", text)
	}
}
