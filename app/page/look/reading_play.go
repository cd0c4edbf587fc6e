package look

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
)

// tempo is the time between two rows.
const tempo = 180 * time.Millisecond

// play reads row by row, in the direction of the chosen unit, or stops.
func play(r *reading, ctx app.Context) {
	if r.plays != 0 {
		r.plays = 0
		r.chosen()
		return
	}
	r.played++
	r.plays = r.played
	d, _ := r.direction()
	if first, last := ends(d.Backward, r.rows()); r.at() == last {
		r.row = first
	}
	tick(r, ctx)
}

// ends are the rows that are read first and last.
func ends(backward bool, rows int) (first, last int) {
	if backward {
		return rows - 1, 0
	}
	return 0, rows - 1
}

// tick goes to the next row.
func tick(r *reading, ctx app.Context) {
	play := r.plays
	ctx.After(tempo, func(ctx app.Context) {
		if r.plays != play {
			return
		}
		if r.answer == nil || web.Still() { // since a moment ago
			r.plays = 0
			return
		}
		d, _ := r.direction()
		_, last := ends(d.Backward, r.rows())
		at := r.at()
		if at == last {
			r.plays = 0
			r.chosen()
			return
		}
		if r.row = at + 1; d.Backward {
			r.row = at - 1
		}
		tick(r, ctx)
	})
}
