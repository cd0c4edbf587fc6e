package emit

import "unpool/wasm/ir"

// The threads come to a barrier one after the other, which shows how fast each of them is: the engine gives the last a smaller part of all
// that follows (host.Env.Barrier). How much it may take depends on the work since the last barrier, which is estimated here: little work
// shows little, and one barrier, however long the work, gives less than a hundredth of a part to each neighbour.

const (
	iteration  = 16      // an iteration of a loop nest takes as long as about so many products
	perWeight  = 1 << 18 // products, which take two threads a few microseconds
	mostWeight = 512     // of 65536
)

// work is how many products a kernel multiplies and adds, or what takes as long, about.
func work(k ir.Kernel) int {
	switch k := k.(type) {
	case *ir.MatMul:
		return k.Batch * k.M * k.N * k.K
	case *ir.Conv:
		return k.Images * k.OutH * k.OutW * k.Out * k.WindowH * k.WindowW * k.In
	case *ir.ConvFilter:
		return k.Images * k.OutH * k.OutW * k.Out * k.WindowH * k.WindowW * k.In
	case *ir.MaxPool:
		return iteration * k.Images * k.OutH * k.OutW * k.Channels
	case *ir.MaxPoolGradient:
		return iteration * k.Images * k.OutH * k.OutW * k.Channels
	}
	return 0
}

// weight is what a barrier after so much work is told. All work counts for something: a program of little work must not keep forever what another has left.
func weight(work int) int {
	if work == 0 {
		return 0
	}
	return max(1, min(work/perWeight, mostWeight))
}
