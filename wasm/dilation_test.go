package wasm_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"unpool/wasm/host"
)

// A convolution of dilated images, which is the gradient with respect to the input of one with strides, gives the same as on GoMLX's Go
// backend: whichever phases a window has taps in, and wherever the image is padded or cut. All numbers are small and whole,
// so every order of the sums gives the same.
func TestDilatedImages(t *testing.T) {
	reference, err := gobackend.New("")
	if err != nil {
		t.Fatal(err)
	}
	ours := newBackend(t, host.Tier{SIMD: true, Threads: 2})
	for _, c := range []struct{ dilation, window, before, after [2]int }{
		{dilation: [2]int{2, 2}, window: [2]int{3, 3}, before: [2]int{2, 2}, after: [2]int{2, 2}},
		{dilation: [2]int{2, 2}, window: [2]int{3, 3}, before: [2]int{1, 1}, after: [2]int{2, 2}},
		{dilation: [2]int{2, 2}, window: [2]int{2, 4}, before: [2]int{1, 3}, after: [2]int{1, 3}},
		{dilation: [2]int{3, 3}, window: [2]int{5, 5}, before: [2]int{4, 4}, after: [2]int{5, 6}},
		{dilation: [2]int{3, 2}, window: [2]int{1, 1}, after: [2]int{2, 1}},
		{dilation: [2]int{1, 4}, window: [2]int{3, 7}, before: [2]int{1, 5}, after: [2]int{1, 3}},
		{dilation: [2]int{2, 2}, window: [2]int{3, 3}}, // cut before the first pixel of a phase: a loop nest
		{dilation: [2]int{4, 4}, window: [2]int{3, 3}, before: [2]int{2, 2}, after: [2]int{9, 9}},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			build := func(g *graph.Graph) *graph.Node {
				whole := func(period int, dims ...int) *graph.Node {
					n := graph.Iota(g, shapes.Make(dtypes.Int32, shapes.Make(dtypes.Int32, dims...).Size()), 0)
					return graph.Reshape(graph.ConvertDType(graph.SubScalar(graph.ModScalar(n, period), period/2), dtypes.Float32), dims...)
				}
				x, kernel := whole(7, 3, 5, 4, 6), whole(5, c.window[0], c.window[1], 6, 9)
				return graph.ConvGeneral(x, kernel, compute.ConvolveAxesConfig{
					InputBatch: 0, InputChannels: 3, InputSpatial: []int{1, 2},
					KernelInputChannels: 2, KernelOutputChannels: 3, KernelSpatial: []int{0, 1},
					OutputBatch: 0, OutputChannels: 3, OutputSpatial: []int{1, 2},
				}, []int{1, 1}, [][2]int{{c.before[0], c.after[0]}, {c.before[1], c.after[1]}}, c.dilation[:], []int{1, 1}, 1, 1)
			}
			result := func(b compute.Backend) any {
				exec, err := graph.NewExec(b, build)
				if err != nil {
					t.Fatal(err)
				}
				out, err := exec.Call()
				if err != nil {
					t.Fatal(err)
				}
				return out[0].Value()
			}
			if got, want := result(ours), result(reference); !reflect.DeepEqual(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
}
