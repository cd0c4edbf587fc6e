package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models"
	"unpool/models/nn"
	"unpool/wasm"
	"unpool/wasm/host"
)

// How long a page waits for what it asks about a net, its message included. In a browser:
// go test -run '^$' -bench LookInChromium -benchtime 1x -v ./core/worker
func BenchmarkLook(b *testing.B) {
	for _, name := range []string{"mnist-cnn", "cifar-bn", "cifar-vgg", "cifar10-vgg", "mnist-lstm-128"} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				benchLook(b, name)
			}
		})
	}
}

func benchLook(b *testing.B, name string) {
	e, err := models.Find(name)
	if err != nil {
		b.Fatal(err)
	}
	t := e.Recipe.Task()
	size := t.Height * t.Width * t.Channels
	images := data.Split{Images: make([]byte, 1000*size), Labels: make([]byte, 1000)}
	for i := range images.Images {
		images.Images[i] = byte(i * 7919 >> 3)
	}
	set := &data.Dataset{Name: e.Recipe.Dataset, Height: t.Height, Width: t.Width, Channels: t.Channels, Classes: make([]string, t.Classes), Train: images, Test: images}
	files := map[string][]byte{}
	for step := range 7 {
		if files[run.SnapshotName(step)], err = snapshotFile(e.Recipe, step); err != nil {
			b.Fatal(err)
		}
	}
	said := make(chan protocol.Message, 1000)
	var length int
	w := New(Ports{
		Post: func(m protocol.Message, _ *File) {
			text := m.String()
			if m.Kind == protocol.SayResult || m.Kind == protocol.SayFailure {
				length = len(text)
				said <- m
			}
		},
		Fetch: func(context.Context, recipe.Dataset, Progress) (*data.Dataset, error) { return set, nil },
		Open: func(r recipe.Recipe) (compute.Backend, run.Where, error) {
			engine, err := host.New(host.Options{Tier: wasm.Tier(r.Exact)})
			if err != nil {
				return nil, run.Where{}, err
			}
			return wasm.New(engine), run.Where{}, nil
		},
		Get: func(_ context.Context, _ protocol.Place, _, file string) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(files[file])), nil
		},
	})
	ctx, stop := context.WithCancel(b.Context())
	over := make(chan struct{})
	go func() {
		w.Run(ctx)
		close(over)
	}()
	defer func() {
		stop()
		<-over
	}()
	call := 0
	ask := func(what string, step int, with any) (answer json.RawMessage, ms float64) {
		text, err := json.Marshal(with)
		if err != nil {
			b.Fatal(err)
		}
		call++
		question := protocol.Write(protocol.Head{Kind: protocol.AskLook, Call: call}, protocol.Look{What: what, Run: name, Place: protocol.Published, Step: step, With: text}).String()
		start := time.Now()
		w.Handle(question, nil)
		m := <-said
		if m.Kind == protocol.SayFailure {
			b.Fatal(m)
		}
		return m.Body, time.Since(start).Seconds() * 1000
	}
	// report says how long the first takes, and the median of more.
	report := func(what string, more int, ask func(i int) float64) {
		b.ReportMetric(ask(0), what+"-first-ms")
		if more == 0 {
			return
		}
		var all []float64
		for i := range more {
			all = append(all, ask(i+1))
		}
		slices.Sort(all)
		b.ReportMetric(all[more/2], what+"-ms")
	}
	var maps protocol.Maps
	report("maps", 15, func(i int) float64 {
		body, ms := ask(protocol.LookMaps, 0, protocol.TestImage{Image: i})
		if err := json.Unmarshal(body, &maps); err != nil {
			b.Fatal(err)
		}
		return ms
	})
	b.ReportMetric(float64(length)/1000, "maps-kB")
	report("drawn", 5, func(i int) float64 {
		_, ms := ask(protocol.LookMaps, 0, protocol.TestImage{Own: images.Images[i*size+1 : (i+1)*size+1]})
		return ms
	})
	report("step", 5, func(i int) float64 {
		_, ms := ask(protocol.LookMaps, i+1, protocol.TestImage{Image: 20})
		return ms
	})
	layer := maps.Layers[0].Layer // the last with maps
	for _, l := range maps.Layers {
		if l.Count > 1 {
			layer = l.Layer
		}
	}
	unit := func(i int) protocol.TestUnit { return protocol.TestUnit{Image: i, Layer: layer, Map: i, Among: 1000} }
	report("project", 5, func(i int) float64 {
		_, ms := ask(protocol.LookProject, 0, unit(i))
		return ms
	})
	report("others", 5, func(i int) float64 {
		_, ms := ask(protocol.LookOthers, 0, unit(i))
		return ms
	})
	report("integrate", 5, func(i int) float64 {
		_, ms := ask(protocol.LookIntegrate, 0, unit(i))
		return ms
	})
	report("pixel", 5, func(i int) float64 {
		_, ms := ask(protocol.LookPixel, 0, unit(i))
		return ms
	})
	report("strongest", 5, func(i int) float64 {
		_, ms := ask(protocol.LookStrongest, 0, unit(i))
		return ms
	})
	report("mistakes", 0, func(i int) float64 {
		_, ms := ask(protocol.LookMistakes, 0, protocol.Among{Among: 1000})
		return ms
	})
}

// snapshotFile is a file of a step, with the weights that training begins with.
func snapshotFile(r recipe.Recipe, step int) ([]byte, error) {
	store := model.NewStore()
	defer store.Finalize()
	if err := nn.Init(store, r); err != nil {
		return nil, err
	}
	c := &checkpoint.Checkpoint{Version: checkpoint.Version, Recipe: r, Step: step}
	var names []string
	for v := range store.IterVariables() {
		value, err := v.Value()
		if err != nil {
			return nil, err
		}
		tensor := checkpoint.Tensor{Name: v.Path(), DType: checkpoint.Float32, Shape: v.Shape().Dimensions}
		if err := value.ConstBytes(func(b []byte) { tensor.Data = slices.Clone(b) }); err != nil {
			return nil, err
		}
		c.Tensors, names = append(c.Tensors, tensor), append(names, tensor.Name)
	}
	var b bytes.Buffer
	if err := c.Snapshot(names).Write(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
