package picture

import (
	"fmt"

	"unpool/app/page/sweeps/study"
	"unpool/core/number"
)

// Importance shows by how much each field matters, as bars; what may be chance is pale.
func Importance(all []study.Importance, width, text float64) (drawn string, height float64) {
	var d drawing
	names := 0.0
	for _, one := range all {
		names = max(names, letter(text)*float64(len([]rune(one.Axis.Label))))
	}
	names = min(names+12, width/2.4)
	after := 13 * letter(text) // for "100 %, chance?"
	row := 2 * text
	for i, one := range all {
		y := float64(i) * row
		length := (width - names - after) * one.Share
		class, says := "share", number.Share(one.Share)
		if one.Chance {
			class, says = "share chance", says+", chance?"
		}
		d.words("", "end", names-8, y+1.25*text, cut(one.Axis.Label, names-8, text))
		fmt.Fprintf(&d, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, class, names, y+0.2*row, max(1, length), 0.6*row)
		d.words("", "start", names+length+6, y+1.25*text, says)
	}
	d.line("axis", names, 0, names, float64(len(all))*row)
	return d.String(), float64(len(all))*row + 2
}
