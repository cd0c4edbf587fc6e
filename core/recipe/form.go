package recipe

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"unpool/core/jsontext"
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
	if err := json.Unmarshal(b, &fields); err != nil {
		return nil, jsontext.Explain(b, err)
	}
	if version, ok := fields["version"]; ok {
		n, ok := jsontext.Whole(version)
		if !ok {
			return nil, &FieldError{"version", fmt.Sprintf("%.40s is not a whole number", version)}
		}
		r.Version = int(n)
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
