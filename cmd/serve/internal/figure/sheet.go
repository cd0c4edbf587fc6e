package figure

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"unpool/core/svg"
)

// Cell is a small image of a sheet.
type Cell struct {
	Height, Width, Channels int       // 1 for gray, 3 for red, green and blue
	Values                  []float64 // [Height, Width, Channels], from 0, black, to 1, white; NaN for the ground
}

// Sheet is a figure of small images in rows, each as large as the largest.
type Sheet struct {
	Title, Says string // what it shows
	Low, High   string // the numbers that black and white stand for; "" where each image has a scale of its own

	Columns int // images per row
	Pixel   int // pixels of the figure for one value's height and width
	Cells   []Cell
}

// ground is the colour behind images: distinct from all grays, on a light page and on a dark one.
var ground = color.NRGBA{0x2f, 0x4a, 0x6b, 0xff}

// PNG returns the images as a PNG image.
func (s Sheet) PNG() ([]byte, error) {
	m, err := s.draw()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = png.Encode(&b, m)
	return b.Bytes(), err
}

// SVG returns the figure as an SVG document, with its title, what it says, and its scale.
func (s Sheet) SVG() ([]byte, error) {
	m, err := s.draw()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return nil, err
	}
	d := svg.Document{Width: m.Rect.Dx(), Height: m.Rect.Dy(), Title: s.Title, Says: s.Says}
	d.Image(0, 0, d.Width, d.Height, "data:image/png;base64,"+base64.StdEncoding.EncodeToString(b.Bytes()))
	if s.Low != "" {
		d.Scale(d.Height, s.Low, s.High, [3]uint8{}, [3]uint8{255, 255, 255})
		d.Height += svg.ScaleRoom
	}
	return []byte(d.String()), nil
}

func (s Sheet) draw() (*image.NRGBA, error) {
	if len(s.Cells) == 0 || s.Columns < 1 || s.Pixel < 1 {
		return nil, fmt.Errorf("figure: %d images in rows of %d, %d pixels a value", len(s.Cells), s.Columns, s.Pixel)
	}
	height, width := 0, 0
	for _, c := range s.Cells {
		if c.Height < 1 || c.Width < 1 || c.Channels != 1 && c.Channels != 3 || len(c.Values) != c.Height*c.Width*c.Channels {
			return nil, fmt.Errorf("figure: %d values for an image of %dx%d with %d channels", len(c.Values), c.Height, c.Width, c.Channels)
		}
		height, width = max(height, c.Height), max(width, c.Width)
	}
	gap := max(8, 3*s.Pixel) // more than between the images of a mosaic
	height, width = height*s.Pixel+gap, width*s.Pixel+gap
	rows := (len(s.Cells) + s.Columns - 1) / s.Columns
	m := image.NewNRGBA(image.Rect(0, 0, min(len(s.Cells), s.Columns)*width-gap, rows*height-gap))
	draw.Draw(m, m.Bounds(), image.NewUniform(ground), image.Point{}, draw.Src)
	for i, c := range s.Cells {
		c.paint(m, i%s.Columns*width, i/s.Columns*height, s.Pixel)
	}
	return m, nil
}

func (c Cell) paint(m *image.NRGBA, left, top, pixel int) {
	level := func(v float64) uint8 { return uint8(255*min(1, max(0, v)) + 0.5) }
	for i := range c.Height * c.Width {
		v := c.Values[i*c.Channels : (i+1)*c.Channels]
		if math.IsNaN(v[0]) {
			continue
		}
		at := color.NRGBA{level(v[0]), level(v[c.Channels/2]), level(v[c.Channels-1]), 255}
		for y := range pixel {
			for x := range pixel {
				m.SetNRGBA(left+i%c.Width*pixel+x, top+i/c.Width*pixel+y, at)
			}
		}
	}
}

// Mosaic combines images of one size into one, in rows, with a line of the ground between.
func Mosaic(columns int, cells []Cell) Cell {
	one := cells[0]
	rows := (len(cells) + columns - 1) / columns
	m := Cell{Height: rows*(one.Height+1) - 1, Width: columns*(one.Width+1) - 1, Channels: one.Channels}
	m.Values = make([]float64, m.Height*m.Width*m.Channels)
	for i := range m.Values {
		m.Values[i] = math.NaN()
	}
	for i, c := range cells {
		for y := range c.Height {
			row := (i/columns*(one.Height+1)+y)*m.Width + i%columns*(one.Width+1)
			copy(m.Values[row*m.Channels:], c.Values[y*c.Width*c.Channels:(y+1)*c.Width*c.Channels])
		}
	}
	return m
}
