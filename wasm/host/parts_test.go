package host

import (
	"encoding/binary"
	"slices"
	"testing"

	"unpool/wasm/module"
)

// divider is a function that makes one thread arrive at a barrier when all others sleep there, and says how n things are divided after that.
func divider(t *testing.T, e *Engine) (run func(last, weight, n uint32) []int) {
	t.Helper()
	m := module.New()
	env := e.Declare(m)
	barrier, part := env.Barrier(), env.Part()
	f := m.Func("f", slices.Repeat(module.Types(module.I32), 6), nil)
	thread, threads, last, weight, n, to := f.Param(0), f.Param(1), f.Param(2), f.Param(3), f.Param(4), f.Param(5)
	f.Get(thread)
	f.Get(last)
	f.Op(module.I32Eq)
	f.If(func() {
		f.Loop(func(again module.Label) {
			if env.notify != nil { // under wazero, code that calls nothing does not let the collector stop it
				f.I32Const(addrDone)
				f.Call(env.notify)
			}
			f.I32Const(addrSleepers)
			f.Mem(module.I32AtomicLoad, 0)
			f.I32Const(1)
			f.Op(module.I32Add)
			f.Get(threads)
			f.Op(module.I32LtU)
			f.BrIf(again)
		})
	}, nil)
	f.Get(thread)
	f.Get(threads)
	f.Get(weight)
	f.Call(barrier)
	for end := range int32(2) { // each thread writes where its part ends, and the first one where it begins
		f.Get(thread)
		f.I32Const(end)
		f.Op(module.I32Add)
		f.I32Const(4)
		f.Op(module.I32Mul)
		f.Get(to)
		f.Op(module.I32Add)
		f.Get(n)
		f.Get(thread)
		f.I32Const(end)
		f.Op(module.I32Add)
		f.Call(part)
		f.Mem(module.I32Store, 0)
	}
	divide := loaded(t, e, m, f)
	words := make([]byte, 4*(e.Tier().Threads+1))
	addr := alloc(t, e, uint64(len(words)))
	return func(last, weight, n uint32) (begins []int) {
		if err := divide.Run(last, weight, n, addr); err != nil {
			t.Fatal(err)
		}
		if err := e.Device().Read(addr, words); err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(words); i += 4 {
			begins = append(begins, int(binary.LittleEndian.Uint32(words[i:])))
		}
		return begins
	}
}

// At first all threads have the same; whichever arrives last gives to its neighbours, and gets nothing back by itself. All is always divided.
func TestLastGives(t *testing.T) {
	const no, half = 0, 1 << 15
	for _, c := range []struct {
		threads uint32
		rounds  [][2]uint32 // which arrives last, and the weight
		want    []int       // of 1200 things
	}{
		{1, [][2]uint32{{0, half}}, []int{0, 1200}},
		{2, [][2]uint32{{0, no}}, []int{0, 600, 1200}},
		{2, [][2]uint32{{0, half}}, []int{0, 300, 1200}},
		{2, [][2]uint32{{1, half}}, []int{0, 900, 1200}},
		{2, [][2]uint32{{1, half}, {1, half}}, []int{0, 1050, 1200}},
		{2, [][2]uint32{{1, half}, {0, half / 3}}, []int{0, 750, 1200}},
		{3, [][2]uint32{{0, no}}, []int{0, 400, 800, 1200}},
		{3, [][2]uint32{{1, half / 2}}, []int{0, 500, 700, 1200}},
		{3, [][2]uint32{{2, half}, {0, half}}, []int{0, 200, 1000, 1200}},
	} {
		e := start(t, Options{Tier: everything(int(c.threads))})
		if e.Tier().Threads != int(c.threads) {
			t.Skip("the engine has one thread")
		}
		run := divider(t, e)
		var got []int
		for _, round := range c.rounds {
			got = run(round[0], round[1], 1200)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%d threads, last and weight %v: %v, want %v", c.threads, c.rounds, got, c.want)
		}
	}
}

// Few things, or very many, are divided to the nearest.
func TestPartsAreNearest(t *testing.T) {
	e := start(t, Options{Tier: everything(2)})
	if e.Tier().Threads != 2 {
		t.Skip("the engine has one thread")
	}
	run := divider(t, e)
	run(1, 1<<15/2, 1) // five eighths and three
	for n, want := range map[uint32]int{0: 0, 1: 1, 2: 1, 3: 2, 4: 3, 5: 3, 8: 5, 1<<31 - 1: 5<<28 - 1} {
		if got := run(0, 0, n); !slices.Equal(got, []int{0, want, int(n)}) {
			t.Errorf("%d things: %v, want %d in the first part", n, got, want)
		}
	}
}
