package net

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Error says what is wrong with one layer of a net.
type Error struct {
	Number  string // of the layer: 1 for the first, 4.2 for the second of the group that is the fourth
	Text    string // of the layer
	Problem string // what it gets and what it needs
}

// Path is the layer's place, from 0, after those of the groups that it is in.
func (e *Error) Path() (path []int) {
	for part := range strings.SplitSeq(e.Number, ".") {
		n, _ := strconv.Atoi(part) // within writes whole numbers
		path = append(path, n-1)
	}
	return path
}

func (e *Error) Error() string { return fmt.Sprintf("layer %s, %q: %s", e.Number, e.Text, e.Problem) }

// problem is what is wrong with a layer, before it is known which one it is.
func problem(format string, args ...any) error { return fmt.Errorf(format, args...) }

// within says which layer of a list an error is about. One that comes from inside a group has a number already.
func within(i int, text string, err error) error {
	if err == nil {
		return nil
	}
	number := fmt.Sprint(i + 1)
	var inner *Error
	if errors.As(err, &inner) {
		return &Error{number + "." + inner.Number, inner.Text, inner.Problem}
	}
	return &Error{number, text, err.Error()}
}

// between reports whether a number is in its range.
func between(what string, v, lo, hi int) error {
	if v < lo || v > hi {
		return problem("%s must be from %d to %d, not %d", what, lo, hi, v)
	}
	return nil
}

func list[T ~string](names []T) string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = string(n)
	}
	return strings.Join(texts, ", ")
}
