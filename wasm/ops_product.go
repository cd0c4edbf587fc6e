package wasm

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapeinference"
	"github.com/pkg/errors"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// DotGeneral sums products over the contracting axes.
func (f *Function) DotGeneral(left compute.Value, leftContract, leftBatch []int, right compute.Value, rightContract, rightBatch []int,
	config compute.DotGeneralConfig) (compute.Value, error) {
	in, err := f.nodes("DotGeneral", left, right)
	if err != nil {
		return nil, err
	}
	s, err := inferred("DotGeneral")(shapeinference.DotGeneral(shapeOf(in[0]), leftContract, leftBatch, shapeOf(in[1]), rightContract, rightBatch, config))
	if err != nil {
		return nil, err
	}
	// Sums are kept in the type that is asked for; those of short floats by default in float32.
	sums := in[0].Type
	if sums == ir.F16 || sums == ir.BF16 {
		sums = ir.F32
	}
	if config.AccumulatorDType != dtypes.InvalidDType {
		t, ok := types[config.AccumulatorDType]
		if !ok {
			return nil, errors.Wrapf(compute.ErrNotImplemented, "wasm: DotGeneral of %s and %s with sums of %s",
				shapeOf(in[0]), shapeOf(in[1]), config.AccumulatorDType)
		}
		sums = t
	}
	o := graph.Dot{LeftContract: slices.Clone(leftContract), LeftBatch: slices.Clone(leftBatch),
		RightContract: slices.Clone(rightContract), RightBatch: slices.Clone(rightBatch)}
	return f.convert(f.add(o, graph.Shape{Type: sums, Dims: s.Dims}, in...), s.Type), nil
}

// ConvGeneral is a convolution of any rank.
func (f *Function) ConvGeneral(x, kernel compute.Value, axes compute.ConvolveAxesConfig, strides []int, paddings [][2]int,
	inputDilations, kernelDilations []int, channelGroups, batchGroups int) (compute.Value, error) {
	in, err := f.nodes("ConvGeneral", x, kernel)
	if err != nil {
		return nil, err
	}
	spatial := len(axes.InputSpatial)
	ones := slices.Repeat([]int{1}, spatial)
	if len(strides) == 0 {
		strides = ones
	}
	if len(inputDilations) == 0 {
		inputDilations = ones
	}
	if len(kernelDilations) == 0 {
		kernelDilations = ones
	}
	if len(paddings) == 0 {
		paddings = make([][2]int, spatial)
	}
	channelGroups, batchGroups = max(channelGroups, 1), max(batchGroups, 1)
	s, err := inferred("ConvGeneral")(shapeinference.ConvGeneral(shapeOf(in[0]), shapeOf(in[1]), axes, strides, paddings,
		inputDilations, kernelDilations, channelGroups, batchGroups))
	if err != nil {
		return nil, err
	}
	o := graph.Conv{
		Input:   append([]int{axes.InputBatch, axes.InputChannels}, axes.InputSpatial...),
		Kernel:  append([]int{axes.KernelOutputChannels, axes.KernelInputChannels}, axes.KernelSpatial...),
		Output:  append([]int{axes.OutputBatch, axes.OutputChannels}, axes.OutputSpatial...),
		Strides: slices.Clone(strides), InputDilation: slices.Clone(inputDilations), KernelDilate: slices.Clone(kernelDilations),
		ChannelGroups: channelGroups, BatchGroups: batchGroups, Start: make([]int, spatial),
	}
	for i, p := range paddings {
		o.Start[i] = p[0]
	}
	sums := s.Type
	if sums == ir.F16 || sums == ir.BF16 {
		sums = ir.F32
	}
	n := f.add(o, graph.Shape{Type: sums, Dims: s.Dims}, f.convert(in[0], sums), f.convert(in[1], sums))
	return f.convert(n, s.Type), nil
}
