package recipe

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"unpool/models/net"
)

// layerPrefix begins the name of a layer's field, such as net.0.maps.
const layerPrefix = "net."

// MayChange reports whether Change could know a name.
func MayChange(name string) bool {
	_, ok := Lookup(name)
	return ok || strings.HasPrefix(name, layerPrefix) || slices.Contains([]string{archField, unitsField, noDropoutField}, name)
}

// Change sets what has a name to a JSON value: a field, or a part of the net: "net.0.maps" is a field of its first layer
// (net.Net.With), "units" is that of all its cells. As sweeps of version 1 say, "arch" is another net with the same units,
// and "no_dropout" the net without its dropout layers. An error is a *FieldError.
func (r *Recipe) Change(name string, value json.RawMessage) error {
	if f, ok := Lookup(name); ok {
		return f.setJSON(r, value)
	}
	changed, err := r.changedNet(name, value)
	if err != nil {
		if field, ok := err.(*FieldError); ok {
			return field
		}
		return &FieldError{name, err.Error()}
	}
	r.Net = changed.String()
	return nil
}

func (r *Recipe) changedNet(name string, value json.RawMessage) (net.Net, error) {
	n, err := net.Parse(r.Net)
	if err != nil {
		return nil, &FieldError{"net", err.Error()}
	}
	switch name {
	case unitsField:
		units := 0
		if json.Unmarshal(value, &units) != nil {
			return nil, fmt.Errorf("%.40s is not a whole number", value)
		}
		return n.WithUnits(units)
	case archField:
		arch := ""
		if json.Unmarshal(value, &arch) != nil {
			return nil, fmt.Errorf("%.40s is no name", value)
		}
		units := 0
		if text, ok := archs[arch]; ok && text == "" {
			units = firstUnits(n)
		}
		return version1(arch, units)
	case noDropoutField:
		without := false
		if json.Unmarshal(value, &without) != nil {
			return nil, fmt.Errorf("%.40s is not true or false", value)
		}
		if without {
			return n.WithoutDropout(), nil
		}
		return n, nil
	}
	path, ok := strings.CutPrefix(name, layerPrefix)
	if !ok {
		return nil, errors.New("is no field of a recipe")
	}
	return n.With(path, value)
}

// Value returns what has a name that Change knows: a whole number, a number, a truth value or a text in Go's own types. ok is
// false where r has no such thing.
func (r Recipe) Value(name string) (value any, ok bool) {
	if f, ok := Lookup(name); ok {
		return f.value(&r).Interface(), f.Applies(r)
	}
	n, err := net.Parse(r.Net)
	if err != nil {
		return nil, false
	}
	if name == unitsField {
		return firstUnits(n), n.Recurrent()
	}
	path, ok := strings.CutPrefix(name, layerPrefix)
	if !ok {
		return nil, false
	}
	value, err = n.Value(path)
	return value, err == nil
}

// Settle makes the fields zero that do not apply, and gives those their defaults that apply and are zero; what is named
// stays as it is. It is for who changed r without saying anything of them.
func (r *Recipe) Settle(named ...string) {
	for i := range Fields {
		f := &Fields[i]
		switch {
		case f.only.field == "" || slices.Contains(named, f.Name):
		case !f.Applies(*r):
			f.value(r).SetZero()
		case f.IsZero(*r):
			f.mustSet(r, f.Default)
		}
	}
}

// firstUnits is how many units the first cell has, or a number to begin with.
func firstUnits(n net.Net) int {
	for _, l := range n {
		if cell, ok := l.(net.Cell); ok {
			return cell.Units
		}
	}
	return 128
}
