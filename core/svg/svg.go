// Package svg writes pictures as SVG documents: a title, a caption in lines, the drawing and its colour scale. The page and the command line
// write the same; it needs the standard library only.
package svg

import (
	"fmt"
	"html"
	"strings"
)

// Document is an SVG document under construction: a title, what it says in lines, and below them whatever is drawn.
type Document struct {
	Width, Height int // of what is drawn
	Title, Says   string
	body          strings.Builder
}

const (
	margin = 16
	line   = 20
)

// Add draws an SVG element.
func (d *Document) Add(format string, args ...any) { fmt.Fprintf(&d.body, format, args...) }

// Image draws the picture of an address with crisp pixels.
func (d *Document) Image(x, y, width, height int, address string) {
	d.Add(`<image x="%d" y="%d" width="%d" height="%d" style="image-rendering:pixelated" href="%s"/>`, x, y, width, height, address)
}

// Text draws a text.
func (d *Document) Text(x, y int, text string) {
	d.Add(`<text x="%d" y="%d">%s</text>`, x, y, html.EscapeString(text))
}

// ScaleRoom is the height of a Scale with the gap above it.
const ScaleRoom = 32

// Scale draws which colours stand for the numbers from low to high, below what ends at y: the colours, red, green and blue, at equal distances.
func (d *Document) Scale(y int, low, high string, colors ...[3]uint8) {
	d.Add(`<defs><linearGradient id="ramp">`)
	for i, c := range colors {
		d.Add(`<stop offset="%g" stop-color="rgb(%d,%d,%d)"/>`, float64(i)/float64(len(colors)-1), c[0], c[1], c[2])
	}
	d.Add(`</linearGradient></defs>`)
	d.Text(0, y+26, low)
	d.Add(`<rect x="64" y="%d" width="160" height="10" fill="url(#ramp)" stroke="#d6d3d1"/>`, y+17)
	d.Text(232, y+26, high)
}

// String is the document.
func (d *Document) String() string {
	width := max(d.Width, 320)
	lines := wrapped(d.Says, max(40, width/7))
	top := margin + line*(1+len(lines)) + 4
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" font-family="sans-serif" font-size="13">`,
		width+2*margin, top+d.Height+margin)
	title := html.EscapeString(d.Title)
	fmt.Fprintf(&b, `<title>%s</title><rect width="100%%" height="100%%" fill="white"/><text x="%d" y="%d" font-weight="600">%[1]s</text>`, title, margin, margin+12)
	for i, l := range lines {
		fmt.Fprintf(&b, `<text x="%d" y="%d" fill="#5f5952">%s</text>`, margin, margin+12+line*(i+1), html.EscapeString(l))
	}
	fmt.Fprintf(&b, `<g transform="translate(%d %d)">%s</g></svg>`, margin, top, d.body.String())
	return b.String()
}

// wrapped breaks a text into lines of so many letters.
func wrapped(text string, letters int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > letters {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
