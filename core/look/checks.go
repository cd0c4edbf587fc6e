package look

import (
	"fmt"
	"slices"

	"unpool/core/number"
	"unpool/core/recipe"
)

// Check is a thing that can be wrong with the filters of a first layer.
type Check struct {
	Name      string  // for programs
	Title     string  // for people
	Threshold float64 // of Value
	Below     bool    // it is found where Value is below the threshold, and not above it
	Unit      string  // of Value and the threshold
	OfEach    string  // what is measured of each filter
	Source    string  // where it is described, and how the threshold was chosen
	Advice    string  // what to do

	measure func(b *bank, threshold float64) Finding
	fix     func(r *recipe.Recipe, f Finding) (says string, ok bool)
}

// Checks are those that Diagnose makes. Their thresholds were chosen so that the published nets, before and after training, and random
// weights of 3x3 to 11x11 have none of them, but for filters that were not trained and move by a stride.
var Checks = []Check{
	{
		Name: "dead", Title: "Dead filters", Threshold: 0.01, Below: true, Unit: "of the RMS before training",
		OfEach: "RMS, as a share of the RMS before training",
		Source: "Zeiler and Fergus (2013), section 4.1. Threshold chosen: a filter a hundred times weaker than before training contributes nothing beside the others; " +
			"the weakest of the published nets has 0.48 of it.",
		Advice:  "Train with a lower learning rate, or normalise the layer’s output.",
		measure: dead, fix: lowerRate,
	},
	{
		Name: "dominating", Title: "Dominating filters", Threshold: 3, Unit: "times the median RMS", OfEach: "RMS, in medians",
		Source: "Zeiler and Fergus (2013), section 4.1: a few filters dominate. Threshold chosen: the strongest of the published nets has 1.6 medians, " +
			"the strongest random filter of 3x3 weights 2.3.",
		Advice:  "Renormalise each filter whose RMS exceeds a radius to that radius, as the paper does.",
		measure: dominating, fix: renormalize,
	},
	{
		Name: "middle", Title: "Missing middle frequencies", Threshold: 0.5, Below: true,
		Unit:   "times the energy of the low or high frequencies, whichever is less",
		OfEach: "energy in the middle frequencies; 1 if all are passed equally",
		Source: "Zeiler and Fergus (2013), section 4.1: a mix of extremely high and low frequencies, with little coverage of the middle. Threshold chosen: " +
			"the published nets have 1.0 to 2.0, random filters about 1, a mix of smooth and checkered ones of 7x7 has 0.1.",
		Advice:  "Make the filters of the first layer smaller, as the paper does (11x11 to 7x7).",
		measure: middle, fix: smallerFilters,
	},
	{
		Name: "aliasing", Title: "Aliasing", Threshold: 2.0 / 3, Unit: "of the energy", OfEach: "share of its energy above what the stride keeps",
		Source: "Zeiler and Fergus (2013), section 4.1: caused by the large stride of 4; Nyquist's limit (Shannon, 1949). Threshold chosen: filters trained " +
			"here with stride 2 have 0.56 to 0.62, with stride 4 0.78; random ones 0.72 and 0.91.",
		Advice:  "Make the stride of the first layer smaller, as the paper does (4 to 2).",
		measure: aliasing, fix: smallerStride,
	},
}

// deadCheck is the place of the dead filters' check, whose threshold says which filters the others leave out.
const deadCheck = 0

// fewest is how many weights a filter has, and how many filters a layer, at least for their sizes and spectra to say anything: one random
// number is often far from all others.
const fewest = 4

// bank is what is measured of a layer's filters.
type bank struct {
	stride  int
	live    []int     // filters that are not dead
	weights int       // of a filter
	began   float64   // the RMS that training begins with
	typical float64   // the median RMS of the live filters
	rms     []float64 // of each filter
	spectra [][]float64
	mean    []float64 // of the live filters' spectra
}

