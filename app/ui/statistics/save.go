package statistics

import (
	"bytes"
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/chart"
	"unpool/app/ui/figure"
	"unpool/app/web"
	"unpool/core/npy"
	"unpool/core/number"
	"unpool/core/run"
	"unpool/core/svg"
)

// save offers the histogram as files.
func (h *histogram) save(a axes, caption, drawing string) app.UI {
	return &figure.Save{
		Title: "Histogram of " + h.layer, File: h.file + "-histogram",
		Figure:  func() (string, error) { return h.figure(a, caption, drawing), nil },
		Numbers: func() { web.DownloadBytes(h.file+"-histogram.npy", "application/octet-stream", numbers(h.of)) },
	}
}

// figure is the histogram as a document for paper.
func (h *histogram) figure(a axes, caption, drawing string) string {
	const left, top, width, height, below, line = 68, 8, 440, 220, 28, 4 // pixels; line is how far the middle of letters is above their foot
	if h.other != nil {
		caption += fmt.Sprintf(" Bars: %s. Outline: %s.", h.name, h.otherName)
	}
	d := svg.Document{Width: left + width + 16, Height: top + height + below, Title: "Histogram of " + h.layer, Says: caption}
	ink := chart.Light
	d.Add(`<style>.bars line{stroke:%s}.bars rect{fill:%s}.bars path{fill:none;stroke:%s;stroke-width:2}.bars *{vector-effect:non-scaling-stroke}</style>`,
		ink.Line, ink.Inks[chart.Blue], ink.Inks[chart.Vermilion])
	d.Add("%s", a.stretched(fmt.Sprintf(`class="bars" x="%d" y="%d" width="%d" height="%d"`, left, top, width, height), drawing))
	d.Add(`<path d="M%d %dh%d" stroke="%s"/>`, left, top+height, width, ink.Edge)
	for _, t := range a.shares.Ticks(3) {
		d.Add(`<text text-anchor="end" x="%d" y="%.1f">%s%s%%</text>`, left-8, top+height*(1-a.shares.Pixel(t))+line, tick(100*t), number.Thin)
	}
	for _, t := range a.values.Ticks(5) {
		d.Add(`<text text-anchor="middle" x="%.1f" y="%d">%s</text>`, left+width*a.values.Pixel(t), top+height+20, tick(t))
	}
	return d.String()
}

// numbers are the bins as a file of NumPy, f32 [1 + bins, 3]: where each begins and ends, and how many activations it has. Exact zeros come
// first, from 0 to 0, as in the CSV of run.Activations.
func numbers(h run.Histogram) []byte {
	values := []float32{0, 0, float32(h.Zeros)}
	for i, c := range h.Counts {
		values = append(values, float32(h.From(i)), float32(h.From(i+1)), float32(c))
	}
	var file bytes.Buffer
	if err := npy.Write(&file, []int{1 + len(h.Counts), 3}, values); err != nil {
		panic(err) // a mistake in the program: a buffer takes every write
	}
	return file.Bytes()
}
