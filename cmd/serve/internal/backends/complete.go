package backends

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// complete is GoMLX's backend in Go with the operations that our nets need and it lacks (complete_ops.go). The rest of this file hands
// on what it does itself: GoMLX asks a buffer for its backend, which must be this one.
type complete struct{ compute.Backend }

func (b complete) Builder(name string) compute.Builder {
	return completeBuilder{b.Backend.Builder(name), b}
}

func (b complete) BufferFromFlatData(device compute.DeviceNum, flat any, shape shapes.Shape) (compute.Buffer, error) {
	buffer, err := b.Backend.BufferFromFlatData(device, flat, shape)
	return completeBuffer{buffer, b}, err
}

func (b complete) NewSharedBuffer(device compute.DeviceNum, shape shapes.Shape) (compute.Buffer, any, error) {
	buffer, flat, err := b.Backend.NewSharedBuffer(device, shape)
	return completeBuffer{buffer, b}, flat, err
}

type completeBuffer struct {
	compute.Buffer
	backend complete
}

func (b completeBuffer) Backend() compute.Backend { return b.backend }

type completeBuilder struct {
	compute.Builder
	backend complete
}

func (b completeBuilder) Main() compute.Function { return completeFunction{b.Builder.Main()} }

func (b completeBuilder) Compile() (compute.Executable, error) {
	e, err := b.Builder.Compile()
	return completeExecutable{e, b.backend}, err
}

type completeExecutable struct {
	compute.Executable
	backend complete
}

func (e completeExecutable) Execute(inputs []compute.Buffer, donate []bool, device compute.DeviceNum) ([]compute.Buffer, error) {
	its := make([]compute.Buffer, len(inputs))
	for i, b := range inputs {
		its[i] = b.(completeBuffer).Buffer
	}
	outputs, err := e.Executable.Execute(its, donate, device)
	for i, b := range outputs {
		outputs[i] = completeBuffer{b, e.backend}
	}
	return outputs, err
}
