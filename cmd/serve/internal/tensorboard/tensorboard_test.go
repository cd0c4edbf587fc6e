package tensorboard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// castagnoliOf is CRC-32C bit by bit, as its polynomial defines it.
func castagnoliOf(b []byte) uint32 {
	sum := ^uint32(0)
	for _, x := range b {
		sum ^= uint32(x)
		for range 8 {
			low := sum & 1
			sum = sum>>1 ^ low*0x82f63b78
		}
	}
	return ^sum
}

// records reads TFRecords.
func records(t *testing.T, b []byte) (all [][]byte) {
	t.Helper()
	check := func(what []byte, sum uint32) {
		if c := castagnoliOf(what); sum != (c>>15|c<<17)+0xa282ead8 {
			t.Fatalf("record %d has the checksum %x, which is not %x", len(all), sum, c)
		}
	}
	for len(b) > 0 {
		n := binary.LittleEndian.Uint64(b)
		check(b[:8], binary.LittleEndian.Uint32(b[8:]))
		check(b[12:12+n], binary.LittleEndian.Uint32(b[12+n:]))
		all = append(all, b[12:12+n])
		b = b[16+n:]
	}
	return all
}

// field returns the value of a field of a message, the last one.
func field(t *testing.T, m []byte, path ...protowire.Number) (b []byte, n uint64) {
	t.Helper()
	for _, want := range path {
		var found []byte
		for len(m) > 0 {
			number, kind, used := protowire.ConsumeTag(m)
			if m = m[max(used, 0):]; used < 0 {
				t.Fatal(protowire.ParseError(used))
			}
			size := protowire.ConsumeFieldValue(number, kind, m)
			if size < 0 {
				t.Fatal(protowire.ParseError(size))
			}
			if number == want {
				switch kind {
				case protowire.BytesType:
					found, _ = protowire.ConsumeBytes(m)
				case protowire.Fixed64Type:
					n, _ = protowire.ConsumeFixed64(m)
				case protowire.Fixed32Type:
					v, _ := protowire.ConsumeFixed32(m)
					n = uint64(v)
				case protowire.VarintType:
					n, _ = protowire.ConsumeVarint(m)
				}
			}
			m = m[size:]
		}
		m = found
	}
	return m, n
}

func TestChecksum(t *testing.T) {
	// RFC 3720, appendix B.4.
	if got := castagnoliOf(make([]byte, 32)); got != 0x8a9136aa {
		t.Errorf("the reference gives %x", got)
	}
}

func TestEvents(t *testing.T) {
	var file bytes.Buffer
	at := time.UnixMicro(1_700_000_000_250_000)
	w := New(&file, at)
	w.Scalar(at.Add(time.Second), 300, "loss/train", 0.75)
	w.Histogram(at, 7, "weights", []float64{-1, 0, 0, 0.5, 1})
	w.Histogram(at, 8, "weights", []float64{2, 2})
	w.Session(at, at.Add(time.Minute), map[string]any{"batch": 64.0, "net": "rnn", "exact": true, "other": nil}, Failure)
	if err := w.Err(); err != nil {
		t.Fatal(err)
	}
	all := records(t, file.Bytes())
	if len(all) != 6 {
		t.Fatalf("%d records", len(all))
	}
	if version, _ := field(t, all[0], 3); string(version) != "brain.Event:2" {
		t.Errorf("the first says %q", version)
	}
	number := func(m []byte, path ...protowire.Number) uint64 { _, n := field(t, m, path...); return n }
	float := func(m []byte, path ...protowire.Number) float64 { return math.Float64frombits(number(m, path...)) }
	words := func(m []byte, path ...protowire.Number) string { b, _ := field(t, m, path...); return string(b) }
	if tag, v := words(all[1], 5, 1, 1), math.Float32frombits(uint32(number(all[1], 5, 1, 2))); tag != "loss/train" || v != 0.75 {
		t.Errorf("%s is %v", tag, v)
	}
	if s, step := float(all[1], 1), number(all[1], 2); s != 1_700_000_001.25 || step != 300 {
		t.Errorf("at %v, step %d", s, step)
	}
	for i, want := range [][5]float64{{-1, 1, 5, 0.5, 2.25}, {2, 2, 2, 4, 8}} { // min, max, number, sum, sum of squares
		m := all[2+i]
		for j, v := range want {
			if got := float(m, 5, 1, 5, protowire.Number(j+1)); got != v {
				t.Errorf("histogram %d has %v as number %d, want %v", i, got, j+1, v)
			}
		}
		limits, _ := field(t, m, 5, 1, 5, 6)
		counts, _ := field(t, m, 5, 1, 5, 7)
		total, filled := 0.0, 0
		for k := 0; k < len(counts); k += 8 {
			if n := math.Float64frombits(binary.LittleEndian.Uint64(counts[k:])); n > 0 {
				total += n
				filled++
			}
		}
		last := math.Float64frombits(binary.LittleEndian.Uint64(limits[len(limits)-8:]))
		if len(limits) != buckets*8 || len(counts) != buckets*8 || total != want[2] || filled != []int{4, 1}[i] || last != want[1] {
			t.Errorf("histogram %d has %v values in %d buckets up to %v", i, total, filled, last)
		}
	}
	plugin, _ := field(t, all[4], 5, 1, 9, 1)
	if name := words(plugin, 1); name != "hparams" || words(all[4], 5, 1, 1) != "_hparams_/session_start_info" {
		t.Errorf("it is of the plugin %q", name)
	}
	if name, value := words(plugin, 2, 3, 1, 1), words(plugin, 2, 3, 1, 2, 3); name != "net" || value != "rnn" { // the last in order of name
		t.Errorf("%s is %q", name, value)
	}
	if status := number(all[5], 5, 1, 9, 1, 2, 4, 1); status != uint64(Failure) {
		t.Errorf("it ended with %d", status)
	}
	if end := float(all[5], 5, 1, 9, 1, 2, 4, 2); end != 1_700_000_060.25 {
		t.Errorf("it ended at %v", end)
	}
}

type full struct{ left int }

func (f *full) Write(b []byte) (int, error) {
	if f.left--; f.left < 0 {
		return 0, errors.New("full")
	}
	return len(b), nil
}

func TestFirstErrorIsKept(t *testing.T) {
	w := New(&full{left: 2}, time.Unix(0, 0))
	for range 3 {
		w.Scalar(time.Unix(0, 0), 1, "x", 1)
	}
	if w.Err() == nil {
		t.Error("a full disk is no error")
	}
}
