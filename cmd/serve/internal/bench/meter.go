package bench

import (
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// meter is a backend that measures how long its computations ran, from the call to the last result. The rest of a step's time
// is the host's, in which the device waits.
type meter struct {
	compute.Backend
	ran time.Duration
}

func (m *meter) Builder(name string) compute.Builder {
	return &metered{m.Backend.Builder(name), m}
}

func (m *meter) BufferFromFlatData(d compute.DeviceNum, flat any, shape shapes.Shape) (compute.Buffer, error) {
	b, err := m.Backend.BufferFromFlatData(d, flat, shape)
	if err != nil {
		return nil, err
	}
	return meteredBuffer{b, m}, nil
}

func (m *meter) NewSharedBuffer(d compute.DeviceNum, shape shapes.Shape) (compute.Buffer, any, error) {
	b, flat, err := m.Backend.NewSharedBuffer(d, shape)
	if err != nil {
		return nil, nil, err
	}
	return meteredBuffer{b, m}, flat, nil
}

// meteredBuffer is a buffer of the meter's: GoMLX compares a buffer's backend with the one it computes on.
type meteredBuffer struct {
	compute.Buffer
	meter *meter
}

func (b meteredBuffer) Backend() compute.Backend { return b.meter }

type metered struct {
	compute.Builder
	meter *meter
}

func (b *metered) Compile() (compute.Executable, error) {
	e, err := b.Builder.Compile()
	if err != nil {
		return nil, err
	}
	return &meteredExecutable{e, b.meter}, nil
}

type meteredExecutable struct {
	compute.Executable
	meter *meter
}

func (e *meteredExecutable) Execute(in []compute.Buffer, donate []bool, d compute.DeviceNum) ([]compute.Buffer, error) {
	plain := make([]compute.Buffer, len(in))
	for i, b := range in {
		plain[i] = b.(meteredBuffer).Buffer
	}
	begin := time.Now()
	out, err := e.Executable.Execute(plain, donate, d)
	e.meter.ran += time.Since(begin)
	for i, b := range out {
		out[i] = meteredBuffer{b, e.meter}
	}
	return out, err
}
