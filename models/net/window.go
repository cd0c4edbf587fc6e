package net

import (
	"fmt"
	"strings"
)

// The largest window and stride.
const maxWindow = 31

// window is how a convolution or pooling moves over an image.
type window struct {
	height, width, stride int
	valid                 bool // only windows that lie wholly inside the image; else the image is padded ("same")
}

// windowOptions are the sides of a window.
func windowOptions(names ...string) (all []Option) {
	for _, name := range names {
		all = append(all, whole(name, strings.ToUpper(name[:1])+name[1:], "a window", maxWindow))
	}
	return all
}

// The options that layers with a window or with weights share.
var (
	strideOption = whole("stride", "Stride", "a stride", maxWindow)
	validOption  = flag("valid", "No padding", "only windows that lie wholly inside the image")
	noBiasOption = flag("nobias", "No bias", "for a layer followed by a normalisation, which removes the bias anyway")
)

// options are what a layer's text says about its window besides the size.
func (w window) options(stride int) string {
	return text(when(w.stride != stride, fmt.Sprint("stride ", w.stride)), when(w.valid, "valid"))
}

// over moves the window over p's input, and sets its output with so many channels, its padding and its field.
func (w window) over(p *Placed, channels int) error {
	if !p.In.image() {
		return p.needs("an image")
	}
	if w.valid && (p.In[0] < w.height || p.In[1] < w.width) {
		return p.needs(fmt.Sprintf("an image of at least %dx%d", w.height, w.width))
	}
	height, rows := w.fit(p.In[0], w.height)
	width, columns := w.fit(p.In[1], w.width)
	p.Out, p.Padding = Shape{height, width, channels}, [2][2]int{rows, columns}
	f := &p.Field
	f.Top, f.Height, f.StepY = f.Top-rows[0]*f.StepY, f.Height+(w.height-1)*f.StepY, f.StepY*w.stride
	f.Left, f.Width, f.StepX = f.Left-columns[0]*f.StepX, f.Width+(w.width-1)*f.StepX, f.StepX*w.stride
	return nil
}

// fit returns how many windows there are along an axis, and its padding before and after. Padded to the same size there
// is a window for each stride begun, and an odd pixel of padding stands after the image, as in TensorFlow.
func (w window) fit(size, window int) (n int, padding [2]int) {
	if w.valid {
		return (size-window)/w.stride + 1, padding
	}
	n = (size + w.stride - 1) / w.stride
	total := max(0, (n-1)*w.stride+window-size)
	return n, [2]int{total / 2, total - total/2}
}
