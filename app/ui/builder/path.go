package builder

import (
	"fmt"
	"slices"
	"strings"

	"unpool/models/net"
)

// Path leads to a layer: its place in the net from 0, after those of the groups that it is in. nil leads to none.
type Path []int

// String is how people count the layer: "1" for the first, "4.2" for the second of the group that is the fourth.
func (p Path) String() string {
	parts := make([]string, len(p))
	for i, n := range p {
		parts[i] = fmt.Sprint(n + 1)
	}
	return strings.Join(parts, ".")
}

// group is the path of the group that the layer is in, nil for none; last is its place in there.
func (p Path) group() Path { return p[:len(p)-1] }
func (p Path) last() int   { return p[len(p)-1] }

// with is the path of place i of the group that p leads to.
func (p Path) with(i int) Path { return append(slices.Clone(p), i) }

// beside is the path of another place in the same list.
func (p Path) beside(i int) Path { return p.group().with(i) }

// list returns the layers of the group that a path leads to, of the net for nil.
func list(n net.Net, group Path) net.Net {
	for _, i := range group {
		n = n[i].(net.Residual).Layers
	}
	return n
}

// at returns the layer that a path leads to, nil for none.
func at(n net.Net, path Path) net.Layer {
	for depth, i := range path {
		if i < 0 || i >= len(n) {
			return nil
		}
		if depth == len(path)-1 {
			return n[i]
		}
		group, ok := n[i].(net.Residual)
		if !ok {
			return nil
		}
		n = group.Layers
	}
	return nil
}

// edit returns a copy of n in which do has changed the layers of a group, of the net for nil. It hands do a copy.
func edit(n net.Net, group Path, do func(net.Net) net.Net) net.Net {
	n = slices.Clone(n)
	if len(group) == 0 {
		return do(n)
	}
	inner := n[group[0]].(net.Residual).Layers
	n[group[0]] = net.Residual{Layers: edit(inner, group[1:], do)}
	return n
}

// insert returns a copy of n with a layer put in at a path.
func insert(n net.Net, path Path, l net.Layer) net.Net {
	return edit(n, path.group(), func(n net.Net) net.Net { return slices.Insert(n, path.last(), l) })
}

// remove returns a copy of n without the layer at a path.
func remove(n net.Net, path Path) net.Net {
	return edit(n, path.group(), func(n net.Net) net.Net { return slices.Delete(n, path.last(), path.last()+1) })
}

// replace returns a copy of n with another layer at a path.
func replace(n net.Net, path Path, l net.Layer) net.Net {
	return edit(n, path.group(), func(n net.Net) net.Net {
		n[path.last()] = l
		return n
	})
}
