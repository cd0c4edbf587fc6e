package draft

import (
	"slices"
	"strings"

	"unpool/core/recipe"
	"unpool/models/net"
)

// Ablation is what can be changed in the net of a draft, one layer at a time. It is nil while the net or the images are invalid.
func (d *Draft) Ablation() []net.Ablation {
	n, task, ok := d.base()
	if !ok {
		return nil
	}
	return n.Ablations(task)
}

// base is the net that the draft begins from, and what it is for.
func (d *Draft) base() (n net.Net, task net.Task, ok bool) {
	r, _ := d.Form.Recipe()
	n, err := net.Parse(r.Net)
	return n, r.Task(), err == nil
}

// Together is the net without all layers that are to be left out one by one; nil where these are not two at least, or it is none.
func (d *Draft) Together() net.Net {
	n, task, ok := d.base()
	if !ok {
		return nil
	}
	var left []int
	for _, a := range n.Ablations(task) {
		if d.TriesNet(a.Without) {
			left = append(left, a.At)
		}
	}
	without := n.Without(left...)
	if _, err := without.Plan(task); err != nil || len(left) < 2 {
		return nil
	}
	return without
}

// TriesNet reports whether a net is one of those that are tried.
func (d *Draft) TriesNet(n net.Net) bool {
	return n != nil && d.Mode("net") == Choices && slices.Contains(d.nets(), n.String())
}

// TryNet adds a net to those that are tried, or takes it out. Where all layers that are left out are left out together, too, that follows.
func (d *Draft) TryNet(n net.Net, on bool) {
	d.SetMode("net", Choices)
	together := d.Together()
	followed := d.TriesNet(together)
	d.put(n, on)
	if now := d.Together(); followed && now.String() != together.String() && n.String() != together.String() {
		d.put(together, false)
		if now != nil {
			d.put(now, true)
		}
	}
}

func (d *Draft) put(n net.Net, on bool) {
	rest := slices.DeleteFunc(d.nets(), func(text string) bool { return text == n.String() })
	if on {
		rest = append(rest, n.String())
	}
	d.SetChoices("net", strings.Join(rest, "\n"))
}

// nets are those that are tried, by their texts.
func (d *Draft) nets() []string {
	f, _ := recipe.Lookup("net")
	return split(f, d.Choices("net"))
}
