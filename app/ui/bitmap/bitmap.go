// Package bitmap makes images that the browser draws by itself: Windows bitmaps as data URLs, since a pixel is then a byte of the file or
// three, without compression to pay for each time.
package bitmap

import (
	"encoding/base64"
	"encoding/binary"
)

// Indexed is an image of bytes that a palette has the colours of.
type Indexed struct {
	Width, Height int
	file          []byte
	pixels        []byte // of the file
	stride        int
}

// New returns an image whose bytes are all 0. The palette has red, green and blue.
func New(width, height int, palette *[256][3]uint8) *Indexed {
	i := &Indexed{Width: width, Height: height}
	i.file, i.pixels, i.stride = file(width, height, 8, 256)
	for c, rgb := range palette {
		at := len(i.file) - len(i.pixels) - 4*256 + 4*c
		i.file[at], i.file[at+1], i.file[at+2] = rgb[2], rgb[1], rgb[0]
	}
	return i
}

// Row is a row of the image, to be written, from the top.
func (i *Indexed) Row(y int) []byte { return row(i.pixels, i.stride, i.Height, y)[:i.Width] }

// URL returns the image as an address.
func (i *Indexed) URL() string { return url(i.file) }

// Pixels returns an image of pixels [height, width, channels], with 1 channel for gray or 3 for red, green and blue, as an address.
func Pixels(height, width, channels int, values []byte) string {
	f, pixels, stride := file(width, height, 24, 0)
	for y := range height {
		to := row(pixels, stride, height, y)
		for x := range width {
			at := values[(y*width+x)*channels:]
			to[3*x], to[3*x+1], to[3*x+2] = at[channels-1], at[channels/2], at[0]
		}
	}
	return url(f)
}

// row is a row of pixels from the top: a file has them from the bottom up.
func row(pixels []byte, stride, height, y int) []byte { return pixels[(height-1-y)*stride:] }

// file is a bitmap file, with room for a palette and the pixels, whose rows are stride bytes long.
func file(width, height, bits, colors int) (file, pixels []byte, stride int) {
	const headers = 14 + 40
	stride = (width*bits/8 + 3) &^ 3 // rows are padded to four bytes
	begin := headers + 4*colors
	file = make([]byte, begin+stride*height)
	put32 := func(at, v int) { binary.LittleEndian.PutUint32(file[at:], uint32(v)) }
	copy(file, "BM")
	put32(2, len(file))
	put32(10, begin) // where the pixels begin
	put32(14, 40)    // size of the second header
	put32(18, width)
	put32(22, height)
	file[26] = 1 // plane
	file[28] = byte(bits)
	put32(34, stride*height)
	put32(46, colors)
	return file, file[begin:], stride
}

func url(file []byte) string {
	return "data:image/bmp;base64," + base64.StdEncoding.EncodeToString(file)
}
