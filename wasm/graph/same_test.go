package graph

import (
	"reflect"
	"testing"

	"unpool/wasm/ir"
)

// changes are copies of a value with one of its numbers changed in each.
func changes(v reflect.Value) (all []reflect.Value) {
	with := func(set func(c reflect.Value)) {
		c := reflect.New(v.Type()).Elem()
		c.Set(v)
		set(c)
		all = append(all, c)
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			for _, f := range changes(v.Field(i)) {
				with(func(c reflect.Value) { c.Field(i).Set(f) })
			}
		}
	case reflect.Slice:
		one := reflect.MakeSlice(v.Type(), 1, 1)
		with(func(c reflect.Value) { c.Set(one) })
		for _, e := range changes(one.Index(0)) {
			list := reflect.MakeSlice(v.Type(), 1, 1)
			list.Index(0).Set(e)
			with(func(c reflect.Value) { c.Set(list) })
		}
	case reflect.Int:
		with(func(c reflect.Value) { c.SetInt(v.Int() + 1) })
	case reflect.Uint8:
		with(func(c reflect.Value) { c.SetUint(v.Uint() + 1) })
	case reflect.Bool:
		with(func(c reflect.Value) { c.SetBool(!v.Bool()) })
	case reflect.Pointer:
		with(func(c reflect.Value) { c.Set(reflect.New(v.Type().Elem())) })
	default:
		panic(v.Kind())
	}
	return all
}

// An operation is the same as its copy, and as no other: whatever is printed of it, each of its numbers counts.
func TestSame(t *testing.T) {
	ops := []Op{Param{}, Const{}, Iota{}, Map{}, Broadcast{}, Reshape{}, Bitcast{}, Transpose{}, Slice{}, Reverse{}, Concat{}, Pad{},
		DynamicSlice{}, DynamicUpdate{}, Reduce{}, ArgMinMax{}, Window{}, SelectScatter{}, Dot{}, DotSum{}, PaddedConcat{}, Conv{},
		Gather{}, Scatter{}, Sort{}, While{}, If{}, Item{}}
	for i, a := range ops {
		for j, b := range ops {
			if Same(a, b) != (i == j) {
				t.Errorf("%T and %T: %v", a, b, Same(a, b))
			}
		}
		variants := changes(reflect.ValueOf(a))
		for j, v := range variants {
			for k, w := range append(variants, reflect.ValueOf(a)) {
				if x, y := v.Interface().(Op), w.Interface().(Op); Same(x, y) != (j == k) {
					t.Errorf("%T: %+v and %+v: %v", a, x, y, Same(x, y))
				}
			}
		}
	}
	if !Same(Broadcast{}, Broadcast{Axes: []int{}}) {
		t.Error("no list is another than an empty one")
	}
	if s := (Shape{Type: ir.F32, Dims: []int{2}}); !s.Same(Shape{Type: ir.F32, Dims: []int{2}}) || s.Same(Shape{Type: ir.I32, Dims: []int{2}}) || s.Same(Shape{Type: ir.F32}) {
		t.Error("a shape is its type and its dimensions")
	}
}