// median is that of the numbers at some places, 0 of none.
func median(values []float64, places []int) float64 {
	var sorted []float64
	for _, i := range places {
		sorted = append(sorted, values[i])
	}
	slices.Sort(sorted)
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

func (b *bank) of(filters []int) string {
	return fmt.Sprintf("%s of %s filters", number.Int(len(filters)), number.Int(len(b.rms)))
}

// dead finds filters whose weights have almost no magnitude, so that they give the same for every image.
func dead(b *bank, _ float64) (f Finding) {
	if b.weights < fewest || b.began == 0 {
		f.Says = "The filters have too few weights for their magnitude to be meaningful."
		return f
	}
	f.Applies = true
	for i, r := range b.rms {
		f.Each = append(f.Each, r/b.began)
		if !slices.Contains(b.live, i) {
			f.Filters = append(f.Filters, i)
		}
	}
	f.Value = slices.Min(f.Each)
	f.Found = len(f.Filters) > 0
	f.Says = fmt.Sprintf("%s have weights close to zero: the smallest RMS is %s\u00a0%% of that before training.", b.of(f.Filters), number.Percent(f.Value))
	if !f.Found {
		f.Says = fmt.Sprintf("No filter is dead: the smallest RMS is %s\u00a0%% of that before training.", number.Percent(f.Value))
	}
	return f
}

// dominating finds filters with a far larger RMS than the others.
func dominating(b *bank, threshold float64) (f Finding) {
	if b.weights < fewest || b.typical == 0 {
		f.Says = "The filters have too few weights, or weights of zero, so none can dominate."
		return f
	}
	f.Applies = true
	for i, r := range b.rms {
		f.Each = append(f.Each, r/b.typical)
		if f.Each[i] > threshold {
			f.Filters = append(f.Filters, i)
		}
	}
	f.Value = slices.Max(f.Each)
	f.Found = len(f.Filters) > 0
	f.Says = fmt.Sprintf("%s are far stronger than the rest: the largest RMS is %s times the median.", b.of(f.Filters), number.Significant(f.Value, 2))
	if !f.Found {
		f.Says = fmt.Sprintf("No filter dominates: the largest RMS is %s times the median.", number.Significant(f.Value, 2))
	}
	return f
}

// The middle frequencies are the middle third of those from 0 to Nyquist's, half a cycle a pixel, in any direction.
const middleFrom, middleTo = 1.0 / 6, 1.0 / 3

// middle finds filters that together pass low and high frequencies but few between them: the energy of each band is that for one
// frequency, so that filters which pass all alike have 1 in each. Filters of natural images have most in the low ones and less
// and less from there on; nothing is missing in that, so the middle is compared with the weaker end.
func middle(b *bank, threshold float64) (f Finding) {
	if len(b.live) < fewest {
		f.Says = "There are too few filters for a mix of frequencies."
		return f
	}
	f.Applies = true
	density := func(spectrum []float64, from, to float64) float64 {
		share, flat := energy(spectrum, ring(from, to))
		return share / flat
	}
	f.Each = make([]float64, len(b.spectra))
	for _, i := range b.live {
		f.Each[i] = density(b.spectra[i], middleFrom, middleTo)
	}
	low, between, high := density(b.mean, 0, middleFrom), density(b.mean, middleFrom, middleTo), density(b.mean, middleTo, 1)
	const most = 100 // where an end is as good as empty, there is no mix
	f.Value = most
	if weaker := min(low, high); weaker > between/most {
		f.Value = between / weaker
	}
	f.Found = f.Value < threshold
	f.Says = fmt.Sprintf("In the middle frequencies, %s to %s cycles per pixel, the filters have %s times the energy that they have in the low or the high "+
		"ones, whichever is less.", number.Significant(middleFrom, 2), number.Significant(middleTo, 2), number.Significant(f.Value, 2))
	if f.Found {
		for _, i := range b.live {
			if f.Each[i] < threshold {
				f.Filters = append(f.Filters, i)
			}
		}
	}
	return f
}

// aliasing finds filters that pass frequencies which the layer's stride does not keep, so that they turn up as others: of every stride-th
// place only those up to half a cycle in stride pixels are left, along each axis. Only the layer's own stride counts. A pool after it
// leaves out places too, but not of what the filters give: a ReLU and the largest number of each window come before, which make other
// frequencies of it, about which the filters say nothing.
func aliasing(b *bank, threshold float64) (f Finding) {
	switch {
	case b.stride == 1:
		f.Says = "The layer skips no position (its stride is 1), so there can be no aliasing."
		return f
	case len(b.live) == 0:
		f.Says = "All filters are zero."
		return f
	}
	f.Applies = true
	most := beyond(0.5 / float64(b.stride))
	f.Each = make([]float64, len(b.spectra))
	for _, i := range b.live {
		f.Each[i], _ = energy(b.spectra[i], most)
	}
	share, flat := energy(b.mean, most)
	f.Value, f.Found = share, share > threshold
	if f.Found {
		for _, i := range b.live {
			if f.Each[i] > threshold {
				f.Filters = append(f.Filters, i)
			}
		}
	}
	f.Says = fmt.Sprintf("%s\u00a0%% of the filters' energy is in frequencies that a stride of %d cannot keep, above %s cycles per pixel; if they passed all "+
		"equally, it would be %s\u00a0%%.", number.Percent(share), b.stride, number.Significant(0.5/float64(b.stride), 2), number.Percent(flat))
	return f
}
