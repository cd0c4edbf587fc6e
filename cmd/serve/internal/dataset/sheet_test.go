package dataset

import (
	"bytes"
	"image/color"
	"image/png"
	"testing"

	"unpool/core/run"
)

func TestSheet(t *testing.T) {
	for _, c := range []struct {
		examples run.Examples
		want     []color.NRGBA // from the left, the first row and then the second
	}{
		{run.Examples{Height: 2, Width: 1, Channels: 1, Pixels: []byte{1, 2, 3, 4}, Labels: []int{0, 1}},
			[]color.NRGBA{{1, 1, 1, 255}, {3, 3, 3, 255}, {2, 2, 2, 255}, {4, 4, 4, 255}}},
		{run.Examples{Height: 1, Width: 2, Channels: 3, Pixels: []byte{1, 2, 3, 4, 5, 6}, Labels: []int{0}},
			[]color.NRGBA{{1, 2, 3, 255}, {4, 5, 6, 255}}},
	} {
		file, err := Sheet(c.examples)
		if err != nil {
			t.Fatal(err)
		}
		sheet, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			width := sheet.Bounds().Dx()
			if got := color.NRGBAModel.Convert(sheet.At(i%width, i/width)); got != want {
				t.Errorf("pixel %d of %+v is %v, want %v", i, c.examples, got, want)
			}
		}
	}
	if _, err := Sheet(run.Examples{Height: 1, Width: 1, Channels: 1, Labels: []int{0}}); err == nil {
		t.Error("examples without pixels have a sheet")
	}
}
