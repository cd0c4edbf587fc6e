package host

import (
	"bytes"
	"encoding/binary"
	"testing"

	"unpool/wasm/module"
)

// The relaxed instructions, on operands for which the specification allows one result only. wazero does not have them,
// so this test is useful in a browser only.
func TestRelaxedInstructions(t *testing.T) {
	e := start(t, Options{Tier: everything(1)})
	if !e.Tier().Relaxed {
		t.Skip("this engine has no relaxed SIMD")
	}
	type push = func(f *module.Func)
	f32 := func(a, b, c, d float32) push { return func(f *module.Func) { f.F32x4Const(a, b, c, d) } }
	f64 := func(a, b float64) push { return func(f *module.Func) { f.F64x2Const(a, b) } }
	i32 := func(a, b, c, d int32) push { return func(f *module.Func) { f.I32x4Const(a, b, c, d) } }
	i64 := func(a, b int64) push { return func(f *module.Func) { f.I64x2Const(a, b) } }
	const ones, twos = -1, 0x02020202 // twos in four bytes
	for _, c := range []struct {
		op   module.Op
		args []push
		want push
	}{
		{module.I8x16RelaxedSwizzle, []push{i32(0x03020100, 0, 0, 0x0f0e0d0c), i32(0x00010203, 0x0c0c0c0c, 0, 0)}, i32(0x00010203, 0x0c0c0c0c, 0, 0)},
		{module.I32x4RelaxedTruncF32x4S, []push{f32(1.5, -2.5, 0, 1e6)}, i32(1, -2, 0, 1e6)},
		{module.I32x4RelaxedTruncF32x4U, []push{f32(1.5, 2.5, 0, 1e6)}, i32(1, 2, 0, 1e6)},
		{module.I32x4RelaxedTruncF64x2SZero, []push{f64(-1.5, 1e6)}, i32(-1, 1e6, 0, 0)},
		{module.I32x4RelaxedTruncF64x2UZero, []push{f64(1.5, 1e6)}, i32(1, 1e6, 0, 0)},
		{module.F32x4RelaxedMadd, []push{f32(1, 2, 3, 4), f32(5, 6, 7, 8), f32(100, 200, 300, 400)}, f32(105, 212, 321, 432)},
		{module.F32x4RelaxedNmadd, []push{f32(1, 2, 3, 4), f32(5, 6, 7, 8), f32(100, 200, 300, 400)}, f32(95, 188, 279, 368)},
		{module.F64x2RelaxedMadd, []push{f64(2, 3), f64(4, 5), f64(10, 20)}, f64(18, 35)},
		{module.F64x2RelaxedNmadd, []push{f64(2, 3), f64(4, 5), f64(10, 20)}, f64(2, 5)},
		{module.I8x16RelaxedLaneselect, []push{i32(1, 2, 3, 4), i32(5, 6, 7, 8), i32(ones, 0, ones, 0)}, i32(1, 6, 3, 8)},
		{module.I16x8RelaxedLaneselect, []push{i32(1, 2, 3, 4), i32(5, 6, 7, 8), i32(ones, 0, ones, 0)}, i32(1, 6, 3, 8)},
		{module.I32x4RelaxedLaneselect, []push{i32(1, 2, 3, 4), i32(5, 6, 7, 8), i32(ones, 0, ones, 0)}, i32(1, 6, 3, 8)},
		{module.I64x2RelaxedLaneselect, []push{i64(1, 2), i64(5, 6), i64(ones, 0)}, i64(1, 6)},
		{module.F32x4RelaxedMin, []push{f32(1, -2, 3, 4), f32(2, 1, -3, 4)}, f32(1, -2, -3, 4)},
		{module.F32x4RelaxedMax, []push{f32(1, -2, 3, 4), f32(2, 1, -3, 4)}, f32(2, 1, 3, 4)},
		{module.F64x2RelaxedMin, []push{f64(1, -2), f64(-1, 3)}, f64(-1, -2)},
		{module.F64x2RelaxedMax, []push{f64(1, -2), f64(-1, 3)}, f64(1, 3)},
		{module.I16x8RelaxedQ15mulrS, []push{i32(0x40004000, 0, 0, 0), i32(0x40004000, 0, 0, 0)}, i32(0x20002000, 0, 0, 0)},
		{module.I16x8RelaxedDotI8x16I7x16S, []push{i32(twos, 0, 0, 0), i32(twos, 0, 0, 0)}, i32(0x00080008, 0, 0, 0)},
		{module.I32x4RelaxedDotI8x16I7x16AddS, []push{i32(twos, 0, 0, 0), i32(twos, 0, 0, 0), i32(5, 6, 7, 8)}, i32(21, 6, 7, 8)},
	} {
		f := load(t, e, 1, func(f, _ *module.Func) {
			f.Get(f.Param(0))
			for _, arg := range c.args {
				arg(f)
			}
			f.Op(c.op)
			f.Mem(module.V128Store, 0)
			f.Get(f.Param(0))
			c.want(f)
			f.Mem(module.V128Store, 16)
		})
		p := alloc(t, e, 32)
		if err := f.Call(p); err != nil {
			t.Errorf("%s: %v", c.op.Name(), err)
			continue
		}
		var b [32]byte
		if err := e.Device().Read(p, b[:]); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b[:16], b[16:]) {
			t.Errorf("%s gave %x, want %x (as 32-bit words %x and %x)", c.op.Name(), b[:16], b[16:], words(b[:16]), words(b[16:]))
		}
	}
}

func words(b []byte) (w [4]uint32) {
	for i := range w {
		w[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return w
}
