package train

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"unpool/core/data"
	"unpool/core/recipe"
)

// maxResident is how many bytes of images are kept on a device at most. It leaves most of any GPU's memory to the net, and
// lets 32 bits count the bytes.
const maxResident = 1 << 30

// resident is a data set in a device's memory: all training images, then all test images. A step then brings the
// numbers of its images to the device, and not the images.
type resident struct {
	pixels     *tensors.Tensor // u8 [images, height, width, channels]
	labels     *tensors.Tensor // i32 [images]
	normalizer *tensors.Tensor // f32 [channels*256]: what the net gets for each byte of each channel
	tests      int32           // where the test images begin
}

// bring keeps the images on an accelerator. It returns nil where there is none, or no room for them there: they then come
// from the host, batch by batch.
func (o Options) bring(normalizer data.Normalizer) *resident {
	if !o.Accelerator {
		return nil
	}
	r, err := newResident(o.Backend, o.Data, normalizer)
	if err != nil {
		return nil
	}
	return r
}

// source returns one for a layout's batches: from the resident images, or if there are none, from the host's.
func (r *resident) source(l layout) source {
	if r == nil {
		return newHostSource(l)
	}
	return newDeviceSource(l, r)
}

// newResident brings a data set to the device, or returns nil where it does not fit.
func newResident(b compute.Backend, d *data.Dataset, normalizer data.Normalizer) (*resident, error) {
	bytes := len(d.Train.Images) + len(d.Test.Images)
	if bytes > maxResident {
		return nil, nil
	}
	n := d.Train.Len() + d.Test.Len()
	pixels := make([]uint8, 0, bytes)
	pixels = append(append(pixels, d.Train.Images...), d.Test.Images...)
	labels := make([]int32, 0, n)
	for _, s := range []data.Split{d.Train, d.Test} {
		for _, l := range s.Labels {
			labels = append(labels, int32(l))
		}
	}
	var table []float32
	for c := range normalizer {
		table = append(table, normalizer[c][:]...)
	}
	r := &resident{
		pixels:     tensors.FromFlatDataAndDimensions(pixels, n, d.Height, d.Width, d.Channels),
		labels:     tensors.FromFlatDataAndDimensions(labels, n),
		normalizer: tensors.FromFlatDataAndDimensions(table, len(table)),
		tests:      int32(d.Train.Len()),
	}
	for _, t := range r.tensors() {
		if err := t.MaterializeOnDevice(b, false, 0); err != nil {
			r.close()
			return nil, err
		}
		t.FinalizeLocal()
	}
	return r, nil
}

func (r *resident) tensors() []*tensors.Tensor {
	return []*tensors.Tensor{r.pixels, r.labels, r.normalizer}
}

func (r *resident) close() {
	if r != nil {
		free(r.tensors()...)
	}
}

// deviceSource gathers batches on the device from a resident data set, which stays the caller's.
type deviceSource struct {
	layout
	resident *resident
	indices  *tensors.Tensor // i32 [size], into resident
	changes  *tensors.Tensor // i32 [size, changeNumbers]; nil where images are not augmented
	list     []data.Change
}

// changeNumbers is how many numbers a data.Change is: mirrored or not, down, right, top, left.
const changeNumbers = 5

func newDeviceSource(l layout, r *resident) *deviceSource {
	s := &deviceSource{layout: l, resident: r, indices: tensors.FromShape(shapes.Make(dtypes.Int32, l.size))}
	if l.augment != (recipe.Augment{}) {
		s.changes = tensors.FromShape(shapes.Make(dtypes.Int32, l.size, changeNumbers))
	}
	return s
}

func (s *deviceSource) inputs() []*tensors.Tensor {
	in := append(s.resident.tensors(), s.indices)
	if s.changes != nil {
		in = append(in, s.changes)
	}
	return in
}

func (s *deviceSource) shapes() (list []shapes.Shape) {
	for _, t := range s.inputs() {
		list = append(list, t.Shape())
	}
	return list
}

func (s *deviceSource) load(b batch) ([]*tensors.Tensor, error) {
	err := tensors.MutableFlatData(s.indices, func(to []int32) {
		for i, index := range b.indices {
			if b.test {
				index += s.resident.tests
			}
			to[i] = index
		}
	})
	if err == nil && s.changes != nil {
		err = tensors.MutableFlatData(s.changes, s.change(b))
	}
	return s.inputs(), err
}

