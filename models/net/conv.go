package net

import "fmt"

const maxMaps = 1024

// Conv is a convolution of an image (LeCun et al., 1998): each map of the output is the sum over a window of products
// with the map's filter, which reads all channels. Weights [height, width, channels, maps] begin as He unless Init says
// otherwise.
type Conv struct {
	Height, Width int // of the window
	Maps          int
	Stride        int
	Valid         bool // only windows that lie wholly inside the image; else it is padded with zeros to the same size
	NoBias        bool
	Init          Init
}

func parseConv(o *options) Layer {
	size := o.size(3)
	return Conv{
		Height: size[0], Width: size[1], Maps: size[2], Stride: o.number("stride", 1),
		Valid: o.flag("valid"), NoBias: o.flag("nobias"), Init: o.init(),
	}
}

func (c Conv) String() string {
	return text("conv", fmt.Sprintf("%dx%dx%d", c.Height, c.Width, c.Maps), c.window().options(1), when(c.NoBias, "nobias"), string(c.Init))
}

// Words says what the layer is.
func (c Conv) Words() string {
	words := fmt.Sprintf("convolution %dx%d, %d maps", c.Height, c.Width, c.Maps)
	if c.Stride > 1 {
		words += fmt.Sprintf(", stride %d", c.Stride)
	}
	return words
}

func (Conv) stem() string     { return "conv" }
func (c Conv) window() window { return window{c.Height, c.Width, c.Stride, c.Valid} }

func (Conv) options() []Option {
	return append(windowOptions("height", "width"), whole("maps", "Maps", "a number of maps", maxMaps), strideOption, validOption, noBiasOption,
		initOption(string(He)))
}

func (c Conv) place(p *Placed, w *walk) error {
	if err := c.window().over(p, c.Maps); err != nil {
		return err
	}
	init, in := c.Init.or(He), p.In.last()
	p.Variables = []Variable{matrix("weights", init, c.Height, c.Width, in, c.Maps)}
	if !c.NoBias {
		p.Variables = append(p.Variables, constant("bias", init.bias(), c.Maps))
	}
	p.product(p.Out[0]*p.Out[1], c.Height*c.Width*in, c.Maps)
	return nil
}
