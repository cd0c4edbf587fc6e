package store_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"unpool/core/checkpoint"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

// noRoom is a store that has no room for snapshots.
type noRoom struct{ store.Memory }

func (s *noRoom) Create(ctx context.Context, id string) (store.Writer, error) {
	w, err := s.Memory.Create(ctx, id)
	return noRoomWriter{w}, err
}

type noRoomWriter struct{ store.Writer }

func (w noRoomWriter) Put(name string, content func(io.Writer) error) error {
	if strings.HasPrefix(name, "weights-") {
		return errors.New("no room")
	}
	return w.Writer.Put(name, content)
}

// A snapshot that the store does not take is told in its place, and the run is kept further.
func TestASnapshotThatIsNotTaken(t *testing.T) {
	s := &noRoom{}
	r, err := store.Begin(t.Context(), s, "a")
	if err != nil {
		t.Fatal(err)
	}
	c := &checkpoint.Checkpoint{Recipe: recipe.Default(), Step: 20, Tensors: []checkpoint.Tensor{
		{Name: "/w", DType: checkpoint.Float32, Shape: []int{2, 2}, Data: make([]byte, 16)}}}
	for _, do := range []func() error{
		func() error { return r.Record(&run.Start{Version: run.Version, Recipe: recipe.Default()}) },
		func() error { return r.Snapshot(c.Snapshot([]string{"/w"}), 0, 100) },
		func() error { return r.Record(&run.Rate{Step: 20, LearningRate: 1}) },
		r.Close,
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	log, err := s.Read(t.Context(), "a", 1)
	if err != nil {
		t.Fatal(err)
	}
	v := run.Replay(log)
	if len(log) != 3 || len(v.Snapshots) != 0 || v.LearningRate != 1 {
		t.Errorf("the log has %d records, %d snapshots, the rate %g", len(log), len(v.Snapshots), v.LearningRate)
	}
	if m := v.Missed; m == nil || m.Step != 20 || m.Error != "no room" {
		t.Errorf("of the snapshot the log says %+v", m)
	}
}

// The weights of a checkpoint are as they were; those of a snapshot have a level of 127; and of other steps there are none.
func TestWeights(t *testing.T) {
	s := &store.Memory{}
	r, err := store.Begin(t.Context(), s, "a")
	if err != nil {
		t.Fatal(err)
	}
	at := func(step int) *checkpoint.Checkpoint {
		data := []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0x3e} // 1 and 1/8
		return &checkpoint.Checkpoint{Version: checkpoint.Version, Recipe: recipe.Default(), Step: step, Metric: &run.Metric{Step: step}, Best: &run.Metric{Step: step},
			Tensors: []checkpoint.Tensor{{Name: "/w", DType: checkpoint.Float32, Shape: []int{2, 1}, Data: data}}}
	}
	for _, do := range []func() error{
		func() error { return r.Record(&run.Start{Version: run.Version, Recipe: recipe.Default()}) },
		func() error { return r.Snapshot(at(0).Snapshot([]string{"/w"}), 0, 100) },
		func() error { return r.Snapshot(at(20).Snapshot([]string{"/w"}), 0, 100) },
		func() error { return r.Keep(at(20)) },
		r.Close,
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	for step, want := range map[int]float32{0: 16.0 / 127, 20: 1.0 / 8} {
		c, err := store.Weights(t.Context(), s, "a", step, store.Best, store.Last)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]float32, 2)
		if _, err := binary.Decode(c.Tensors[0].Data, binary.LittleEndian, got); err != nil {
			t.Fatal(err)
		}
		if c.Step != step || got[0] != 1 || math.Abs(float64(got[1]-want)) > 1e-6 {
			t.Errorf("after step %d: %v of step %d, want %v", step, got, c.Step, want)
		}
	}
	if _, err := store.Weights(t.Context(), s, "a", 5, store.Last); !errors.Is(err, store.ErrNoWeights) {
		t.Errorf("after a step that was not kept: %v", err)
	}
}
