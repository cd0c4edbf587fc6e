package learn

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// progress is which steps the reader has seen, as this browser keeps it.
type progress struct {
	seen     map[string][]int // of each chapter
	last     string           // the address of the step seen last; "" for none
	restored bool
}

const (
	seenKey = "learn-seen"
	lastKey = "learn-last"
)

// restore reads what is kept, once.
func (p *progress) restore(ctx app.Context) {
	if p.restored {
		return
	}
	p.restored = true
	if err := ctx.LocalStorage().Get(seenKey, &p.seen); err != nil || p.seen == nil {
		p.seen = map[string][]int{} // none is kept, or another version's
	}
	if ctx.LocalStorage().Get(lastKey, &p.last) != nil {
		p.last = ""
	}
}

// mark keeps that a step has been seen.
func (p *progress) mark(ctx app.Context, at place) {
	if !p.has(at) {
		p.seen[at.chapter] = append(p.seen[at.chapter], at.step)
	}
	p.last = at.link()
	for key, what := range map[string]any{seenKey: p.seen, lastKey: p.last} {
		if err := ctx.LocalStorage().Set(key, what); err != nil {
			app.Log("how far you have read cannot be remembered: ", err) // it still holds for this visit
		}
	}
}

// has reports whether a step has been seen.
func (p *progress) has(at place) bool { return slices.Contains(p.seen[at.chapter], at.step) }

// count is how many of a chapter's steps have been seen.
func (p *progress) count(chapter string, steps int) (n int) {
	for step := range steps {
		if p.has(place{chapter, step}) {
			n++
		}
	}
	return n
}
