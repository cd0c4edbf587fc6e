package app

import (
	"unpool/app/ui/chart"
	"unpool/core/run"
	"unpool/models"
)

// onShow is the net that the page is about: of the run, or before it of the menu.
func (p *trainPage) onShow() models.Entry {
	if p.view.Phase == run.Empty {
		return p.entry
	}
	return p.shown
}

// ownOnShow reports whether the page is about pictures of the user's own, for which there is no baseline.
func (p *trainPage) ownOnShow() bool {
	if r, ok := p.view.Recipe(); ok {
		_, own := r.Dataset.Folder()
		return own
	}
	return p.data.own()
}

func (p *trainPage) accuracySpec() chart.Spec {
	net := p.onShow()
	if p.ownOnShow() {
		net.Baseline = nil
	}
	return accuracySpec(net, &p.view, p.lastStep())
}

func (p *trainPage) lossSpec() chart.Spec { return lossSpec(&p.view, p.lastStep()) }

// lastStep is where the charts' X axis can end at most.
func (p *trainPage) lastStep() float64 {
	r, ok := p.view.Recipe()
	if !ok {
		r, _ = p.recipe()
	}
	return float64(r.Steps)
}
