package net

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Recurrent reports whether n has a cell, in a group or outside.
func (n Net) Recurrent() bool { return has[Cell](n) }

// Convolutional reports whether n has a convolution, in a group or outside.
func (n Net) Convolutional() bool { return has[Conv](n) }

func has[L Layer](n Net) bool {
	return slices.ContainsFunc(n, func(l Layer) bool {
		if group, ok := l.(Residual); ok {
			return has[L](group.Layers)
		}
		_, ok := l.(L)
		return ok
	})
}

// WithUnits returns n with so many units in each of its cells.
func (n Net) WithUnits(units int) (Net, error) {
	if !n.Recurrent() {
		return nil, problem("the net has no recurrent layers, so it has no units")
	}
	changed := n.withUnits(units)
	return changed, changed.check()
}

func (n Net) withUnits(units int) Net {
	changed := slices.Clone(n)
	for i, l := range n {
		switch l := l.(type) {
		case Cell:
			l.Units = units
			changed[i] = l
		case Residual:
			changed[i] = Residual{l.Layers.withUnits(units)}
		}
	}
	return changed
}

// Wider returns n with twice as many units and maps in each of its layers. It may be too large: Plan says so.
func (n Net) Wider() Net {
	changed := slices.Clone(n)
	for i, l := range n {
		switch l := l.(type) {
		case Cell:
			l.Units *= 2
			changed[i] = l
		case Conv:
			l.Maps *= 2
			changed[i] = l
		case Dense:
			l.Units *= 2
			changed[i] = l
		case Residual:
			changed[i] = Residual{l.Layers.Wider()}
		}
	}
	return changed
}

// With returns n with a field of a layer set to a JSON value. The path has the layer's place, from 0, and the field's name
// in lower case: "0.maps"; for a layer of a group "3.layers.0.maps".
func (n Net) With(path string, value json.RawMessage) (Net, error) {
	changed, err := n.reach(path, func(field reflect.Value) error {
		if json.Unmarshal(value, field.Addr().Interface()) != nil {
			return problem("needs %s, not %.40s", sorts[field.Kind()], value)
		}
		return nil
	})
	if err == nil {
		err = changed.check()
	}
	return changed, err
}

// Value returns the field that a path leads to, as With has it.
func (n Net) Value(path string) (value any, err error) {
	_, err = n.reach(path, func(field reflect.Value) error {
		value = field.Interface()
		return nil
	})
	return value, err
}

// reach returns a copy of n in which do has had the field that a path leads to. An error about a layer is an *Error.
func (n Net) reach(path string, do func(field reflect.Value) error) (Net, error) {
	index, path, _ := strings.Cut(path, ".")
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 || i >= len(n) {
		return nil, problem("there is no layer %.40q; they are numbered from 0 to %d", index, len(n)-1)
	}
	text := n[i].String()
	name, path, deeper := strings.Cut(path, ".")
	layer := reflect.New(reflect.TypeOf(n[i])).Elem()
	layer.Set(reflect.ValueOf(n[i]))
	field, names := fieldOf(layer, name)
	if !field.IsValid() || deeper && field.Type() != reflect.TypeFor[Net]() {
		if len(names) == 0 {
			return nil, within(i, text, problem("has no fields"))
		}
		return nil, within(i, text, problem("has no field %.40q; it has %s", name, list(names)))
	}
	if group, ok := field.Interface().(Net); ok {
		inner, err := group.reach(path, do)
		if err != nil {
			return nil, within(i, text, err)
		}
		field.Set(reflect.ValueOf(inner))
	} else if err := do(field); err != nil {
		return nil, within(i, text, err)
	}
	changed := slices.Clone(n)
	changed[i] = layer.Interface().(Layer) // as it was before
	return changed, nil
}

// fieldOf finds a field of a layer, and lists those that it has.
func fieldOf(layer reflect.Value, name string) (field reflect.Value, names []string) {
	if r, ok := layer.Addr().Interface().(*Residual); ok {
		names = []string{"layers"}
		if name == names[0] {
			field = reflect.ValueOf(&r.Layers).Elem()
		}
		return field, names
	}
	for _, o := range layer.Interface().(Layer).options() {
		names = append(names, o.Name)
		if o.Name == name {
			field = o.in(layer)
		}
	}
	return field, names
}
