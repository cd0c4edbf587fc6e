package draft

import (
	"slices"
	"strings"

	"unpool/core/recipe"
	"unpool/models/net"
)

// Ablation is which nets a draft tries that lack a layer of its own net, or have one of another width.
type Ablation struct {
	Net    net.Net        // the draft's own
	Layers []net.Ablation // what can be changed in it; none while it or the images are invalid

	draft *Draft
	task  net.Task
}

// NewAblation returns that of a draft as it is now.
func NewAblation(d *Draft) *Ablation {
	r, _ := d.Form.Recipe()
	n, err := net.Parse(r.Net)
	if err != nil {
		return &Ablation{}
	}
	return &Ablation{n, n.Ablations(r.Task()), d, r.Task()}
}

// Together is the net without all layers that are left out one by one; nil where these are not two at least, or it is none.
func (a *Ablation) Together() net.Net {
	var left []int
	for _, l := range a.Layers {
		if a.Tries(l.Without) {
			left = append(left, l.At)
		}
	}
	without := a.Net.Without(left...)
	if _, err := without.Plan(a.task); err != nil || len(left) < 2 {
		return nil
	}
	return without
}

// Tries reports whether a net is one of those that are tried.
func (a *Ablation) Tries(n net.Net) bool {
	return n != nil && a.draft.Mode("net") == Choices && slices.Contains(a.tried(), n.String())
}

// Try adds a net to those that are tried, or takes it out. Where all layers that are left out are left out together, too, that follows.
func (a *Ablation) Try(n net.Net, on bool) {
	a.draft.SetMode("net", Choices)
	together := a.Together()
	followed := a.Tries(together)
	a.put(n, on)
	if now := a.Together(); followed && now.String() != together.String() && n.String() != together.String() {
		a.put(together, false)
		if now != nil {
			a.put(now, true)
		}
	}
}

func (a *Ablation) put(n net.Net, on bool) {
	rest := slices.DeleteFunc(a.tried(), func(text string) bool { return text == n.String() })
	if on {
		rest = append(rest, n.String())
	}
	a.draft.SetChoices("net", strings.Join(rest, "\n"))
}

// tried are the nets that are tried, by their texts.
func (a *Ablation) tried() []string {
	f, _ := recipe.Lookup("net")
	return split(f, a.draft.Choices("net"))
}
