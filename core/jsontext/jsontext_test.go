package jsontext

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// encoded is a text in UTF-16 with a byte order mark.
func encoded(text string, big bool) []byte {
	var b []byte
	for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(text))...) {
		unit := []byte{byte(u), byte(u >> 8)}
		if big {
			slices.Reverse(unit)
		}
		b = append(b, unit...)
	}
	return b
}

func TestText(t *testing.T) {
	const text = "{\"name\": \"Zoë 🐦\"}\n"
	for name, file := range map[string][]byte{
		"UTF-8": []byte(text), "with a mark": []byte("\ufeff" + text), "UTF-16": encoded(text, false), "big-endian": encoded(text, true),
	} {
		if got, err := Text(file); err != nil || string(got) != text {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for name, file := range map[string][]byte{
		"Latin-1": []byte("{\"name\": \"Zo\xeb\"}"), "UTF-16 without a mark": encoded(text, false)[2:], "half a unit": append(encoded(text, true), 'x'),
	} {
		if got, err := Text(file); err == nil || !strings.Contains(err.Error(), "UTF-8") {
			t.Errorf("%s: %q, %v does not say what to do", name, got, err)
		}
	}
}

func TestExplain(t *testing.T) {
	type document struct {
		Seeds Int                `json:"seeds"`
		Batch int                `json:"batch"`
		Names []string           `json:"names"`
		Of    map[string]float64 `json:"of"`
		On    bool               `json:"on"`
	}
	for text, want := range map[string]string{
		"":                        "is not JSON: it ends too early, at column 1",
		"{\n \"on\": true\n\n":    "is not JSON: it ends too early, at line 2, column 12",
		"{\n  \"on\": true,\n}\n": "is not JSON: line 3, column 1: invalid character '}' where a name in double quotes must begin",
		"{\"é\" \"b\"}":           "is not JSON: column 6: invalid character '\"' where a colon must follow",
		"{'on': 1}":               "is not JSON: column 2: invalid character '\\'' where a name in double quotes must begin",
		"{\"on\": True}":          "is not JSON: column 8: invalid character 'T' where a value must begin",
		"{} {}":                   "is not JSON: column 4: invalid character '{' after the end of the value",
		"{\"names\": [1 2]}":      "is not JSON: column 14: invalid character '2' where a comma or ] must follow",
		"[]":                      "column 1: needs an object, {…}, not a list",
		"{\"batch\": 1e9}":        "column 13: batch: needs a whole number, not 1e9",
		"{\"names\": 3}":          "column 11: names: needs a list, […], not a number",
		"{\"on\": \"x\"}":         "column 10: on: needs true or false, not a text",
		"{\"of\": {\"a\": []}}":   "column 14: of: needs a number, not a list",
		"{\"seeds\": 1.5}":        "seeds: needs a whole number, not 1.5",
		"{\"seeds\": 16.0}":       "",
	} {
		var d document
		err := Explain([]byte(text), json.Unmarshal([]byte(text), &d))
		if want == "" && err == nil {
			continue
		}
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	other := errors.New("the disk is gone")
	if Explain(nil, other) != other {
		t.Error("another error is not returned as it is")
	}
	if err := Check([]byte("{\n\"a\": 1")); err == nil || !strings.Contains(err.Error(), "line 2") || Check([]byte("[1]")) != nil {
		t.Errorf("%v", err)
	}
}

func TestWhole(t *testing.T) {
	for text, want := range map[string]int64{"16": 16, "16.0": 16, "1.6e1": 16, "-3": -3, "9007199254740993": 1<<53 + 1, "9007199254740991.0": 1<<53 - 1} {
		if n, ok := Whole([]byte(text)); !ok || n != want {
			t.Errorf("%s: %d, %v", text, n, ok)
		}
	}
	for _, text := range []string{"", "1.5", "1e99", "9007199254740993.0", "null", `"16"`, "16 ", "0x10", "NaN", "[]"} {
		if n, ok := Whole([]byte(text)); ok {
			t.Errorf("%s is %d", text, n)
		}
	}
	if text, err := json.Marshal(struct{ N Int }{7}); err != nil || string(text) != `{"N":7}` {
		t.Errorf("%s, %v", text, err)
	}
}
