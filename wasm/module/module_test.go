package module

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// instantiate runs a module under wazero.
func instantiate(t testing.TB, m *Module) api.Module {
	t.Helper()
	ctx := context.Background()
	features := api.CoreFeaturesV2 | experimental.CoreFeaturesThreads
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(features))
	t.Cleanup(func() { r.Close(ctx) })
	instance, err := r.Instantiate(ctx, m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	return instance
}

func call(t testing.TB, instance api.Module, name string, args ...uint64) []uint64 {
	t.Helper()
	results, err := instance.ExportedFunction(name).Call(context.Background(), args...)
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// sumTo is the function sum(n) = 1 + … + n.
func sumTo(m *Module) *Func {
	f := m.Func("sum", Types(I32), Types(I32))
	n, sum := f.Param(0), f.Local(I32)
	f.Block(func(exit Label) {
		f.Loop(func(again Label) {
			f.Get(n)
			f.Op(I32Eqz)
			f.BrIf(exit)
			f.Get(sum)
			f.Get(n)
			f.Op(I32Add)
			f.Set(sum)
			f.Get(n)
			f.I32Const(1)
			f.Op(I32Sub)
			f.Set(n)
			f.Br(again)
		})
	})
	f.Get(sum)
	f.Export("sum")
	return f
}

func TestControl(t *testing.T) {
	m := New()
	sum := sumTo(m)

	pick := m.Func("pick", Types(I32), Types(I32)) // 10, 20, 30, or 99 outside of 0…2
	pick.Block(func(other Label) {
		pick.Block(func(two Label) {
			pick.Block(func(one Label) {
				pick.Block(func(zero Label) {
					pick.Get(pick.Param(0))
					pick.BrTable([]Label{zero, one, two}, other)
				})
				pick.I32Const(10)
				pick.Return()
			})
			pick.I32Const(20)
			pick.Return()
		})
		pick.I32Const(30)
		pick.Return()
	})
	pick.I32Const(99)
	pick.Export("pick")

	clamp := m.Func("clamp", Types(I32), Types(I32)) // at least 5; a block with a result and a branch that carries it
	clamp.Block(func(exit Label) {
		clamp.Get(clamp.Param(0))
		clamp.Get(clamp.Param(0))
		clamp.I32Const(5)
		clamp.Op(I32GeS)
		clamp.BrIf(exit)
		clamp.Drop()
		clamp.I32Const(5)
	}, I32)
	clamp.Export("clamp")

	sign := m.Func("sign", Types(I32), Types(I64))
	sign.Get(sign.Param(0))
	sign.I32Const(0)
	sign.Op(I32LtS)
	sign.If(func() { sign.I64Const(-1) }, func() { sign.I64Const(1) }, I64)
	sign.Export("sign")

	larger := m.Func("larger", Types(F64, F64), Types(F64))
	larger.Get(larger.Param(0))
	larger.Get(larger.Param(1))
	larger.Get(larger.Param(0))
	larger.Get(larger.Param(1))
	larger.Op(F64Gt)
	larger.Select()
	larger.Export("larger")

	twice := m.Func("twice", Types(I32), Types(I32)) // calls a function defined earlier and one defined later
	later := m.Func("double", Types(I32), Types(I32))
	twice.Get(twice.Param(0))
	twice.Call(sum)
	twice.Call(later)
	twice.Export("twice")
	later.Get(later.Param(0))
	later.I32Const(2)
	later.Op(I32Mul)

	instance := instantiate(t, m)
	f64 := api.EncodeF64
	for _, c := range []struct {
		name string
		args []uint64
		want uint64
	}{
		{"sum", []uint64{100}, 5050},
		{"sum", []uint64{0}, 0},
		{"pick", []uint64{0}, 10},
		{"pick", []uint64{1}, 20},
		{"pick", []uint64{2}, 30},
		{"pick", []uint64{7}, 99},
		{"clamp", []uint64{3}, 5},
		{"clamp", []uint64{8}, 8},
		{"sign", []uint64{5}, 1},
		{"sign", []uint64{api.EncodeI32(-5)}, api.EncodeI64(-1)},
		{"larger", []uint64{f64(1.5), f64(2.5)}, f64(2.5)},
		{"larger", []uint64{f64(3.5), f64(2.5)}, f64(3.5)},
		{"twice", []uint64{10}, 110},
	} {
		if got := call(t, instance, c.name, c.args...)[0]; got != c.want {
			t.Errorf("%s%v = %d, want %d", c.name, c.args, got, c.want)
		}
	}
}

func TestGlobals(t *testing.T) {
	m := New()
	count := m.GlobalI32(true, 40)
	pi := m.GlobalF64(false, 3.25)
	big := m.GlobalI64(false, -1<<40)
	half := m.GlobalF32(false, 0.5)
	count.Export("count")
	f := m.Func("next", nil, Types(I32))
	f.GlobalGet(count)
	f.I32Const(1)
	f.Op(I32Add)
	f.GlobalSet(count)
	f.GlobalGet(count)
	f.Export("next")
	g := m.Func("sum", nil, Types(F64))
	g.GlobalGet(pi)
	g.GlobalGet(big)
	g.Op(F64ConvertI64S, F64Add)
	g.GlobalGet(half)
	g.Op(F64PromoteF32, F64Add)
	g.Export("sum")

	instance := instantiate(t, m)
	call(t, instance, "next")
	if got := call(t, instance, "next")[0]; got != 42 {
		t.Errorf("next gave %d, want 42", got)
	}
	if got := instance.ExportedGlobal("count").Get(); got != 42 {
		t.Errorf("the exported global is %d, want 42", got)
	}
	if got, want := api.DecodeF64(call(t, instance, "sum")[0]), 3.25-float64(1<<40)+0.5; got != want {
		t.Errorf("sum = %v, want %v", got, want)
	}
}

func TestImports(t *testing.T) {
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	defer r.Close(ctx)
	var got []uint32
	_, err := r.NewHostModuleBuilder("host").NewFunctionBuilder().
		WithFunc(func(v uint32) { got = append(got, v) }).Export("report").Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	env := New()
	env.DefineMemory("memory", 1, 2, false)
	env.GlobalI32(false, 7).Export("seven")
	env.Data(16, []byte{1, 2, 3, 4})
	if _, err := r.InstantiateWithConfig(ctx, env.Encode(), wazero.NewModuleConfig().WithName("env")); err != nil {
		t.Fatal(err)
	}

	m := New()
	m.ImportMemory("env", "memory", 1, 2, false)
	report := m.ImportFunc("host", "report", Types(I32), nil)
	seven := m.ImportGlobal("env", "seven", I32, false)
	f := m.Func("f", nil, nil)
	f.I32Const(8)
	f.Mem(I32Load, 8)
	f.Call(report)
	f.GlobalGet(seven)
	f.Call(report)
	f.Export("f")
	instance, err := r.Instantiate(ctx, m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	call(t, instance, "f")
	if len(got) != 2 || got[0] != 0x04030201 || got[1] != 7 {
		t.Errorf("reported %#x, want 0x4030201 and 7", got)
	}
}

func TestEncodeIsDeterministic(t *testing.T) {
	build := func() *Module {
		m := New()
		m.ImportMemory("env", "memory", 1, 2, true)
		sumTo(m)
		m.GlobalI32(true, 1)
		return m
	}
	m := build()
	first := m.Encode()
	if !bytes.Equal(first, m.Encode()) {
		t.Error("encoding a module twice gave different bytes")
	}
	if !bytes.Equal(first, build().Encode()) {
		t.Error("building a module twice gave different bytes")
	}
}

// Stack traces show the functions' names.
func TestNames(t *testing.T) {
	m := New()
	f := m.Func("convolve rows", nil, nil)
	f.Unreachable()
	f.Export("f")
	_, err := instantiate(t, m).ExportedFunction("f").Call(context.Background())
	if err == nil || !strings.Contains(err.Error(), "convolve rows") {
		t.Errorf("the trap does not name the function: %v", err)
	}
}

// Every mistake panics where it is made, and says what is wrong.
func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		want  string
		wrong func(m *Module, f *Func)
	}{
		{"i32.add: operand 2 is f32, not i32", func(_ *Module, f *Func) {
			f.I32Const(1)
			f.F32Const(1)
			f.Op(I32Add)
		}},
		{"i32.add: an operand is missing", func(_ *Module, f *Func) { f.Op(I32Add) }},
		{"an operand is missing in this block", func(_ *Module, f *Func) {
			f.I32Const(1)
			f.Block(func(Label) { f.Drop() })
		}},
		{"local.set: operand 1 is i32, not v128", func(_ *Module, f *Func) {
			f.I32Const(1)
			f.Set(f.Local(V128))
		}},
		{"not one of this function", func(m *Module, f *Func) { f.Get(m.Func("g", Types(I32), nil).Param(0)) }},
		{"end of block: 1 values are left over", func(_ *Module, f *Func) {
			f.Block(func(Label) { f.I32Const(1) })
		}},
		{"the label's block is not open", func(_ *Module, f *Func) {
			var l Label
			f.Block(func(exit Label) { l = exit })
			f.Br(l)
		}},
		{"lane 4 of 4", func(_ *Module, f *Func) {
			f.F32x4Const(1, 2, 3, 4)
			f.Lane(F32x4ExtractLane, 4)
		}},
		{"the module has no memory", func(_ *Module, f *Func) {
			f.I32Const(0)
			f.Mem(I32Load, 0)
		}},
		{"the other branch cannot be left out", func(_ *Module, f *Func) {
			f.I32Const(1)
			f.If(func() { f.I32Const(1) }, nil, I32)
		}},
		{"the two values are i32 and f32", func(_ *Module, f *Func) {
			f.I32Const(1)
			f.F32Const(1)
			f.I32Const(1)
			f.Select()
		}},
		{"the variable is a constant", func(m *Module, f *Func) {
			f.I32Const(1)
			f.GlobalSet(m.GlobalI32(false, 1))
		}},
		{"end: an operand is missing", func(m *Module, _ *Func) {
			m.Func("g", nil, Types(I32))
			m.Encode()
		}},
		{"after a definition", func(m *Module, _ *Func) { m.ImportFunc("env", "f", nil, nil) }},
		{"imported function", func(*Module, *Func) { New().ImportFunc("env", "f", nil, nil).I32Const(1) }},
		{"a second was asked for", func(m *Module, _ *Func) {
			m.DefineMemory("a", 1, 1, false)
			m.DefineMemory("b", 1, 1, false)
		}},
		{`two exports are named "f"`, func(m *Module, f *Func) {
			f.Export("f")
			f.Export("f")
			m.Encode()
		}},
	} {
		t.Run(c.want, func(t *testing.T) {
			defer func() {
				if text, _ := recover().(string); !strings.Contains(text, c.want) {
					t.Errorf("panicked with %q, which does not say %q", text, c.want)
				}
			}()
			m := New()
			c.wrong(m, m.Func("f", nil, nil))
			t.Error("did not panic")
		})
	}
}

// Code after a branch is checked too, but any operands may be on the stack there.
func TestUnreachableCode(t *testing.T) {
	m := New()
	f := m.Func("f", nil, Types(I32))
	f.I32Const(7)
	f.Return()
	f.Op(I32Add) // both operands are missing
	f.Select()
	f.Export("f")
	if got := call(t, instantiate(t, m), "f")[0]; got != 7 {
		t.Errorf("got %d, want 7", got)
	}
}

func TestNumbers(t *testing.T) {
	for _, v := range []int64{0, 1, -1, 63, 64, -64, -65, 127, 128, 1 << 31, -1 << 31, 1<<63 - 1, -1 << 63} {
		m := New()
		f := m.Func("f", nil, Types(I64))
		f.I64Const(v)
		f.Export("f")
		if got := int64(call(t, instantiate(t, m), "f")[0]); got != v {
			t.Errorf("i64.const %d gave %d", v, got)
		}
	}
}
