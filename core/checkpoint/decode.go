package checkpoint

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"unpool/core/jsontext"
)

// decode reads a safetensors file to its end. It trusts no length: what a header states is checked before
// anything is read, and memory grows with what really arrives.
func decode(r io.Reader) (tensors []Tensor, about map[string]string, err error) {
	var length uint64
	if err := binary.Read(r, binary.LittleEndian, &length); err != nil {
		return nil, nil, fmt.Errorf("the file ends before its header: %w", ended(err))
	}
	if length > maxHeader {
		return nil, nil, fmt.Errorf("not a safetensors file, or a damaged one: a header of %d bytes (the limit is %d)", length, maxHeader)
	}
	header := make([]byte, length)
	if _, err := io.ReadFull(r, header); err != nil {
		return nil, nil, fmt.Errorf("the file ends within its header: %w", ended(err))
	}
	entries, about, err := decodeHeader(header)
	if err != nil {
		return nil, nil, fmt.Errorf("the header: %w", err)
	}
	total, err := layout(entries)
	if err != nil {
		return nil, nil, fmt.Errorf("the header: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(r, total+1))
	switch {
	case err != nil:
		return nil, nil, err
	case int64(len(data)) < total:
		return nil, nil, fmt.Errorf("the file ends after %d of %d bytes of tensors", len(data), total)
	case int64(len(data)) > total:
		return nil, nil, fmt.Errorf("the file has more bytes after its %d bytes of tensors", total)
	}
	for _, e := range entries {
		t := e.Tensor
		t.Data = data[e.from:e.to:e.to]
		tensors = append(tensors, t)
	}
	return tensors, about, nil
}

// ended is the error of a file that is cut short.
func ended(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// placed is a tensor without its data, and where that is.
type placed struct {
	Tensor
	from, to int64
}

// layout checks that the tensors have the bytes that their shapes need, and lie one after the other without a gap. It
// sorts them in that order and returns their bytes.
func layout(entries []placed) (total int64, err error) {
	slices.SortStableFunc(entries, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
	})
	for _, e := range entries {
		size, err := e.bytes()
		if err != nil {
			return 0, err
		}
		if e.from != total {
			return 0, fmt.Errorf("tensor %q begins at byte %d of the data instead of byte %d", e.Name, e.from, total)
		}
		if e.to > maxData {
			return 0, fmt.Errorf("tensor %q ends at byte %d of the data; the limit is %d", e.Name, e.to, int64(maxData))
		}
		if e.to-e.from != size {
			return 0, fmt.Errorf("tensor %q has %d bytes of data; %s of the shape %v needs %d", e.Name, e.to-e.from, e.DType, e.Shape, size)
		}
		total = e.to
	}
	return total, nil
}

// decodeHeader reads the header's JSON.
func decodeHeader(header []byte) (entries []placed, about map[string]string, err error) {
	if !utf8.Valid(header) { // encoding/json would repair it, and two names could become one
		return nil, nil, errors.New("not UTF-8")
	}
	about = map[string]string{}
	err = members(header, func(name string, value json.RawMessage) error {
		if name == metadataKey {
			return members(value, func(key string, value json.RawMessage) error {
				var text *string
				if err := json.Unmarshal(value, &text); err != nil || text == nil {
					return fmt.Errorf("metadata %q is not a string", key)
				}
				about[key] = *text
				return nil
			})
		}
		e := placed{Tensor: Tensor{Name: name}, from: -1, to: -1}
		if err := e.decode(value); err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		entries = append(entries, e)
		return nil
	})
	return entries, about, err
}

// decode reads a tensor's entry in the header.
func (e *placed) decode(raw json.RawMessage) error {
	err := members(raw, func(key string, value json.RawMessage) error {
		switch key {
		case "dtype":
			return read(key, value, &e.DType)
		case "shape":
			if err := read(key, value, &e.Shape); err != nil {
				return err
			}
			if e.Shape == nil {
				return errors.New("no shape")
			}
			return nil
		case "data_offsets":
			var offsets []int64
			if err := read(key, value, &offsets); err != nil {
				return err
			}
			if len(offsets) != 2 {
				return fmt.Errorf("%d data offsets instead of 2", len(offsets))
			}
			e.from, e.to = offsets[0], offsets[1]
			return nil
		}
		return fmt.Errorf("the unknown field %q", key)
	})
	if err != nil {
		return err
	}
	if e.DType == "" || e.Shape == nil || e.from < 0 || e.to < e.from {
		return errors.New("it needs a dtype, a shape, and data offsets that begin before they end")
	}
	return nil
}

// read reads the value of a key.
func read(key string, value json.RawMessage, into any) error {
	if json.Unmarshal(value, into) != nil {
		return fmt.Errorf("its %s is not %.40s", key, value)
	}
	return nil
}

// members calls each for every member of a JSON object, in order. A key that comes twice is an error, since
// encoding/json would let the last one win.
func members(object []byte, each func(key string, value json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New("not a JSON object")
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return jsontext.Explain(object, err)
		}
		key, ok := t.(string)
		if !ok {
			return errors.New("not a JSON object")
		}
		if seen[key] {
			return fmt.Errorf("%q comes twice", key)
		}
		seen[key] = true
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return jsontext.Explain(object, err)
		}
		if err := each(key, value); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return jsontext.Explain(object, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one JSON object")
	}
	return nil
}
