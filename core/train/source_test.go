package train

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
)

// batchesOf returns what a net sees of some batches that a source brings.
func batchesOf(t *testing.T, b *spy, src source, batches ...batch) (images [][]float32, labels [][]int32) {
	t.Helper()
	defer src.close()
	exec, err := model.NewExec(b, model.NewStore(), func(_ *model.Scope, in []*graph.Node) (x, y *graph.Node) {
		x, y = src.graph(in)
		return graph.Identity(x), graph.Identity(y)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	for i, one := range batches {
		in, err := src.load(one)
		if err != nil {
			t.Fatal(err)
		}
		if i+1 < len(batches) {
			src.ahead(batches[i+1])
		}
		out, err := call(exec, in)
		if err != nil {
			t.Fatal(err)
		}
		images = append(images, tensors.MustCopyFlatData[float32](out[0]))
		labels = append(labels, tensors.MustCopyFlatData[int32](out[1]))
		free(out...)
	}
	return images, labels
}

// Images gathered on a device are the bits of those that the host makes, whatever happens to them on the way.
func TestSourcesAgree(t *testing.T) {
	colour := bars(40, 20)
	colour.Name, colour.Height, colour.Width, colour.Channels = recipe.CIFAR10RGB, 28, 14, 2
	for name, d := range map[string]*data.Dataset{"gray": bars(40, 20), "colour": colour} {
		all := data.All(d.Train)
		for _, a := range []recipe.Augment{{}, {Shift: 3}, {Flip: true}, {Cutout: 9}, {Shift: 14, Flip: true, Cutout: 5}} {
			l := layout{data: d, normalizer: data.StandardNormalizer(d.Train, all, d.Channels), size: 8, augment: a, seed: 7}
			list := []batch{
				{indices: []int32{3, 1, 4, 1, 5, 9, 2, 39}}, {indices: []int32{8, 7, 6, 5, 4, 3, 2, 0}, step: 1},
				{indices: []int32{0, 1, 2, 3, 4, 5, 6, 7}, step: 2},
			}
			b := newSpy()
			r, err := newResident(b, d, l.normalizer)
			if err != nil {
				t.Fatal(err)
			}
			wantImages, wantLabels := batchesOf(t, b, newHostSource(l), list...)
			images, labels := batchesOf(t, b, newDeviceSource(l, r), list...)
			for i := range list {
				if !slices.Equal(images[i], wantImages[i]) || !slices.Equal(labels[i], wantLabels[i]) {
					t.Errorf("%s, %+v: batch %d differs", name, a, i)
				}
				fresh := make([]float32, len(wantImages[i]))
				l.normalizer.Fill(fresh, make([]int32, 8), d.Train, list[i].indices)
				if slices.Equal(fresh, wantImages[i]) != (a == recipe.Augment{}) {
					t.Errorf("%s, %+v: augmented or not, batch %d looks alike", name, a, i)
				}
			}
			test := batch{indices: []int32{19, 0, 1, 2, 3, 4, 5, 6}, test: true}
			l.augment = recipe.Augment{}
			wantImages, wantLabels = batchesOf(t, b, newHostSource(l), test)
			images, labels = batchesOf(t, b, newDeviceSource(l, r), test)
			if !slices.Equal(images[0], wantImages[0]) || !slices.Equal(labels[0], wantLabels[0]) {
				t.Errorf("%s: test images differ", name)
			}
			r.close()
			if n := b.live.Load(); n != 0 {
				t.Errorf("%s, %+v: %d buffers are left on the device", name, a, n)
			}
		}
	}
}

// A batch that was prepared for another step is not used.
func TestHostSourceGoesBack(t *testing.T) {
	d := bars(40, 20)
	l := layout{data: d, normalizer: data.UnitNormalizer(1), size: 2, augment: recipe.Augment{Shift: 3}, seed: 7}
	first, later, other := batch{indices: []int32{1, 2}}, batch{indices: []int32{3, 4}, step: 1}, batch{indices: []int32{5, 6}, step: 9}
	want, _ := batchesOf(t, newSpy(), newHostSource(l), first)
	src := newHostSource(l)
	defer src.close()
	for _, b := range []batch{first, later, first} {
		if _, err := src.load(b); err != nil {
			t.Fatal(err)
		}
		src.ahead(other)
	}
	if got := tensors.MustCopyFlatData[float32](src.images); !slices.Equal(got, want[0]) {
		t.Error("the images are not those of the batch that was asked for")
	}
}

// An accelerator trains to the same weights from images that it keeps as from images that the host sends.
func TestAccelerator(t *testing.T) {
	r := small()
	r.Steps, r.Augment, r.Normalize = 9, recipe.Augment{Shift: 2, Cutout: 4}, true
	host := newTrial(t, r)
	want := host.run()
	x := newTrial(t, r)
	x.Accelerator = true
	end := x.run()
	if end.Status != run.Done || end.WeightsSHA256 != want.WeightsSHA256 {
		t.Errorf("%+v, want %+v", end, want)
	}
	if x.resident == nil {
		t.Error("the images were not kept on the device")
	}
	got, all := of[*run.Metric](x.events), of[*run.Metric](host.events)
	for i := range all {
		if got[i].Train != all[i].Train || got[i].Test != all[i].Test {
			t.Errorf("evaluation %d: %+v, want %+v", i, got[i], all[i])
		}
	}
	x.Close()
	if n := x.spy.live.Load(); n != 0 {
		t.Errorf("%d buffers are left on the device", n)
	}
}

// A device without room for the images gets them batch by batch.
func TestAcceleratorWithoutRoom(t *testing.T) {
	x := newTrial(t, small())
	x.Accelerator, x.spy.full = true, true
	if end := x.run(); end.Status != run.Done || end.WeightsSHA256 != hash(t, small()) || x.resident != nil {
		t.Errorf("%+v, resident %v", end, x.resident != nil)
	}
}

// An accelerator's losses are read when they are shown and not in between: what went wrong there is noticed at the next
// evaluation, which says between which steps.
func TestAcceleratorReads(t *testing.T) {
	r := small()
	r.Steps, r.EvalEvery = 40, 20
	x := newTrial(t, r)
	x.Accelerator = true
	x.progress.last = time.Now().Add(time.Hour) // nothing is shown
	before := int64(0)
	x.hook = func(e run.Event) {
		switch e := e.(type) {
		case *run.State:
			if n := x.spy.scalars.Load(); e.Phase == run.Evaluating && e.Step == 20 && e.Done == 0 && n != before {
				t.Errorf("%d numbers were read in 20 steps", n-before)
			}
		case *run.Metric:
			before = x.spy.scalars.Load()
		}
	}
	if end := x.run(); end.Status != run.Done || before == 0 {
		t.Fatalf("%+v, %d numbers read", end, before)
	}

	x = newTrial(t, small())
	x.Accelerator = true
	x.progress.last = time.Now().Add(time.Hour)
	x.atWork(9, func() { // before step 4
		if err := setLearningRate(x.store, math.MaxFloat32); err != nil {
			t.Error(err)
		}
	})
	if end := x.run(); end.Status != run.Failed || !strings.Contains(end.Error, "the loss became NaN (not a number) between steps 4 and 6") {
		t.Errorf("end: %+v", end)
	}
}

// A run moves to another precision only when it is asked to.
func TestMovePrecision(t *testing.T) {
	gpu := run.Where{Backend: "xla:cuda", Machine: "NVIDIA H100"}
	rounding, elsewhere, unknown := gpu, gpu, gpu
	rounding.Precision, elsewhere.Machine, unknown.Machine = "tf32", "NVIDIA T4", ""
	for _, c := range []struct {
		from, to run.Where
		same     bool
	}{
		{gpu, gpu, true}, {gpu, rounding, false}, {rounding, gpu, false}, {gpu, elsewhere, false}, {unknown, gpu, true},
		{run.Where{}, gpu, true}, {run.Where{Backend: "wasm"}, gpu, false},
	} {
		from := kept(t, small(), nil)[0]
		from.Where = c.from
		for _, move := range []bool{false, true} {
			o := Options{Backend: newSpy(), Where: c.to, Recipe: small(), Data: bars(120, 300), Emit: func(run.Event) {}, From: from, Move: move}
			s, err := New(o)
			if refused := (*MoveError)(nil); errors.As(err, &refused) == (c.same || move) {
				t.Errorf("from %v to %v, asked to move: %v: %v", c.from, c.to, move, err)
			}
			if err == nil {
				if (s.moved == nil) != c.same {
					t.Errorf("from %v to %v: %+v", c.from, c.to, s.moved)
				}
				s.Close()
			}
		}
	}
}
