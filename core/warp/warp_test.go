package warp

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// noise is an image of random pixels, whose border has one colour.
func noise(height, width, channels int, edge byte) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	image := make([]byte, height*width*channels)
	for i := range image {
		image[i] = byte(random.IntN(256))
		if y, x := i/channels/width, i/channels%width; y == 0 || y == height-1 || x == 0 || x == width-1 {
			image[i] = edge
		}
	}
	return image
}

// Where each pixel of the result is one of the image, it is that pixel exactly, and what lies outside has the border's colour.
func TestExact(t *testing.T) {
	const height, width, channels = 8, 8, 3
	image := noise(height, width, channels, 77)
	for _, c := range []struct {
		kind   Kind
		amount float64
		from   func(y, x int) (int, int) // where a pixel of the result was
	}{
		{Shift, 0, func(y, x int) (int, int) { return y, x }},
		{Shift, 3, func(y, x int) (int, int) { return y - 3, x }},
		{Shift, -2, func(y, x int) (int, int) { return y + 2, x }},
		{Scale, 1, func(y, x int) (int, int) { return y, x }},
		{Rotation, 0, func(y, x int) (int, int) { return y, x }},
		{Rotation, 90, func(y, x int) (int, int) { return height - 1 - x, y }}, // what was at the left edge is at the top
		{Rotation, 180, func(y, x int) (int, int) { return height - 1 - y, width - 1 - x }},
		{Rotation, 270, func(y, x int) (int, int) { return x, width - 1 - y }},
		{Rotation, 360, func(y, x int) (int, int) { return y, x }},
	} {
		var want []byte
		for y := range height {
			for x := range width {
				pixel := []byte{77, 77, 77}
				if y, x := c.from(y, x); y >= 0 && y < height {
					pixel = image[(y*width+x)*channels:][:channels]
				}
				want = append(want, pixel...)
			}
		}
		if got := c.kind.Apply(image, height, width, channels, c.amount); !slices.Equal(got, want) {
			t.Errorf("%s by %g:\n%v, want\n%v", c.kind, c.amount, got, want)
		}
	}
}

// Between pixels the values are interpolated: half a pixel down is the mean of two, and a ramp twice as large rises half as fast.
func TestBetween(t *testing.T) {
	column := []byte{10, 20, 40, 80}
	if got := Shift.Apply(column, 4, 1, 1, 0.5); !slices.Equal(got, []byte{24, 15, 30, 60}) { // 38 comes in at the top
		t.Errorf("half a pixel down: %v", got)
	}
	ramp := []byte{0, 40, 80, 120, 160}
	if got := Scale.Apply(ramp, 1, 5, 1, 2); !slices.Equal(got, []byte{40, 60, 80, 100, 120}) {
		t.Errorf("twice as large: %v", got)
	}
	if got := Scale.Apply(ramp, 1, 5, 1, 0.5); !slices.Equal(got, []byte{80, 0, 80, 160, 80}) {
		t.Errorf("half as large: %v", got)
	}
}

func TestBorder(t *testing.T) {
	image := slices.Repeat([]byte{200}, 9*2)
	for i := range 9 {
		if i != 4 {
			image[2*i], image[2*i+1] = byte(i), 10
		}
	}
	if got := border(image, 3, 3, 2); !slices.Equal(got, []byte{4, 10}) {
		t.Error(got)
	}
}

// One of the amounts changes nothing, and the smallest are its neighbours.
func TestAmounts(t *testing.T) {
	for _, c := range []struct {
		kind         Kind
		height       int
		count        int
		first, last  float64
		none         float64
		below, above float64
	}{
		{Shift, 28, 15, -7, 7, 0, -1, 1},
		{Shift, 32, 17, -8, 8, 0, -1, 1},
		{Shift, 5, 3, -1, 1, 0, -1, 1},
		{Shift, 2, 3, -1, 1, 0, -1, 1},
		{Scale, 28, 13, 0.6, 1.8, 1, 0.9, 1.1},
		{Rotation, 28, 37, 0, 360, 0, 10, 350},
	} {
		all := c.kind.Amounts(c.height)
		small := c.kind.Smallest(c.height)
		if len(all) != c.count || all[0] != c.first || all[c.count-1] != c.last || all[c.kind.None(c.height)] != c.none || all[small[0]] != c.below || all[small[1]] != c.above {
			t.Errorf("%s of %d: %v, smallest %v", c.kind, c.height, all, small)
		}
		if !slices.IsSorted(all) {
			t.Errorf("%v are not in order", all)
		}
	}
}

func TestSays(t *testing.T) {
	for want, got := range map[string]string{
		"2 px down": Shift.Says(2), "3 px up": Shift.Says(-3), "in its place": Shift.Says(0), "1.2 times the size": Scale.Says(1.2), "350° clockwise": Rotation.Says(350),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if Kind("flip").Known() || !Scale.Known() {
		t.Error("known kinds")
	}
}
