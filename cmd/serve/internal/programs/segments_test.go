package programs

import (
	"bytes"
	"slices"
	"testing"
)

func TestJoinSegments(t *testing.T) {
	const (
		before = "\x00asm\x01\x00\x00\x00" + "\x01\x02ab"
		after  = "\x00\x03xyz"
	)
	module := func(segments ...segment) []byte {
		out := append([]byte(before), dataSection)
		return append(appendBytes(out, appendSegments(nil, segments)), after...)
	}
	far := int64(70_000)
	near := far + 2 + longestGap
	got, err := joinSegments(module(
		segment{63, []byte("a")},
		segment{far, []byte("bc")},
		segment{near, []byte("d")},
		segment{near + 1 + longestGap + 1, []byte("e")},
	))
	if err != nil {
		t.Fatal(err)
	}
	want := module(
		segment{63, []byte("a")},
		segment{far, slices.Concat([]byte("bc"), make([]byte, longestGap), []byte("d"))},
		segment{near + 1 + longestGap + 1, []byte("e")},
	)
	if !bytes.Equal(got, want) {
		t.Errorf("joined is\n%q, want\n%q", got, want)
	}
	for name, damaged := range map[string][]byte{
		"empty":                     nil,
		"ends within a section":     want[:len(want)-1],
		"segments that overlap":     module(segment{8, []byte("abc")}, segment{10, []byte("d")}),
		"a segment of no memory":    bytes.Replace(want, []byte{memory, constant}, []byte{1, constant}, 1),
		"a section with no segment": append([]byte(before), dataSection, 1, 1),
	} {
		if _, err := joinSegments(damaged); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// The segments of a program that Go linked are read and written without a change.
func TestSegmentsOfGo(t *testing.T) {
	root := tree(t)
	program, err := Compile(t.Context(), root, Programs[0])
	if err != nil {
		t.Fatal(err)
	}
	again, err := joinSegments(program)
	if err != nil || !bytes.Equal(again, program) {
		t.Errorf("a joined program joined again has %d bytes in place of %d, error %v", len(again), len(program), err)
	}
	r := reader{rest: program[header:]}
	for len(r.rest) > 0 {
		if id, body := r.byte(), r.bytes(); id == dataSection {
			segments, err := readSegments(body)
			if err != nil || len(segments) == 0 || len(segments) > 100 {
				t.Errorf("the program has %d segments, error %v", len(segments), err)
			}
			if !bytes.Equal(appendSegments(nil, segments), body) {
				t.Error("segments read and written are others")
			}
		}
	}
}
