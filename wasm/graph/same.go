package graph

import (
	"bytes"
	"reflect"
	"slices"
)

// Same reports whether two operations do the same: whether they are of one kind and have equal numbers. A list that is nil is an
// empty one.
func Same(a, b Op) bool {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	return x.Type() == y.Type() && same(x, y)
}

func same(x, y reflect.Value) bool {
	switch x.Kind() {
	case reflect.Struct:
		for i := range x.NumField() {
			if !same(x.Field(i), y.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if x.Type().Elem().Kind() == reflect.Uint8 {
			return bytes.Equal(x.Bytes(), y.Bytes())
		}
		if x.Len() != y.Len() {
			return false
		}
		for i := range x.Len() {
			if !same(x.Index(i), y.Index(i)) {
				return false
			}
		}
		return true
	}
	return x.Equal(y)
}

// Same reports whether two arrays have the same type and dimensions.
func (s Shape) Same(o Shape) bool { return s.Type == o.Type && slices.Equal(s.Dims, o.Dims) }
