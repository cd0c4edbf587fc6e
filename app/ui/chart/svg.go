package chart

import (
	"fmt"
	"html"
	"strings"
)

// exportStyle gives an exported figure the page's light colours, since it leaves the page's style sheet behind.
const exportStyle = `text{font:13px system-ui,sans-serif;fill:#57534e}.title{font-size:15px;font-weight:600;fill:#1c1917}` +
	`line,path{fill:none;stroke:#e7e5e4}.axis{stroke:#a8a29e}.reference{stroke:#57534e;stroke-dasharray:2 4}.break{stroke:#57534e;stroke-dasharray:1 3}` +
	`.curve,.raw{stroke-width:2;stroke-linejoin:round}.raw{opacity:.25;stroke-width:1}` +
	`.train{stroke:#0072b2;stroke-dasharray:6 4}.test{stroke:#d55e00}.validation{stroke:#00805c;stroke-dasharray:1.5 4}.other{stroke:#a3468a;stroke-dasharray:8 3 2 3}` +
	`.marker{stroke-dasharray:none}.marker.train{fill:#0072b2}.marker.test{fill:#d55e00}.marker.validation{fill:#00805c}.marker.other{fill:#a3468a}`

// SVG writes the chart as a figure that stands alone, with a title and a legend.
func (p Plot) SVG(title string) string {
	const head = 60.0
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%s" height="%s" role="img">`,
		pixel(p.Width), pixel(p.Height+head), pixel(p.Width), pixel(p.Height+head))
	fmt.Fprintf(&b, "\n<title>%s</title>\n<style>%s</style>\n", html.EscapeString(title), exportStyle)
	b.WriteString(`<rect width="100%" height="100%" fill="#fff"/>` + "\n")
	writeMark(&b, Mark{Tag: "text", Class: "title", Text: title, Attrs: [][2]string{{"x", pixel(marginLeft)}, {"y", "24"}}})
	last := 0.0
	if xs := steps(p.Series); len(xs) > 0 {
		last = xs[len(xs)-1]
	}
	x := marginLeft
	for _, e := range p.Legend(last) {
		writeMark(&b, Mark{Tag: "path", Class: e.Class, Attrs: [][2]string{{"d", fmt.Sprintf("M%s 44h24", pixel(x))}}})
		label := strings.TrimSpace(e.Name + " " + e.Value)
		writeMark(&b, Mark{Tag: "text", Text: label, Attrs: [][2]string{{"x", pixel(x + 32)}, {"y", "48"}}})
		x += 32 + 8*float64(len([]rune(label))) + 16 // a figure is read by many programs: widths are estimates
	}
	fmt.Fprintf(&b, `<g transform="translate(0 %s)">`+"\n", pixel(head))
	for _, m := range p.Marks() {
		writeMark(&b, m)
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

func writeMark(b *strings.Builder, m Mark) {
	b.WriteString("<" + m.Tag)
	if m.Class != "" {
		fmt.Fprintf(b, ` class="%s"`, html.EscapeString(m.Class))
	}
	for _, a := range m.Attrs {
		fmt.Fprintf(b, ` %s="%s"`, a[0], html.EscapeString(a[1]))
	}
	if m.Text == "" {
		b.WriteString("/>\n")
		return
	}
	fmt.Fprintf(b, ">%s</%s>\n", html.EscapeString(m.Text), m.Tag)
}
