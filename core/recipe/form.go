package recipe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
)

// MarshalJSON writes the JSON form, an object with the fields in the order of the table, but for those that are zero.
func (r Recipe) MarshalJSON() ([]byte, error) {
	b := fmt.Appendf(nil, `{"version":%d`, r.Version)
	for i := range Fields {
		f := &Fields[i]
		if f.IsZero(r) {
			continue
		}
		value, err := json.Marshal(f.at(&r))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		b = append(fmt.Appendf(b, ",%q:", f.Name), value...)
	}
	return append(b, '}'), nil
}

// UnmarshalJSON reads the JSON form of this version or an earlier one, as a part of something else such as an event. It does
// not validate, and passes over fields that it does not know, as readers of events do.
func (r *Recipe) UnmarshalJSON(b []byte) error {
	_, err := r.read(b)
	return err
}

// Decode reads the JSON form like UnmarshalJSON, but refuses unknown fields, since a misspelt setting would change the
// result unnoticed.
func Decode(b []byte) (Recipe, error) {
	var r Recipe
	unknown, err := r.read(b)
	if err == nil && len(unknown) > 0 {
		err = fmt.Errorf("%.40s is not known", unknown[0])
	}
	return r, err
}

// read reads the JSON form and returns the names of what it did not know.
func (r *Recipe) read(b []byte) (unknown []string, err error) {
	*r = Recipe{}
	var fields map[string]json.RawMessage
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(&fields); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one JSON value")
	}
	if version, ok := fields["version"]; ok {
		if json.Unmarshal(version, &r.Version) != nil {
			return nil, &FieldError{"version", fmt.Sprintf("%.40s is not a whole number", version)}
		}
		delete(fields, "version")
	}
	if r.Version == 1 {
		if err := upgrade(fields); err != nil {
			return nil, err
		}
		r.Version = Version
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		f, ok := Lookup(name)
		if !ok {
			unknown = append(unknown, name)
			continue
		}
		if err := f.setJSON(r, fields[name]); err != nil {
			return nil, err
		}
	}
	return unknown, nil
}

// Unmarshal reads the JSON form of a recipe from elsewhere. It refuses what Decode does, a dataset that is a folder, since
// a recipe from elsewhere may not choose what is read on this machine, and anything that does not validate.
func Unmarshal(b []byte) (Recipe, error) {
	r, err := UnmarshalHere(b)
	if err != nil {
		return Recipe{}, err
	}
	if _, ok := r.Dataset.Folder(); ok {
		return Recipe{}, fmt.Errorf("recipe: %w", &FieldError{"dataset", "settings from elsewhere cannot name a folder of this machine"})
	}
	return r, nil
}

// UnmarshalHere is Unmarshal for a recipe from here, which may name a folder.
func UnmarshalHere(b []byte) (Recipe, error) {
	r, err := Decode(b)
	if err != nil {
		return Recipe{}, fmt.Errorf("recipe: %w", err)
	}
	if err := r.Validate(); err != nil {
		return Recipe{}, fmt.Errorf("recipe: %w", err)
	}
	return r, nil
}

// Query returns the URL form, such as "batch=128&dataset=mnist&…": each field that is not zero one parameter.
func (r Recipe) Query() string {
	v := url.Values{"version": {fmt.Sprint(r.Version)}}
	for i := range Fields {
		if f := &Fields[i]; !f.IsZero(r) {
			v.Set(f.Name, f.Text(r))
		}
	}
	return v.Encode()
}

// ParseQuery reads the URL form. It refuses unknown and repeated parameters, and what Unmarshal refuses.
func ParseQuery(query string) (Recipe, error) {
	v, err := url.ParseQuery(query)
	if err != nil {
		return Recipe{}, fmt.Errorf("recipe link: %w", err)
	}
	// By way of JSON, so that links of earlier versions have one reader too.
	fields := make(map[string]json.RawMessage, len(v))
	for name, values := range v {
		if len(values) != 1 {
			return Recipe{}, fmt.Errorf("recipe link: %s is given %d times", name, len(values))
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
