package bitmap

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
)

// read is the image of an address, as another program reads it.
func read(t *testing.T, url string) image.Image {
	t.Helper()
	text, ok := strings.CutPrefix(url, "data:image/bmp;base64,")
	file, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	m, err := bmp.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestPixels(t *testing.T) {
	colour := read(t, Pixels(2, 3, 3, []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}))
	if got := color.NRGBAModel.Convert(colour.At(1, 1)); got != (color.NRGBA{13, 14, 15, 255}) || colour.Bounds().Size() != image.Pt(3, 2) {
		t.Errorf("%v of %v", got, colour.Bounds())
	}
	gray := read(t, Pixels(1, 5, 1, []byte{9, 8, 7, 6, 5}))
	if got := color.NRGBAModel.Convert(gray.At(3, 0)); got != (color.NRGBA{6, 6, 6, 255}) {
		t.Errorf("%v", got)
	}
}

func TestIndexed(t *testing.T) {
	palette := [256][3]uint8{7: {1, 2, 3}}
	i := New(3, 2, &palette)
	i.Row(0)[2] = 7
	m := read(t, i.URL())
	if top, bottom := color.NRGBAModel.Convert(m.At(2, 0)), color.NRGBAModel.Convert(m.At(2, 1)); top != (color.NRGBA{1, 2, 3, 255}) || bottom != (color.NRGBA{0, 0, 0, 255}) {
		t.Errorf("%v and %v", top, bottom)
	}
}
