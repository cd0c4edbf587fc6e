package look

import (
	"context"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"unpool/core/data"
)

// Progress hears between two stretches of an analysis how much of it is done; nil for nobody.
type Progress func(done, total int)

func (p Progress) tell(done, total int) {
	if p != nil {
		p(done, total)
	}
}

// fewImages is how many images go through the net at a time where there are several: few, so that who waits is heard soon.
const fewImages = 16

// batches calls f with some images of a split at a time, and with them as the net reads them, f32 [fewImages, height, width, channels]; what
// a last batch lacks is zeros. Progress is in images.
func (n *Net) batches(ctx context.Context, s data.Split, indices []int32, progress Progress,
	f func(images []int32, x *tensors.Tensor) error) error {
	for _, i := range indices {
		if i < 0 || int(i) >= s.Len() {
			return fmt.Errorf("look: there is no image %d among %d", i, s.Len())
		}
	}
	done := 0
	tell := func() error {
		progress.tell(done, len(indices))
		return ctx.Err()
	}
	for images := range slices.Chunk(indices, fewImages) {
		if err := tell(); err != nil {
			return err
		}
		if err := f(images, n.input(n.pick(s, images), fewImages)); err != nil {
			return err
		}
		done += len(images)
	}
	return tell()
}

// pick copies images.
func (n *Net) pick(s data.Split, indices []int32) []byte {
	images := make([]byte, 0, len(indices)*n.size())
	for _, i := range indices {
		images = append(images, s.Images[int(i)*n.size():(int(i)+1)*n.size()]...)
	}
	return images
}
