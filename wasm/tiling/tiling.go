// Package tiling says how kernels divide products and convolutions: rows into tiles, sums into blocks, images into frames.
// Its numbers decide neither the results nor the order of a sum; every emitter uses them.
package tiling

// Tiles divides rows into tiles of nearly one size: the first Large of them have Rows rows, the others one row less.
// Nearly equal tiles waste less than full ones and a small last one.
type Tiles struct{ Count, Rows, Large int }

// Rows divides n rows into tiles of so many at most.
func Rows(n, most int) Tiles {
	count := (n + most - 1) / most
	rows := (n + count - 1) / count
	return Tiles{count, rows, n - count*(rows-1)}
}

// First is the first row of tile i.
func (t Tiles) First(i int) int { return i*t.Rows - max(0, i-t.Large) }

// Blocks divides the k products of a sum into blocks of one length, at most so many; the last has the rest.
func Blocks(k, most int) (count, length, last int) {
	count = (k + most - 1) / most
	length = (k + count - 1) / count
	return count, length, k - (count-1)*length
}

// Frame is one image with its padding, [Height, Width, Channels]: in it, the numbers under a window are a few runs of neighbours.
type Frame struct {
	H, W, Channels     int // the image
	Height, Width      int
	Top, Left          int
	RowsUsed, ColsUsed int // of the image; a stride may leave some out
}

// NewFrame returns the frame of an image for a window's outputs.
func NewFrame(h, w, channels, outH, outW, windowH, windowW, strideH, strideW, top, left int) Frame {
	fr := Frame{H: h, W: w, Channels: channels, Top: top, Left: left,
		Height: (outH-1)*strideH + windowH, Width: (outW-1)*strideW + windowW}
	fr.RowsUsed = min(h, fr.Height-top)
	fr.ColsUsed = min(w, fr.Width-left)
	if fr.RowsUsed <= 0 || fr.ColsUsed <= 0 { // the windows reach nothing but padding
		fr.RowsUsed, fr.ColsUsed = 0, 0
	}
	return fr
}
