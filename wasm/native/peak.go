//go:build amd64 && (linux || darwin)

package native

import (
	"runtime"
	"unsafe"

	"unpool/wasm/native/code"
	"unpool/wasm/native/x86"
)

// PeakFlops is how many multiplications and additions one turn of Peak does.
const PeakFlops = 2 * vectorWidth * peakSums * peakUnroll

const (
	peakSums   = 12 // enough to hide how long an addition takes
	peakUnroll = 8
)

// peak is a loop of count turns that multiplies and adds in registers alone: what no kernel can do better. The sums end at c.
type peak struct{}

func (peak) emit(c *x86.Code) {
	const x, y, product = x86.Vec(12), x86.Vec(13), x86.Vec(14)
	c.Load(regC, argC)
	c.Load(regLeft, argCount)
	for i := range x86.Vec(product) {
		c.Zero(i)
	}
	c.Align(loopAlign)
	top := c.Here()
	for range peakUnroll {
		for sum := range x86.Vec(peakSums) {
			c.Arith(x86.MulPS, product, sum, x)
			c.Arith(x86.AddPS, sum, product, y)
		}
	}
	c.AddConst(regLeft, -1)
	c.JumpNotZero(top)
	for sum := range x86.Vec(peakSums) {
		c.StoreVec(x86.At(regC, int(sum)*vectorBytes), sum)
	}
	c.ZeroUpper()
	c.Ret()
}

// Peak makes the loop and returns a function that runs it for so many turns, at most a hundred thousand: 10 ms or so.
func Peak() (run func(turns int), close func(), err error) {
	var asm x86.Code
	peak{}.emit(&asm)
	m, err := code.Load(asm.Bytes)
	if err != nil {
		return nil, nil, err
	}
	entry := m.Entry(0)
	return func(turns int) {
		var sums [peakSums * vectorWidth]float32
		x := args{c: unsafe.Pointer(&sums), count: uint64(turns)}
		code.Call(entry, unsafe.Pointer(&x))
		runtime.KeepAlive(m)
	}, m.Free, nil
}
