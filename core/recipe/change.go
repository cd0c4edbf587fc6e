package recipe

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"unpool/core/jsontext"
	"unpool/models/net"
)

// layerPrefix begins the name of a layer's field, such as net.0.maps; unitsName is that of the units of all cells.
const (
	layerPrefix = "net."
	unitsName   = "units"
)

// MayChange reports whether Change could know a name.
func MayChange(name string) bool {
	_, ok := Lookup(name)
	return ok || strings.HasPrefix(name, layerPrefix) || slices.Contains([]string{unitsName, archName, noDropoutName}, name)
}

// Change sets what is named to a JSON value: a field, or a part of the net: "net.0.maps" is a field of its first layer
// (net.Net.With), "units" is that of all its cells. The names in sweeps of version 1 are known too, see changeVersion1. An error is
// a *FieldError.
func (r *Recipe) Change(name string, value json.RawMessage) error {
	if f, ok := Lookup(name); ok {
		return f.setJSON(r, value)
	}
	n, err := net.Parse(r.Net)
	if err != nil {
		return &FieldError{"net", err.Error()}
	}
	path, ok := strings.CutPrefix(name, layerPrefix)
	whole, isWhole := jsontext.Whole(value)
	switch {
	case ok && isWhole:
		n, err = n.With(path, strconv.AppendInt(nil, whole, 10)) // which every field of a number can read
	case ok:
		n, err = n.With(path, value)
	case name == unitsName && isWhole:
		n, err = n.WithUnits(int(whole))
	case name == unitsName:
		err = fmt.Errorf("%.40s is not a whole number", value)
	default:
		n, err = changeVersion1(n, name, value)
	}
	if err != nil {
		return &FieldError{name, err.Error()}
	}
	r.Net = n.String()
	return nil
}

// Value returns what a name that Change knows stands for: a whole number, a number, a truth value or a text in Go's own types. ok is
// false where r has no such thing.
func (r Recipe) Value(name string) (value any, ok bool) {
	if f, ok := Lookup(name); ok {
		return f.value(&r).Interface(), f.Applies(r)
	}
	n, err := net.Parse(r.Net)
	if err != nil {
		return nil, false
	}
	if name == unitsName {
		return firstUnits(n), n.Recurrent()
	}
	path, ok := strings.CutPrefix(name, layerPrefix)
	if !ok {
		return nil, false
	}
	value, err = n.Value(path)
	return value, err == nil
}

// firstUnits is how many units the first cell has, 0 where there is none.
func firstUnits(n net.Net) int {
	for _, l := range n {
		switch l := l.(type) {
		case net.Cell:
			return l.Units
		case net.Residual:
			if units := firstUnits(l.Layers); units > 0 {
				return units
			}
		}
	}
	return 0
}

// Settle makes the fields zero that do not apply, and gives those their defaults that apply and are zero; what is named
// stays as it is. It is for code that changed r without regard to them.
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
