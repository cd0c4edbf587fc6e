package look

import (
	"unpool/core/guard"
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
