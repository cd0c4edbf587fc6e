package run

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"unpool/core/jsontext"
)

// Marshal returns e as one line of JSON with its kind in the field "type".
func Marshal(e Event) ([]byte, error) { return Record{Event: e}.Marshal() }

// Unmarshal reads one event. Unknown fields are ignored, and an event of an unknown type is an *Unknown, so that an older reader
// can follow a newer run; an unknown version is an error.
func Unmarshal(line []byte) (Event, error) {
	r, err := UnmarshalRecord(line)
	return r.Event, err
}

// Record is an event in a run's log.
type Record struct {
	Seq   uint64    // its place in the log, from 1; 0 for an event that is in no log
	Time  time.Time // when it was recorded; zero in logs from before it was kept
	Event Event
}

// Marshal returns r as one line of JSON: the event's, with the fields "seq" and "time".
func (r Record) Marshal() ([]byte, error) {
	var fields []byte
	if u, ok := r.Event.(*Unknown); ok {
		fields = u.more
	} else {
		body, err := json.Marshal(r.Event)
		if err != nil {
			return nil, fmt.Errorf("event %s: %w", r.Event.kind(), err)
		}
		fields = body[1 : len(body)-1]
	}
	line := fmt.Appendf(nil, `{"type":%q`, r.Event.kind())
	if r.Seq != 0 {
		line = fmt.Appendf(line, `,"seq":%d`, r.Seq)
	}
	if !r.Time.IsZero() {
		line = fmt.Appendf(line, `,"time":%q`, r.Time.UTC().Format(timeForm))
	}
	if len(fields) > 0 {
		line = append(append(line, ','), fields...)
	}
	return append(line, '}'), nil
}

// timeForm is RFC 3339 in milliseconds.
const timeForm = "2006-01-02T15:04:05.000Z07:00"

// Same reports whether two records are identical.
func (r Record) Same(other Record) bool {
	a, err := r.Marshal()
	b, wrong := other.Marshal()
	return err == nil && wrong == nil && bytes.Equal(a, b)
}

// UnmarshalRecord reads a line of a log as Unmarshal does. A line from before numbers were kept has none.
func UnmarshalRecord(line []byte) (Record, error) {
	var head struct {
		Type string
		Seq  uint64
		Time time.Time
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return Record{}, fmt.Errorf("event: %w", jsontext.Explain(line, err))
	}
	if head.Type == "" {
		return Record{}, errors.New(`event: no "type"`)
	}
	r := Record{Seq: head.Seq, Time: head.Time, Event: empty(head.Type)}
	if r.Event == nil {
		more, err := otherFields(line)
		if err != nil {
			return Record{}, fmt.Errorf("event %s: %w", head.Type, err)
		}
		r.Event = &Unknown{head.Type, more}
		return r, nil
	}
	if err := json.Unmarshal(line, r.Event); err != nil {
		return Record{}, fmt.Errorf("event %s: %w", head.Type, jsontext.Explain(line, err))
	}
	return r, check(r.Event)
}

// otherFields returns the fields of an event but for those that every record has, on one line.
func otherFields(line []byte) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(line, &fields); err != nil {
		return nil, err
	}
	maps.DeleteFunc(fields, func(name string, _ json.RawMessage) bool {
		return slices.ContainsFunc([]string{"type", "seq", "time"}, func(own string) bool { return strings.EqualFold(name, own) }) // as it is read
	})
	text, err := json.Marshal(fields) // in order of their names, and compact
	return text[1 : len(text)-1], err
}

// ReadLog reads a log of one record a line, and returns how many bytes its whole lines take: a last line that was cut short is left
// out. The lines are numbered from 1, those of a log from before numbers were kept too.
func ReadLog(text []byte) (log []Record, size int, err error) {
	for {
		line, _, whole := bytes.Cut(text[size:], []byte("\n"))
		if !whole {
			return log, size, nil
		}
		n := uint64(len(log)) + 1
		r, err := UnmarshalRecord(line)
		if err == nil && r.Seq != 0 && r.Seq != n {
			err = fmt.Errorf("it is numbered %d: earlier lines are missing or were added", r.Seq)
		}
		if err != nil {
			return nil, 0, fmt.Errorf("line %d: %w", n, err)
		}
		r.Seq = n
		log = append(log, r)
		size += len(line) + 1
	}
}

// empty returns an event of a kind, nil for a kind that is not known.
func empty(kind string) Event {
	for _, e := range []Event{&Start{}, &State{}, &Progress{}, &Metric{}, &Answers{}, &Weights{}, &Snapshot{}, &Missed{}, &Statistics{}, &Rate{}, &Move{}, &End{}} {
		if e.kind() == kind {
			return e
		}
	}
	return nil
}

// check refuses what no program of this version could have written.
func check(e Event) error {
	switch e := e.(type) {
	case *Start:
		if e.Version != Version {
			return fmt.Errorf("event start: version %d, this program reads version %d", e.Version, Version)
		}
	case *Weights:
		return e.check()
	case *Answers:
		return e.check()
	}
	return nil
}

// check refuses sizes that do not multiply to the number of pixels, so that a drawer may index without asking.
func (w *Weights) check() error {
	if !multiply(len(w.Pixels), w.Count, w.Height, w.Width, w.Channels) {
		return fmt.Errorf("event weights: %d pixels are not %d images of %dx%dx%d",
			len(w.Pixels), w.Count, w.Height, w.Width, w.Channels)
	}
	return nil
}

// multiply reports whether sizes, each above 0, multiply to a number. It does not overflow.
func multiply(to int, sizes ...int) bool {
	for _, n := range sizes {
		if n <= 0 || to%n != 0 {
			return false
		}
		to /= n
	}
	return to == 1
}

// MarshalText writes base64.
func (p Int8s) MarshalText() ([]byte, error) {
	raw := make([]byte, len(p))
	for i, v := range p {
		raw[i] = byte(v)
	}
	return base64.StdEncoding.AppendEncode(nil, raw), nil
}

// UnmarshalText reads base64.
func (p *Int8s) UnmarshalText(text []byte) error {
	raw, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		return err
	}
	*p = make(Int8s, len(raw))
	for i, v := range raw {
		(*p)[i] = int8(v)
	}
	return nil
}
