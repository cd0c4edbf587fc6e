package checkpoint

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"unpool/core/jsontext"
	"unpool/core/recipe"
)

// Encoding is that of a snapshot: an array of two or more axes as signed bytes, each to be multiplied by the scale of its place
// on the last axis, which is that of the outputs; any other array as float32.
const Encoding = "int8 with a scale a channel"

// Snapshot is a net after Step training steps, to look at: its weights and running averages in fewer bits than they have, without
// the optimiser's state. A run cannot be resumed from it.
type Snapshot struct {
	Version  int           `json:"version"`
	Recipe   recipe.Recipe `json:"recipe"`
	Step     int           `json:"step"`
	Encoding string        `json:"encoding"`
	Tensors  []Tensor      `json:"-"` // in the encoding; Weights has their values
}

// snapshotMetadata is the key of a snapshot's JSON form among the file's metadata.
const snapshotMetadata = "unpool-snapshot"

// scaleSuffix is in the name of the tensor that has another's scales.
const scaleSuffix = "#scale"

// Snapshot makes a snapshot of c's tensors of the names that are the net's.
func (c *Checkpoint) Snapshot(net []string) *Snapshot {
	s := &Snapshot{Version: Version, Recipe: c.Recipe, Step: c.Step, Encoding: Encoding}
	for _, name := range net {
		for _, t := range c.Tensors {
			if t.Name == name && t.DType == Float32 {
				s.Tensors = append(s.Tensors, quantize(t)...)
			}
		}
	}
	return s
}

// Bytes is about how many bytes the file of a snapshot takes, and not less.
func (s *Snapshot) Bytes() int64 {
	n := int64(2048)
	for _, t := range s.Tensors {
		n += int64(len(t.Data) + len(t.Name) + 100) // and what else the header says of it
	}
	return n
}

// Layers counts the arrays of weights.
func (s *Snapshot) Layers() (n int) {
	for _, t := range s.Tensors {
		if !strings.HasSuffix(t.Name, scaleSuffix) {
			n++
		}
	}
	return n
}

// quantize returns a float32 array in a snapshot's encoding.
func quantize(t Tensor) []Tensor {
	if len(t.Shape) < 2 || len(t.Data) == 0 {
		return []Tensor{t}
	}
	channels := t.Shape[len(t.Shape)-1]
	scales := make([]float32, channels)
	for i := range len(t.Data) / 4 {
		scales[i%channels] = max(scales[i%channels], float32(math.Abs(float64(float(t.Data, i)))))
	}
	var floats []byte
	for k := range scales {
		scales[k] /= 127
		floats = binary.LittleEndian.AppendUint32(floats, math.Float32bits(scales[k]))
	}
	values := make([]byte, len(t.Data)/4)
	for i := range values {
		if scale := scales[i%channels]; scale > 0 {
			values[i] = byte(int8(math.Round(float64(float(t.Data, i)) / float64(scale))))
		}
	}
	return []Tensor{
		{Name: t.Name, DType: Int8, Shape: t.Shape, Data: values},
		{Name: t.Name + scaleSuffix, DType: Float32, Shape: []int{channels}, Data: floats},
	}
}

// Weights returns the net's arrays, all float32. The snapshot's tensors are as Snapshot or ReadSnapshot made them.
func (s *Snapshot) Weights() (all []Tensor) {
	for _, t := range s.Tensors {
		switch {
		case strings.HasSuffix(t.Name, scaleSuffix):
		case t.DType == Int8:
			scales := s.scales(t)
			data := make([]byte, 4*len(t.Data))
			for i, v := range t.Data {
				binary.LittleEndian.PutUint32(data[4*i:], math.Float32bits(float32(int8(v))*float(scales, i%(len(scales)/4))))
			}
			all = append(all, Tensor{Name: t.Name, DType: Float32, Shape: t.Shape, Data: data})
		default:
			all = append(all, t)
		}
	}
	return all
}

// Checkpoint returns the snapshot's weights as a checkpoint's, without the rest of a run's state.
func (s *Snapshot) Checkpoint() *Checkpoint {
	return &Checkpoint{Version: Version, Recipe: s.Recipe, Step: s.Step, Tensors: s.Weights()}
}

// scales are those of an array in bytes, as float32; nil if there are none, or not as many as it needs.
func (s *Snapshot) scales(t Tensor) []byte {
	for _, o := range s.Tensors {
		if o.Name == t.Name+scaleSuffix && o.DType == Float32 && len(t.Shape) > 1 && len(o.Data) == 4*t.Shape[len(t.Shape)-1] {
			return o.Data
		}
	}
	return nil
}

// float is the float32 at an index.
func float(data []byte, i int) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
}

// Write writes s as a safetensors file. The same snapshot gives the same bytes.
func (s *Snapshot) Write(w io.Writer) error {
	about, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	if err := encode(w, s.Tensors, map[string]string{snapshotMetadata: string(about)}); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	return nil
}

// ReadSnapshot reads a file that Write wrote, with the bounds of Read.
func ReadSnapshot(r io.Reader) (*Snapshot, error) {
	tensors, about, err := decode(r)
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	text, ok := about[snapshotMetadata]
	if !ok {
		return nil, errors.New("snapshot: a safetensors file, but not a snapshot of a net's weights")
	}
	s := &Snapshot{}
	type plain Snapshot
	wire := struct {
		*plain
		Recipe json.RawMessage `json:"recipe"`
	}{plain: (*plain)(s)}
	if err := json.Unmarshal([]byte(text), &wire); err != nil {
		return nil, fmt.Errorf("snapshot: its metadata: %w", jsontext.Explain([]byte(text), err))
	}
	if s.Recipe, err = recipe.Decode(wire.Recipe); err == nil {
		err = s.Recipe.Validate()
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("snapshot: its recipe: %w", err)
	case s.Version != Version || s.Encoding != Encoding:
		return nil, fmt.Errorf("snapshot: version %d, encoding %q; this program reads version %d, %q", s.Version, s.Encoding, Version, Encoding)
	case s.Step < 0 || s.Step > recipe.MaxSteps:
		return nil, fmt.Errorf("snapshot: %d steps done", s.Step)
	}
	s.Tensors = tensors
	for _, t := range tensors {
		if t.DType == Float32 || t.DType == Int8 && len(t.Data) > 0 && s.scales(t) != nil {
			continue
		}
		return nil, fmt.Errorf("snapshot: tensor %q of %s%v does not have the scales that its shape needs", t.Name, t.DType, t.Shape)
	}
	return s, nil
}
