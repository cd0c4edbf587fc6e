package look

import (
	"unpool/core/guard"
	"unpool/models/net"
	"unpool/models/nn"
)

// FirstLayer returns the first layer's weights as small images: see nn.FirstWeights.
func (n *Net) FirstLayer() (p nn.Picture, err error) {
	err = guard.Protect(func() error {
		if err := n.hold(n.values); err != nil {
			return err
		}
		p, err = nn.FirstWeights(n.store, n.Plan)
		return err
	})
	return p, err
}

// WithFilters are the names of the layers whose weights are pictures: the first that has weights, and all convolutions and recurrent
// layers. There is one at least.
func (n *Net) WithFilters() (names []string) {
	for p := range n.Plan.All() {
		switch p.Layer.(type) {
		case net.Conv, net.Cell:
			names = append(names, p.Name)
		default:
			if len(names) == 0 && p.Products > 0 {
				names = append(names, p.Name)
			}
		}
	}
	return names
}
