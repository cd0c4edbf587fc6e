package checkpoint

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// weights is a float32 tensor of random values, larger for later channels.
func weights(name string, shape ...int) Tensor {
	random := rand.New(rand.NewPCG(1, 2))
	n := 1
	for _, d := range shape {
		n *= d
	}
	t := Tensor{Name: name, DType: Float32, Shape: shape}
	for i := range n {
		v := float32(random.NormFloat64()) * float32(1+i%shape[len(shape)-1])
		t.Data = binary.LittleEndian.AppendUint32(t.Data, math.Float32bits(v))
	}
	return t
}

func TestSnapshot(t *testing.T) {
	c := sample()
	c.Tensors = []Tensor{weights("/conv", 3, 3, 2, 4), weights("/bias", 4), weights("/adam/conv", 3, 3, 2, 4), weights("/empty", 0, 4)}
	s := c.Snapshot([]string{"/conv", "/bias", "/empty"})
	var first, again bytes.Buffer
	if err := s.Write(&first); err != nil {
		t.Fatal(err)
	}
	if n := int64(first.Len()); n > s.Bytes() {
		t.Errorf("%d bytes, %d were expected at most", n, s.Bytes())
	}
	got, err := ReadSnapshot(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if got.Recipe != c.Recipe || got.Step != c.Step || got.Encoding != Encoding || got.Layers() != 3 || len(got.Weights()) != 3 {
		t.Errorf("read %+v", got)
	}
	if err := got.Write(&again); err != nil || !bytes.Equal(again.Bytes(), first.Bytes()) {
		t.Errorf("written again it is another file: %v", err)
	}
	restored, read := s.Weights(), got.Weights()
	for _, want := range restored { // what was said to be read is read
		i := slices.IndexFunc(read, func(t Tensor) bool { return t.Name == want.Name })
		if i < 0 || !bytes.Equal(read[i].Data, want.Data) || !slices.Equal(read[i].Shape, want.Shape) {
			t.Errorf("%s has other values", want.Name)
		}
	}
	for i := range 72 { // half a step of a channel's scale at most
		exact, restored := float(c.Tensors[0].Data, i), float(restored[0].Data, i)
		scale := float32(0)
		for j := i % 4; j < 72; j += 4 {
			scale = max(scale, float32(math.Abs(float64(float(c.Tensors[0].Data, j))))/127)
		}
		if math.Abs(float64(exact-restored)) > 0.501*float64(scale) {
			t.Errorf("weight %d of %v became %v", i, exact, restored)
		}
	}
	if !bytes.Equal(restored[1].Data, c.Tensors[1].Data) {
		t.Error("a bias has lost bits")
	}
}

func TestReadSnapshotRefuses(t *testing.T) {
	good := sample().Snapshot(nil)
	later := *good
	later.Version = 9
	other := *good
	other.Encoding = "morse"
	written := func(s *Snapshot, extra ...Tensor) []byte {
		var b bytes.Buffer
		if err := s.Write(&b); err != nil {
			t.Fatal(err)
		}
		_, about, err := decode(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		b.Reset()
		if err := encode(&b, extra, about); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	lonely := Tensor{Name: "w", DType: "I8", Shape: []int{2, 2}, Data: make([]byte, 4)}
	for says, file := range map[string][]byte{
		"before its header":              nil,
		"not a snapshot of a net's":      writtenCheckpoint(t),
		"version 9":                      written(&later),
		"morse":                          written(&other),
		"does not have the scales":       written(good, lonely),
		`"w" of I8[2 2] does not have`:   written(good, lonely, Tensor{Name: "w#scale", DType: Float32, Shape: []int{1}, Data: make([]byte, 4)}),
		`"v" of U8[1] does not have the`: written(good, Tensor{Name: "v", DType: Uint8, Shape: []int{1}, Data: []byte{1}}),
	} {
		if s, err := ReadSnapshot(bytes.NewReader(file)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v, %v does not say %q", s, err, says)
		}
	}
}

func writtenCheckpoint(t *testing.T) []byte { return written(t, sample()) }

func FuzzReadSnapshot(f *testing.F) {
	c := sample()
	c.Tensors = []Tensor{weights("/conv", 3, 3, 2, 4), weights("/bias", 4)}
	var b bytes.Buffer
	if err := c.Snapshot([]string{"/conv", "/bias"}).Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := ReadSnapshot(bytes.NewReader(file))
		if err != nil {
			return
		}
		for _, tensor := range s.Weights() {
			if n, err := tensor.bytes(); err != nil || n != int64(len(tensor.Data)) || tensor.DType != Float32 {
				t.Errorf("%s of %v has %d bytes", tensor.Name, tensor.Shape, len(tensor.Data))
			}
		}
	})
}
