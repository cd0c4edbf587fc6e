package train

import (
	"errors"
	"sync/atomic"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"
)

// spy is the Go backend behind a device that shares no memory with the host. It counts executions and the buffers
// that are alive, fails on request, and refuses a buffer that was freed or donated.
type spy struct {
	compute.Backend
	executions atomic.Int64
	live       atomic.Int64
	scalars    atomic.Int64 // that were read
	full       bool         // there is no room for a data set, which is the only array of bytes
	// before, when set, is called with the number of each execution, counted from 1; its error or panic is the
	// execution's. The donated inputs are lost either way.
	before func(execution int64) error
}

func newSpy() *spy {
	b, err := gobackend.New("")
	if err != nil {
		panic(err)
	}
	return &spy{Backend: b}
}

var errGone = errors.New("this buffer was freed or given away")

func (s *spy) HasSharedBuffers() bool { return false }

func (s *spy) BufferFromFlatData(d compute.DeviceNum, flat any, shape shapes.Shape) (compute.Buffer, error) {
	if s.full && shape.DType == dtypes.Uint8 {
		return nil, errors.New("no room for " + shape.String())
	}
	b, err := s.Backend.BufferFromFlatData(d, flat, shape)
	if err != nil {
		return nil, err
	}
	return s.wrap(b), nil
}

func (s *spy) wrap(b compute.Buffer) compute.Buffer {
	s.live.Add(1)
	return &spyBuffer{Buffer: b, spy: s}
}

func (s *spy) Builder(name string) compute.Builder { return &spyBuilder{s.Backend.Builder(name), s} }

type spyBuffer struct {
	compute.Buffer
	spy  *spy
	gone bool
}

func (b *spyBuffer) Backend() compute.Backend { return b.spy }

func (b *spyBuffer) ToFlatData(flat any) error {
	if shape, err := b.Buffer.Shape(); err == nil && shape.IsScalar() {
		b.spy.scalars.Add(1)
	}
	return b.Buffer.ToFlatData(flat)
}

func (b *spyBuffer) Finalize() error {
	if b.gone {
		return errGone
	}
	b.gone = true
	b.spy.live.Add(-1)
	return b.Buffer.Finalize()
}

type spyBuilder struct {
	compute.Builder
	spy *spy
}

func (b *spyBuilder) Compile() (compute.Executable, error) {
	e, err := b.Builder.Compile()
	if err != nil {
		return nil, err
	}
	return &spyExecutable{e, b.spy}, nil
}

type spyExecutable struct {
	compute.Executable
	spy *spy
}

func (e *spyExecutable) Execute(inputs []compute.Buffer, donate []bool, d compute.DeviceNum) ([]compute.Buffer, error) {
	plain := make([]compute.Buffer, len(inputs))
	for i, b := range inputs {
		b := b.(*spyBuffer)
		if b.gone {
			return nil, errGone
		}
		plain[i] = b.Buffer
		if donate[i] {
			b.gone = true
			e.spy.live.Add(-1)
		}
	}
	if n := e.spy.executions.Add(1); e.spy.before != nil {
		if err := e.spy.before(n); err != nil {
			return nil, err
		}
	}
	outputs, err := e.Executable.Execute(plain, donate, d)
	for i, b := range outputs {
		outputs[i] = e.spy.wrap(b)
	}
	return outputs, err
}
