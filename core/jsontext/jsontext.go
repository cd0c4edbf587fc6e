// Package jsontext reads what people write as JSON: it takes the encodings that editors save, and says what is wrong in plain words, by line
// and column, where encoding/json speaks of Go's types. It knows nothing of what the text is about.
package jsontext

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Text returns a file's text in UTF-8 without a byte order mark. A file in UTF-16, which needs the mark, is converted; one in any other
// encoding is refused.
func Text(file []byte) ([]byte, error) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(file, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(file, []byte("\xfe\xff")):
		order = binary.BigEndian
	case !utf8.Valid(file) || bytes.IndexByte(file, 0) >= 0:
		return nil, errors.New("not text in UTF-8; save it in that encoding")
	default:
		return bytes.TrimPrefix(file, []byte("\xef\xbb\xbf")), nil
	}
	if len(file)%2 != 0 {
		return nil, errors.New("text in UTF-16 that has been cut off; save it again, as UTF-8")
	}
	units := make([]uint16, len(file)/2-1)
	for i := range units {
		units[i] = order.Uint16(file[2*i+2:])
	}
	return []byte(string(utf16.Decode(units))), nil
}

// Place is where the byte at an offset of a text is, for people: "line 3, column 7", in characters and counted from 1; only "column 7" in a text
// of one line, which may be a line of a file.
func Place(text []byte, offset int) string {
	before := text[:min(max(offset, 0), len(text))]
	start := bytes.LastIndexByte(before, '\n') + 1
	column := fmt.Sprintf("column %d", utf8.RuneCount(before[start:])+1)
	if !bytes.Contains(bytes.TrimRight(text, "\r\n"), []byte("\n")) {
		return column
	}
	return fmt.Sprintf("line %d, %s", bytes.Count(before, []byte("\n"))+1, column)
}

// Check reports whether a text is one JSON value, and where it ceases to be.
func Check(text []byte) error {
	var value json.RawMessage
	return Explain(text, json.Unmarshal(text, &value))
}

// Explain returns an error of encoding/json in plain words. text is what was read, from its first byte; other errors are returned as they are.
func Explain(text []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		if strings.HasPrefix(syntax.Error(), "unexpected end") {
			return fmt.Errorf("is not JSON: it ends too early, at %s", Place(text, len(bytes.TrimRight(text, " \t\r\n"))))
		}
		return fmt.Errorf("is not JSON: %s: %s", Place(text, int(syntax.Offset)-1), plain(syntax.Error()))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("is not JSON: it ends too early")
	case err != nil && strings.HasPrefix(err.Error(), unknownField):
		return fmt.Errorf("%s is not known", strings.TrimPrefix(err.Error(), unknownField))
	case errors.As(err, &kind):
		what := "needs " + wanted(kind.Type) + ", not " + given(kind.Value)
		if kind.Field != "" {
			what = kind.Field + ": " + what
		}
		if kind.Offset == 0 { // an Int does not know where it is
			return errors.New(what)
		}
		return fmt.Errorf("%s: %s", Place(text, int(kind.Offset)-1), what)
	}
	return err
}

// unknownField begins an error about a field that a decoder does not allow, which has no type of its own.
const unknownField = "json: unknown field "

// plain rewords what encoding/json says of a character. What is not here it says well enough.
func plain(says string) string {
	return strings.NewReplacer(
		"looking for beginning of value", "where a value must begin",
		"looking for beginning of object key string", "where a name in double quotes must begin",
		"after object key:value pair", "where a comma or } must follow",
		"after object key", "where a colon must follow",
		"after array element", "where a comma or ] must follow",
		"after top-level value", "after the end of the value",
		"in string literal", "in a text, which must be on one line",
		"numeric literal", "a number",
	).Replace(says)
}

// wanted describes the JSON values that a Go type is read from.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a text in double quotes"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "a list, […]"
	case reflect.Struct, reflect.Map:
		return "an object, {…}"
	}
	return "a whole number"
}

// given describes what stands there, as encoding/json calls it.
func given(value string) string {
	if number, ok := strings.CutPrefix(value, "number "); ok {
		return number
	}
	return map[string]string{"string": "a text", "number": "a number", "array": "a list", "object": "an object", "bool": "true or false"}[value]
}

// Whole reads a number that is whole however it is written, such as 16, 16.0 and 1e3. One with a point or an exponent is below 2⁵³, where each
// whole number is exact.
func Whole(value []byte) (n int64, ok bool) {
	if n, err := strconv.ParseInt(string(value), 10, 64); err == nil {
		return n, true
	}
	var x float64
	if string(value) == "null" || bytes.ContainsAny(value, " \t\r\n") || json.Unmarshal(value, &x) != nil || x != math.Trunc(x) || math.Abs(x) >= 1<<53 {
		return 0, false
	}
	return int64(x), true
}

// Int is a whole number in a document that people write, read as Whole does.
type Int int

// UnmarshalJSON reads a whole number.
func (n *Int) UnmarshalJSON(value []byte) error {
	whole, ok := Whole(value)
	if !ok || whole != int64(int(whole)) {
		return &json.UnmarshalTypeError{Value: fmt.Sprintf("number %.40s", value), Type: reflect.TypeFor[int]()}
	}
	*n = Int(whole)
	return nil
}

// MarshalJSON writes it.
func (n Int) MarshalJSON() ([]byte, error) { return strconv.AppendInt(nil, int64(n), 10), nil }
