package sweep

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// Extend returns a sweep file with more points drawn, or more seeds, in all; 0 leaves them as they are. Points and runs that are planned already stay the
// same. It is an error to ask for fewer.
func Extend(text []byte, points, seeds int) ([]byte, error) {
	f, err := read(text)
	if err != nil {
		return nil, fmt.Errorf("sweep: %w", err)
	}
	fields, err := object(text)
	if err != nil {
		return nil, err
	}
	if seeds != 0 {
		if seeds < f.seeds {
			return nil, fmt.Errorf("seeds: there are %d; %d would be fewer, and runs that are planned stay", f.seeds, seeds)
		}
		fields = put(fields, "seeds", []byte(strconv.Itoa(seeds)))
	}
	if points != 0 {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == "random" })
		switch {
		case i < 0:
			return nil, errors.New("points: nothing of this sweep is drawn at random, so no more can be drawn")
		case points < f.points:
			return nil, fmt.Errorf("points: there are %d; %d would be fewer, and points that are drawn stay", f.points, points)
		}
		random, err := object(fields[i].value)
		if err != nil {
			return nil, err
		}
		fields[i].value = join(put(random, "points", []byte(strconv.Itoa(points))))
	}
	out := join(fields)
	_, err = Parse(out)
	return out, err
}

// put replaces a member of an object in its place, or adds it at the end.
func put(fields []field, name string, value json.RawMessage) []field {
	i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
	if i < 0 {
		return append(fields, field{name, value})
	}
	fields[i].value = value
	return fields
}

// join writes an object in the order of its members.
func join(fields []field) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(f.name)
		if err != nil {
			panic(err) // a string always marshals
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(f.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}
