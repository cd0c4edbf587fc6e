// Package picture decodes one picture file within bounds, whatever is in it: upright, as its EXIF data say, and on white where it is
// transparent. A file is known by its content, not by its name. What cannot be read is refused with a sentence that says what the file is.
//
// It knows nothing of data sets, nets, or where bytes come from.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // each format registers its decoder
	"image/jpeg"
	_ "image/png"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"
)

// Limits of one picture, so that an untrusted one can fill neither memory nor time.
const (
	MaxFile   = 32 << 20    // bytes
	MaxSide   = 1 << 15     // pixels
	MaxArea   = 64_000_000  // pixels
	MaxMemory = 200_000_000 // bytes to decode it, with its file
	maxScans  = 100         // of a JPEG; programs write about ten
)

// Picture is a decoded picture.
type Picture struct {
	Width, Height int  // pixels, upright
	Deep          bool // it has more than 8 bits for each channel, of which the upper 8 are used
	Frames        bool // it has several pictures, of which the first is used
	Clear         bool // it is transparent in places, which are white

	stored image.Image
	turn   int // EXIF's orientation: how the stored picture must be turned
	buffer []byte
}

// Refused says why a file is not read, as the rest of a sentence that begins with its name.
type Refused struct {
	Problem string
	Err     error // what the decoder said; may be nil
}

func (r *Refused) Error() string {
	if r.Err != nil {
		return r.Problem + ": " + r.Err.Error()
	}
	return r.Problem
}

func (r *Refused) Unwrap() error { return r.Err }

// Decode decodes a PNG, JPEG, GIF, WebP, TIFF or BMP file of at most MaxFile bytes, which may change. name is used in errors only, which are
// of type *Refused.
func Decode(name string, file []byte) (p *Picture, err error) {
	defer func() {
		if r := recover(); r != nil { // a mistake in a decoder must not end the program
			p, err = nil, &Refused{"is a damaged picture", fmt.Errorf("%v", r)}
		}
	}()
	k := kindOf(file)
	if k == nil || !k.read {
		return nil, &Refused{what(name, file), nil}
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return nil, damaged(k, file, err)
	}
	w, h := config.Width, config.Height
	switch {
	case w < 1 || h < 1:
		return nil, &Refused{fmt.Sprintf("has no pixels: it is %d x %d", w, h), nil}
	case w > MaxSide || h > MaxSide:
		return nil, &Refused{fmt.Sprintf("is %d x %d pixels; a side may have %d", w, h, MaxSide), nil}
	case w > MaxArea/h:
		return nil, &Refused{fmt.Sprintf("is %d x %d pixels; the limit is %d million", w, h, MaxArea/1_000_000), nil}
	}
	p = &Picture{turn: 1}
	bytesNeeded, err := p.inspect(format, file, config)
	if err != nil {
		return nil, err
	}
	if most := bytesNeeded + int64(len(file)); most > MaxMemory {
		const words = "is %d x %d pixels, which take %d MB to decode as they are stored; the limit is %d MB: save it smaller, or as a plain JPEG"
		return nil, &Refused{fmt.Sprintf(words, w, h, most/1_000_000, MaxMemory/1_000_000), nil}
	}
	if p.stored, _, err = image.Decode(bytes.NewReader(file)); err != nil {
		return nil, damaged(k, file, err)
	}
	if p.stored.Bounds().Empty() {
		return nil, &Refused{"is a damaged picture: it has no pixels", nil}
	}
	if m, ok := p.stored.(interface{ Opaque() bool }); ok {
		p.Clear = !m.Opaque()
	}
	p.Width, p.Height = p.stored.Bounds().Dx(), p.stored.Bounds().Dy()
	if p.turn >= 5 {
		p.Width, p.Height = p.Height, p.Width
	}
	return p, nil
}

// inspect finds what the decoders do not say, and how many bytes decoding takes at most.
func (p *Picture) inspect(format string, file []byte, c image.Config) (int64, error) {
	pixels, each := float64(c.Width)*float64(c.Height), 4.0 // bytes for each pixel
	switch c.ColorModel {
	case color.GrayModel:
		each = 1
	case color.Gray16Model:
		each, p.Deep = 2, true
	case color.RGBA64Model, color.NRGBA64Model:
		each, p.Deep = 8, true
	}
	if _, ok := c.ColorModel.(color.Palette); ok {
		each = 1
	}
	switch format {
	case "png":
		p.Frames = bytes.Contains(file[:min(len(file), 1<<12)], []byte("acTL"))
		if len(file) > 28 && file[28] == 1 { // interlaced: by way of smaller pictures
			each *= 1.5
		}
	case "gif":
		p.Frames = manyFrames(file)
	case "jpeg":
		f := readJPEG(file)
		if f.scans > maxScans {
			return 0, &Refused{fmt.Sprintf("is a JPEG picture of %d scans; the limit is %d", f.scans, maxScans), nil}
		}
		p.turn, each = f.turn, f.samples
		if f.parts == 4 || c.ColorModel == color.RGBAModel {
			each += 4
		}
		if f.process == progressive {
			each += 4 * f.samples // its coefficients, between scans
		}
	case "webp":
		f, err := readWebP(file, c.Width, c.Height)
		if err != nil {
			return 0, &Refused{err.Error(), nil}
		}
		p.turn, each = f.turn, 1.5
		if f.alpha {
			each += 9
		}
		if f.lossless {
			each += 8
		}
	case "tiff":
		d, blocks, ok := boundTIFF(file, c.Width, c.Height)
		if !ok {
			return 0, &Refused{"is a damaged TIFF picture: its blocks are larger than it is", nil}
		}
		if turn := d.first(tagOrientation, 1); turn >= 1 && turn <= 8 {
			p.turn = int(turn)
		}
		p.Frames = d.more
		return int64(pixels*each) + blocks, nil
	}
	return int64(pixels * each), nil
}

// damaged says why a file of a kind that is read cannot be decoded.
func damaged(k *kind, file []byte, err error) *Refused {
	if k.name != "a JPEG picture" {
		return &Refused{"is a damaged picture", err}
	}
	f := readJPEG(file)
	var kind jpeg.UnsupportedError
	switch {
	case f.process > progressive:
		return &Refused{"is a JPEG picture of a rare kind (lossless or arithmetic coding): save it as PNG", nil}
	case errors.As(err, &kind) && f.sampling != "" && string(kind) == "luma/chroma subsampling ratio":
		return &Refused{"is a JPEG picture with a sampling of " + f.sampling + ": save it as PNG", nil}
	case errors.As(err, &kind):
		return &Refused{fmt.Sprintf("is a JPEG picture of a rare kind (%s): save it as PNG", string(kind)), nil}
	}
	return &Refused{"is a damaged picture", err}
}

// manyFrames reports whether a GIF file has a second picture.
func manyFrames(file []byte) bool {
	table := func(flags byte) int { // bytes of a table of colours
		if flags&0x80 == 0 {
			return 0
		}
		return 3 << (1 + flags&7)
	}
	frames := 0
	for at := 13 + table(file[10]); at+10 < len(file); {
		switch file[at] {
		case 0x21: // an extension
			at += 2
		case 0x2c: // a picture
			if frames++; frames > 1 {
				return true
			}
			at += 11 + table(file[at+9])
		default:
			return false
		}
		for at < len(file) && file[at] != 0 { // blocks, to an empty one
			at += 1 + int(file[at])
		}
		at++
	}
	return false
}
