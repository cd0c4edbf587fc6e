// Package tensorboard writes event files, which TensorBoard shows: TFRecords (tensorflow/core/lib/io/record_writer.h) of Event messages
// (tensorflow/core/util/event.proto, core/framework/summary.proto, and the plugin hparams's plugin_data.proto). It knows nothing of runs.
package tensorboard

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"maps"
	"math"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Writer writes the events of one run. The first error is kept, and nothing is written after it.
type Writer struct {
	to  io.Writer
	err error
}

// New begins an event file.
func New(to io.Writer, begun time.Time) *Writer {
	w := &Writer{to: to}
	w.event(begun, 0, text(nil, 3, "brain.Event:2"))
	return w
}

// Err returns what went wrong.
func (w *Writer) Err() error { return w.err }

// Scalar writes a point of a curve, as float32.
func (w *Writer) Scalar(at time.Time, step int, tag string, v float64) {
	value := text(nil, 1, tag)
	value = protowire.AppendTag(value, 2, protowire.Fixed32Type)
	w.value(at, step, protowire.AppendFixed32(value, math.Float32bits(float32(v))))
}

// buckets is how many a histogram has.
const buckets = 32

// Histogram writes how finite values, of which there must be some, are distributed, in buckets of equal width.
func (w *Writer) Histogram(at time.Time, step int, tag string, values []float64) {
	low, high := slices.Min(values), slices.Max(values)
	var limits, counts []byte
	var count [buckets]float64
	var sum, squares float64
	for _, v := range values {
		sum += v
		squares += v * v
		i := 0
		if high > low {
			i = min(int((v-low)/(high-low)*buckets), buckets-1)
		}
		count[i]++
	}
	for i, n := range count {
		limits = protowire.AppendFixed64(limits, math.Float64bits(low+(high-low)*float64(i+1)/buckets))
		counts = protowire.AppendFixed64(counts, math.Float64bits(n))
	}
	var h []byte
	for i, v := range []float64{low, high, float64(len(values)), sum, squares} {
		h = double(h, protowire.Number(i+1), v)
	}
	h = message(message(h, 6, limits), 7, counts)
	w.value(at, step, message(text(nil, 1, tag), 5, h))
}

// Status is how a session has ended.
type Status int

// Statuses, as in hparams/api.proto.
const (
	Success Status = 1
	Failure Status = 2
	Running Status = 3
)

// Session writes what the run was made with, by which TensorBoard's tab HParams compares runs: float64, bool or string values by name.
func (w *Writer) Session(begun, ended time.Time, hparams map[string]any, s Status) {
	var start []byte
	for _, name := range slices.Sorted(maps.Keys(hparams)) {
		var v []byte
		switch h := hparams[name].(type) {
		case float64:
			v = double(nil, 2, h)
		case string:
			v = text(nil, 3, h)
		case bool:
			v = protowire.AppendTag(nil, 4, protowire.VarintType)
			v = protowire.AppendVarint(v, protowire.EncodeBool(h))
		default:
			continue
		}
		start = message(start, 1, message(text(nil, 1, name), 2, v))
	}
	w.hparams(begun, "_hparams_/session_start_info", message(nil, 3, double(start, 5, seconds(begun))))
	end := protowire.AppendTag(nil, 1, protowire.VarintType)
	end = protowire.AppendVarint(end, uint64(s))
	w.hparams(ended, "_hparams_/session_end_info", message(nil, 4, double(end, 2, seconds(ended))))
}

// hparams writes a message of the plugin hparams, which is in the metadata of a value that is an empty tensor of floats.
func (w *Writer) hparams(at time.Time, tag string, content []byte) {
	plugin := message(text(nil, 1, "hparams"), 2, content)
	tensor := protowire.AppendTag(nil, 1, protowire.VarintType)
	tensor = message(protowire.AppendVarint(tensor, 1), 2, nil)
	w.value(at, 0, message(message(text(nil, 1, tag), 8, tensor), 9, message(nil, 1, plugin)))
}

// value writes an event whose summary has one value.
func (w *Writer) value(at time.Time, step int, value []byte) {
	w.event(at, step, message(nil, 5, message(nil, 1, value)))
}

func (w *Writer) event(at time.Time, step int, what []byte) {
	e := double(nil, 1, seconds(at))
	e = protowire.AppendTag(e, 2, protowire.VarintType)
	e = protowire.AppendVarint(e, uint64(step))
	w.record(append(e, what...))
}

// record writes a TFRecord: its length and its bytes, each with a checksum.
func (w *Writer) record(data []byte) {
	if w.err != nil {
		return
	}
	r := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	r = binary.LittleEndian.AppendUint32(r, masked(r))
	r = append(r, data...)
	r = binary.LittleEndian.AppendUint32(r, masked(data))
	_, w.err = w.to.Write(r)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is the checksum of TFRecords, which may be part of data that gets a checksum again.
func masked(b []byte) uint32 {
	sum := crc32.Checksum(b, castagnoli)
	return (sum>>15 | sum<<17) + 0xa282ead8
}

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// The fields of protocol buffers.

func double(b []byte, field protowire.Number, v float64) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(b, field, protowire.Fixed64Type), math.Float64bits(v))
}

func text(b []byte, field protowire.Number, s string) []byte { return message(b, field, []byte(s)) }

func message(b []byte, field protowire.Number, m []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), m)
}
