package train

import (
	"runtime"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"unpool/core/data"
	"unpool/core/recipe"
)

// source brings batches of images to a graph: from the host's memory, or from the device's, which has all of a data
// set. Both give a net the same bits.
type source interface {
	// shapes are those of the graph's inputs that are the source's.
	shapes() []shapes.Shape
	// graph makes of those inputs the images, f32 [size, height, width, channels], and labels, i32 [size], of a batch.
	graph(in []*graph.Node) (images, labels *graph.Node)
	// load returns the inputs for a batch. They stay the source's and are valid until the next load.
	load(b batch) ([]*tensors.Tensor, error)
	// ahead says which batch will be loaded next, so that it can be prepared while a step runs.
	ahead(b batch)
	close()
}

// batch says which images to bring.
type batch struct {
	indices []int32 // into the test images or the training images
	test    bool
	step    int // that sees them; what happens to training images depends on it
}

// layout is what a source needs to know of the images and of the net that sees them.
type layout struct {
	data       *data.Dataset
	normalizer data.Normalizer
	size       int            // images a batch
	augment    recipe.Augment // of training images; zero for none
	seed       uint64         // of augment
}

func (l layout) split(test bool) data.Split {
	if test {
		return l.data.Test
	}
	return l.data.Train
}

// hostSource makes batches in the host's memory. Its tensors are made once and refilled for each batch.
type hostSource struct {
	layout
	images *tensors.Tensor // f32 [size, height, width, channels]
	labels *tensors.Tensor // i32 [size]
	next   *prepared       // nil when no next batch was announced
	spare  *prepared       // that is not in use
}

// prepared is a batch that is being prepared during a step.
type prepared struct {
	batch  batch
	images []float32
	labels []int32
	done   chan struct{} // closed when it is ready
}

func newHostSource(l layout) *hostSource {
	d := l.data
	return &hostSource{
		layout: l,
		images: tensors.FromShape(shapes.Make(dtypes.Float32, l.size, d.Height, d.Width, d.Channels)),
		labels: tensors.FromShape(shapes.Make(dtypes.Int32, l.size)),
	}
}

func (h *hostSource) shapes() []shapes.Shape {
	return []shapes.Shape{h.images.Shape(), h.labels.Shape()}
}

func (h *hostSource) graph(in []*graph.Node) (images, labels *graph.Node) { return in[0], in[1] }

func (h *hostSource) load(b batch) ([]*tensors.Tensor, error) {
	p := h.next
	h.next = nil
	if p != nil {
		<-p.done
	}
	err := tensors.MutableFlatData(h.labels, func(labels []int32) {
		tensors.MutableFlatData(h.images, func(images []float32) {
			if p != nil && p.batch.step == b.step {
				copy(images, p.images)
				copy(labels, p.labels)
			} else { // the first batch, or the run has gone back to an earlier step
				h.fill(images, labels, b)
			}
		})
	})
	h.spare = p
	return []*tensors.Tensor{h.images, h.labels}, err
}

func (h *hostSource) ahead(b batch) {
	if runtime.GOMAXPROCS(0) == 1 {
		return // nothing runs beside a step; in a browser it would keep the trainer from reading its messages
	}
	p := h.spare
	if p == nil {
		p = &prepared{images: make([]float32, h.images.Size()), labels: make([]int32, h.size)}
	}
	p.batch, p.done = b, make(chan struct{})
	h.next, h.spare = p, nil
	go func() {
		h.fill(p.images, p.labels, p.batch)
		close(p.done)
	}()
}

func (h *hostSource) fill(images []float32, labels []int32, b batch) {
	h.normalizer.Fill(images, labels, h.split(b.test), b.indices)
	data.Augment(images, h.data.Height, h.data.Width, h.data.Channels, h.augment, h.seed, b.step)
}

func (h *hostSource) close() { free(h.images, h.labels) }
