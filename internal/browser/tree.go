package browser

import (
	"encoding/json"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
)

// plain are the roles of what is only text or only holds others.
var plain = map[string]bool{
	"none": true, "generic": true, "paragraph": true, "StaticText": true, "InlineTextBox": true, "LineBreak": true, "ListMarker": true,
	"LabelText": true, "MenuListPopup": true,
}

// Tree returns what the page is to assistive technology: a line for each thing with its role and its name, indented below what it is part of. Text is
// left out, and so is what only holds other things.
func (tab *Tab) Tree() string {
	tab.t.Helper()
	nodes := map[accessibility.NodeID]*accessibility.Node{}
	all := run(tab, "read the accessibility tree", command(accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})).Nodes
	for _, n := range all {
		nodes[n.NodeID] = n
	}
	var b strings.Builder
	var add func(n *accessibility.Node, depth int)
	add = func(n *accessibility.Node, depth int) {
		if role := text(n.Role); !n.Ignored && !plain[role] {
			line := role
			if name := text(n.Name); name != "" {
				line += ` "` + strings.Join(strings.Fields(name), " ") + `"`
			}
			b.WriteString(strings.Repeat("  ", depth) + line + "\n")
			depth++
		}
		for _, id := range n.ChildIDs {
			if child := nodes[id]; child != nil {
				add(child, depth)
			}
		}
	}
	if len(all) > 0 {
		add(all[0], 0)
	}
	return b.String()
}

// text is a value that is one.
func text(v *accessibility.Value) (text string) {
	if v != nil && json.Unmarshal(v.Value, &text) != nil {
		return ""
	}
	return text
}
