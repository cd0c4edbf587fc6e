package net

// Mean is the mean of each channel over all places of an image (Lin, Chen and Yan, "Network in network", 2014), or of each
// feature over all steps of a sequence.
type Mean struct{}

func parseMean(*options) Layer { return Mean{} }

func (Mean) String() string { return "mean" }

// Words says what the layer is.
func (Mean) Words() string { return "mean of each map" }

func (Mean) stem() string      { return "mean" }
func (Mean) options() []Option { return nil }

func (Mean) place(p *Placed, w *walk) error {
	if !p.In.image() && !p.In.sequence() {
		return p.needs("an image or a sequence")
	}
	p.Out, p.Field = Shape{p.In.last()}, w.task.everything()
	return nil
}
