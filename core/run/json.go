package run

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// Marshal returns e as one line of JSON with its kind in the field "type".
func Marshal(e Event) ([]byte, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", e.kind(), err)
	}
	// Every event is a struct with at least one field that is always written, so body is {"…}.
	head := fmt.Appendf(nil, `{"type":%q,`, e.kind())
	return append(head, body[1:]...), nil
}

// Unmarshal reads one event. Unknown fields are ignored, so that an older reader can follow a newer run;
// an unknown type or version is an error.
func Unmarshal(line []byte) (Event, error) {
	var head struct{ Type string }
	if err := json.Unmarshal(line, &head); err != nil {
		return nil, fmt.Errorf("event: not JSON: %w", err)
	}
	var e Event
	switch head.Type {
	case "start":
		e = &Start{}
	case "state":
		e = &State{}
	case "progress":
		e = &Progress{}
	case "metric":
		e = &Metric{}
	case "weights":
		e = &Weights{}
	case "statistics":
		e = &Statistics{}
	case "rate":
		e = &Rate{}
	case "move":
		e = &Move{}
	case "end":
		e = &End{}
	case "data":
		e = &Data{}
	case "engine":
		e = &Engine{}
	case "":
		return nil, errors.New(`event: no "type"`)
	default:
		return nil, fmt.Errorf("event: unknown type %q", head.Type)
	}
	if err := json.Unmarshal(line, e); err != nil {
		return nil, fmt.Errorf("event %s: %w", head.Type, err)
	}
	switch e := e.(type) {
	case *Start:
		if e.Version != Version {
			return nil, fmt.Errorf("event start: version %d, this program reads version %d", e.Version, Version)
		}
	case *Weights:
		if err := e.check(); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// check refuses sizes that do not multiply to the number of pixels, so that a drawer may index without asking.
func (w *Weights) check() error {
	left := len(w.Pixels)
	for _, n := range []int{w.Count, w.Height, w.Width, w.Channels} {
		if n <= 0 || left%n != 0 {
			return fmt.Errorf("event weights: %d pixels are not %d images of %dx%dx%d",
				len(w.Pixels), w.Count, w.Height, w.Width, w.Channels)
		}
		left /= n
	}
	if left != 1 {
		return fmt.Errorf("event weights: %d pixels are not %d images of %dx%dx%d",
			len(w.Pixels), w.Count, w.Height, w.Width, w.Channels)
	}
	return nil
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
