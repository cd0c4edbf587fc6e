package recipe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// Unmarshal reads the JSON form. It refuses unknown fields, since a misspelt setting would change the result
// in silence, a dataset that is a folder, since a recipe from elsewhere may not choose what is read on this machine,
// and anything that does not validate.
func Unmarshal(b []byte) (Recipe, error) {
	var r Recipe
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return Recipe{}, fmt.Errorf("recipe: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return Recipe{}, errors.New("recipe: more than one JSON value")
	}
	if _, ok := r.Dataset.Folder(); ok {
		return Recipe{}, fmt.Errorf("recipe: %w", &FieldError{"dataset", "a recipe from elsewhere cannot name a folder of this machine"})
	}
	if err := r.Validate(); err != nil {
		return Recipe{}, fmt.Errorf("recipe: %w", err)
	}
	return r, nil
}

// Query returns the URL form, such as "arch=rnn&batch=128&…": each JSON field one parameter.
func (r Recipe) Query() string {
	// By way of JSON, so that a field has one name and one form everywhere.
	b, err := json.Marshal(r)
	if err != nil {
		panic(fmt.Sprintf("recipe: a struct of strings and numbers does not marshal: %v", err)) // NaN, refused by Validate
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		panic(fmt.Sprintf("recipe: %v", err))
	}
	v := url.Values{}
	for name, raw := range fields {
		var s string
		if json.Unmarshal(raw, &s) != nil {
			s = string(raw)
		}
		v.Set(name, s)
	}
	return v.Encode()
}

// ParseQuery reads the URL form. It refuses unknown and repeated parameters, and what Unmarshal refuses.
func ParseQuery(query string) (Recipe, error) {
	v, err := url.ParseQuery(query)
	if err != nil {
		return Recipe{}, fmt.Errorf("recipe link: %w", err)
	}
	fields := make(map[string]json.RawMessage, len(v))
	for name, values := range v {
		if len(values) != 1 {
			return Recipe{}, fmt.Errorf("recipe link: %s is given %d times", name, len(values))
		}
		if name != strings.ToLower(name) { // encoding/json would take Seed for seed, perhaps a second one
			return Recipe{}, fmt.Errorf("recipe link: %s is not known", name)
		}
		fields[name] = literal(values[0])
	}
	b, err := json.Marshal(fields)
	if err != nil {
		return Recipe{}, fmt.Errorf("recipe link: %w", err)
	}
	return Unmarshal(b)
}

// literal returns the JSON of a parameter's value: a number or a truth value as it stands, else a string.
func literal(s string) json.RawMessage {
	var v any
	if json.Unmarshal([]byte(s), &v) == nil {
		switch v.(type) {
		case float64, bool:
			return json.RawMessage(s)
		}
	}
	quoted, _ := json.Marshal(s) // a string always marshals
	return quoted
}
