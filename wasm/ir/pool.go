package ir

import "fmt"

// MaxPoolShape is the largest f32 in each window of images [Images, H, W, Channels], to [Images, OutH, OutW, Channels].
// Places outside the image do not count; every window has at least one inside.
type MaxPoolShape struct {
	Images, H, W, Channels int
	OutH, OutW             int
	WindowH, WindowW       int
	StrideH, StrideW       int
	Top, Left              int // padding
}

func (p MaxPoolShape) String() string {
	return fmt.Sprintf("max pool %dx%dx%dx%d by %dx%d to %dx%d stride %d,%d pad %d,%d",
		p.Images, p.H, p.W, p.Channels, p.WindowH, p.WindowW, p.OutH, p.OutW, p.StrideH, p.StrideW, p.Top, p.Left)
}
