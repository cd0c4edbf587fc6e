package filters

import (
	"fmt"
	"html"
	"strings"

	"unpool/core/run"
)

// SVG is a figure: a picture, which an address has, under its title and what it says, over its scale.
func SVG(w *run.Weights, g Grid, picture, title, says string) string {
	const margin, line = 16, 20
	lines := wrapped(says, max(40, g.Width*g.Scale/7))
	width := max(g.Width*g.Scale, 320) + 2*margin
	top := margin + line*(1+len(lines)) + 4
	bottom := top + g.Height*g.Scale
	height := bottom + 2*line + margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" font-family="sans-serif" font-size="13">`, width, height)
	fmt.Fprintf(&b, `<title>%s</title><rect width="%d" height="%d" fill="white"/>`, html.EscapeString(title), width, height)
	fmt.Fprintf(&b, `<text x="%d" y="%d" font-weight="600">%s</text>`, margin, margin+12, html.EscapeString(title))
	for i, l := range lines {
		fmt.Fprintf(&b, `<text x="%d" y="%d" fill="#5f5952">%s</text>`, margin, margin+12+line*(i+1), html.EscapeString(l))
	}
	fmt.Fprintf(&b, `<image x="%d" y="%d" width="%d" height="%d" style="image-rendering:pixelated" href="%s" xlink:href="%[5]s"/>`,
		margin, top, g.Width*g.Scale, g.Height*g.Scale, picture)
	rgb := func(c [3]uint8) string { return fmt.Sprintf("rgb(%d,%d,%d)", c[0], c[1], c[2]) }
	fmt.Fprintf(&b, `<defs><linearGradient id="ramp"><stop offset="0" stop-color="%s"/><stop offset="0.5" stop-color="%s"/><stop offset="1" stop-color="%s"/></linearGradient></defs>`,
		rgb(Light.Low), rgb(Light.Zero), rgb(Light.High))
	fmt.Fprintf(&b, `<text x="%d" y="%d">%s</text><rect x="%d" y="%d" width="160" height="10" fill="url(#ramp)" stroke="#d6d3d1"/><text x="%d" y="%[2]d">%[7]s</text></svg>`,
		margin, bottom+line+6, signed(-w.Scale), margin+64, bottom+line-3, margin+232, signed(w.Scale))
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
