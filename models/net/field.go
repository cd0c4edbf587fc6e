package net

// Field is a receptive field: the pixels of the net's image that an output can depend on. The output in row y and column x
// sees Height rows from Top + y·StepY on, and Width columns from Left + x·StepX on. What of that lies outside of the image is
// padding. A layer that reads everything has steps of 0.
type Field struct {
	Top, Left     int
	Height, Width int
	StepY, StepX  int
}

// union is the field of a sum of outputs with fields f and g.
func (f Field) union(g Field) Field {
	f.Top, f.Height = span(f.Top, f.Height, g.Top, g.Height)
	f.Left, f.Width = span(f.Left, f.Width, g.Left, g.Width)
	return f
}

// span is the shortest stretch over two, each from a start on and so long.
func span(a, lengthA, b, lengthB int) (start, length int) {
	start = min(a, b)
	return start, max(a+lengthA, b+lengthB) - start
}