// change writes a batch's changes as numbers.
func (s *deviceSource) change(b batch) func(to []int32) {
	return func(to []int32) {
		s.list = data.Changes(s.list, s.size, s.data.Height, s.data.Width, s.augment, s.seed, b.step)
		for i, c := range s.list {
			flip := 0
			if c.Flip {
				flip = 1
			}
			for j, v := range [changeNumbers]int{flip, c.Down, c.Right, c.Top, c.Left} {
				to[i*changeNumbers+j] = int32(v)
			}
		}
	}
}

// ahead does nothing: a few numbers are written quickly.
func (s *deviceSource) ahead(batch) {}

func (s *deviceSource) close() {
	free(s.indices)
	if s.changes != nil {
		free(s.changes)
	}
}

func (s *deviceSource) graph(in []*graph.Node) (images, labels *graph.Node) {
	pixels, table, indices := in[0], in[2], in[3]
	labels = gather(in[1], indices)
	var bytes, blank *graph.Node
	if s.changes == nil {
		bytes = gather(pixels, indices)
	} else {
		bytes, blank = s.changed(pixels, indices, in[4])
	}
	key := graph.Add(graph.ConvertDType(bytes, dtypes.Int32), graph.MulScalar(iota(bytes, 3), 256))
	images = gather(table, key)
	if blank != nil {
		images = graph.Where(blank, graph.ZerosLike(images), images)
	}
	return images, labels
}

// changed gathers the pixels of a batch from where data.Augment would have brought them, u8 [size, height, width,
// channels], and says which of them are blank.
func (s *deviceSource) changed(pixels, indices, changes *graph.Node) (bytes, blank *graph.Node) {
	g := pixels.Graph()
	dims := pixels.Shape().Clone().Dimensions
	height, width := dims[1], dims[2]
	dims[0] = s.size
	place := graph.Zeros(g, shapes.Make(dtypes.Int32, dims...))
	y, x, channel := iota(place, 1), iota(place, 2), iota(place, 3)
	number := func(i int) *graph.Node { // one of the five, for each pixel
		n := graph.Slice(changes, graph.AxisRange(), graph.AxisElem(i))
		return graph.BroadcastToDims(graph.Reshape(n, s.size, 1, 1, 1), dims...)
	}
	inside := func(v *graph.Node, size int) *graph.Node {
		return graph.And(graph.GreaterOrEqual(v, graph.ZerosLike(v)), graph.LessThan(v, graph.Const(g, int32(size))))
	}
	clamp := func(v *graph.Node, size int) *graph.Node {
		return graph.Min(graph.Max(v, graph.ZerosLike(v)), graph.Const(g, int32(size-1)))
	}
	fromY, fromX := graph.Sub(y, number(1)), graph.Sub(x, number(2))
	blank = graph.Not(graph.And(inside(fromY, height), inside(fromX, width)))
	if side := s.augment.Cutout; side > 0 {
		blank = graph.Or(blank, graph.And(inside(graph.Sub(y, number(3)), side), inside(graph.Sub(x, number(4)), side)))
	}
	mirrored := graph.Equal(number(0), graph.OnesLike(place))
	fromX = graph.Where(mirrored, graph.Sub(graph.Const(g, int32(width-1)), fromX), fromX)
	image := graph.BroadcastToDims(graph.Reshape(indices, s.size, 1, 1, 1), dims...)
	at := graph.Add(graph.MulScalar(image, height), clamp(fromY, height))
	at = graph.Add(graph.MulScalar(at, width), clamp(fromX, width))
	at = graph.Add(graph.MulScalar(at, dims[3]), channel)
	return gather(graph.Reshape(pixels, pixels.Shape().Size()), at), blank
}

// gather picks parts of x along its first axis.
func gather(x, indices *graph.Node) *graph.Node {
	return graph.Gather(x, graph.InsertAxes(indices, -1))
}

// iota counts along an axis of x's shape, in i32.
func iota(x *graph.Node, axis int) *graph.Node {
	return graph.Iota(x.Graph(), shapes.Make(dtypes.Int32, x.Shape().Dimensions...), axis)
}
