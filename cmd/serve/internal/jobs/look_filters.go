package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/figure"
	"unpool/core/look"
	"unpool/core/markdown"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

const (
	mostKernels    = 64 // of a map, and maps of a layer, in a picture
	spectrumPixels = 8  // of a figure for a frequency
)

// filters shows a layer's weights: of the first layer through training, with what is wrong with its filters; of a deeper convolution
// by input map; of a recurrent layer by gate.
func (x *insight) filters(ctx context.Context) error {
	names := x.net.WithFilters()
	layer := cmp.Or(x.Layer, names[0])
	if !slices.Contains(names, layer) {
		return command.Usage("-layer: the net has no filters %q; it has those of %s", layer, strings.Join(names, ", "))
	}
	first := layer == names[0]
	if first {
		if err := x.growth(ctx); err != nil {
			return err
		}
	}
	r, err := x.net.Recurrent(ctx, layer, nil)
	switch {
	case err == nil:
		return x.gates(r)
	case !errors.Is(err, look.ErrNoCell):
		return err
	case first:
		return x.diagnosis()
	}
	return x.kernels(layer)
}

// growth shows the first layer's weights through training, on one scale.
func (x *insight) growth(ctx context.Context) error {
	snapshots := x.view.Snapshots
	if len(snapshots) == 0 { // the weights that there are
		snapshots = []run.Snapshot{{Step: x.net.Step}}
	}
	var all []float32
	var cells []figure.Cell
	var steps []string
	count, layer := 0, ""
	for _, s := range snapshots {
		at := x.net
		if s.Name != "" {
			c, err := store.ReadSnapshot(x.kept.Get(ctx, x.id, s.Name))
			if err != nil {
				return err
			}
			if at, err = x.net.With(c); err != nil {
				return err
			}
			defer at.Close()
		}
		p, err := at.FirstLayer()
		if err != nil {
			return err
		}
		count, layer = p.Count, p.Layer
		steps = append(steps, number.Plain(s.Step))
		all = append(all, p.Values...)
		size := p.Height * p.Width * p.Channels
		for i := range p.Count {
			c := figure.Cell{Height: p.Height, Width: p.Width, Channels: p.Channels}
			for _, v := range p.Values[i*size : (i+1)*size] {
				c.Values = append(c.Values, float64(v))
			}
			cells = append(cells, c)
		}
	}
	largest := largestOf(all)
	for _, c := range cells {
		for i := range c.Values {
			c.Values[i] = 0.5 + 0.5*c.Values[i]/float64(largest)
		}
	}
	one := cells[0]
	if one.Channels != 1 && one.Channels != 3 {
		return command.Usage("the first layer's weights cannot be drawn as images: they have %d channels", one.Channels)
	}
	s := figure.Sheet{
		Title: "The first layer's weights through training", Says: fmt.Sprintf("%s: each row is a step of training, each column a filter or unit. All share one scale, so steps "+
			"can be compared: gray is zero. Steps, from the top: %s.", layer, strings.Join(steps, ", ")),
		Low: significant(-largest), High: significant(largest), Columns: count, Pixel: max(2, 32/one.Width), Cells: cells,
	}
	return errors.Join(x.picture("filters", s), x.array("filters", []int{len(steps), count, one.Height, one.Width, one.Channels}, all))
}

// diagnosis says what is wrong with the first layer's filters, if they are those of a convolution.
func (x *insight) diagnosis() error {
	d, err := x.net.Diagnose()
	if errors.Is(err, look.ErrNoFilters) {
		return nil
	}
	if err != nil {
		return err
	}
	var rows [][]string
	var notes strings.Builder
	for _, f := range d.Findings {
		measured, found := "–", "no"
		if f.Applies {
			measured = number.Significant(f.Value, 2) + " " + f.Unit
		}
		if f.Found {
			found = "**yes**"
		}
		rows = append(rows, []string{f.Title, found, measured, threshold(f.Check), list(f.Filters), f.Advice})
		fmt.Fprintf(&notes, "- **%s**: %s", f.Title, f.Says)
		if fixed, says, ok := f.Fix(x.net.Recipe); ok {
			fmt.Fprintf(&notes, " To try, with the run's other settings: `%s`. %s", flags(x.net.Recipe, fixed), says)
		}
		fmt.Fprintf(&notes, " (%s)\n", f.Source)
	}
	x.say("## Diagnosis after step %s\n\n%s\n%s", number.Plain(x.net.Step),
		markdown.Table([]string{"finding", "found", "measured", "threshold", "filters", "what to do"}, rows), strings.TrimSpace(notes.String()))
	x.say("What was measured of each filter: [filters.csv](filters.csv).")
	spectrum := figure.Cell{Height: look.SpectrumSize, Width: look.SpectrumSize, Channels: 1}
	var values []float32
	largest := max(slices.Max(d.Spectrum), math.SmallestNonzeroFloat32)
	for _, v := range d.Spectrum {
		values = append(values, float32(v))
		spectrum.Values = append(spectrum.Values, v/largest)
	}
	x.say("## Spectrum")
	s := figure.Sheet{
		Title: "Mean power spectrum of the filters", Says: "Which frequencies the filters pass, on average, in multiples of the mean: frequency 0 is in the middle, half a cycle " +
			"per pixel at the left and upper edges.",
		Low: "0", High: number.Significant(largest, 2), Columns: 1, Pixel: spectrumPixels, Cells: []figure.Cell{spectrum},
	}
	return errors.Join(
		x.file("filters.csv", []byte(measures(d))),
		x.picture("spectrum", s),
		x.array("spectrum", []int{look.SpectrumSize, look.SpectrumSize}, values),
	)
}

// threshold is a check's, with the side on which something is found.
func threshold(c look.Check) string {
	side := "above"
	if c.Below {
		side = "below"
	}
	return fmt.Sprintf("%s %.2g", side, c.Threshold)
}

// list is the numbers of filters or maps.
func list(places []int) string {
	var all []string
	for _, i := range places {
		all = append(all, number.Plain(i))
	}
	return strings.Join(all, ", ")
}

// flags are those of serve train for another recipe.
func flags(was, is recipe.Recipe) string {
	var all []string
	for _, d := range recipe.Differences(was, is) {
		if f, ok := recipe.Lookup(d.Name); ok {
			all = append(all, fmt.Sprintf("-%s %q", f.Flag(), d.B))
		}
	}
	return strings.Join(all, " ")
}

// measures is what the checks measured of each filter, as CSV.
func measures(d *look.Diagnosis) string {
	head := "filter,rms"
	for _, f := range d.Findings {
		head += "," + f.Name
	}
	lines := []string{head}
	for i, r := range d.RMS {
		line := fmt.Sprintf("%d,%g", i, r)
		for _, f := range d.Findings {
			line += ","
			if f.Applies {
				line += fmt.Sprint(f.Each[i])
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n") + "\n"
}

// kernels shows those of a deeper convolution by input map.
func (x *insight) kernels(layer string) error {
	k, err := x.net.Kernels(layer)
	if err != nil {
		return err
	}
	largest := largestOf(k.Values)
	shown := min(k.In, mostKernels)
	s := figure.Sheet{
		Title: "Kernels of " + layer + " by input map", Says: fmt.Sprintf("Each row is an output map of %s (%d of %d), each column an input map; the row's %d strongest kernels, "+
			"strongest on the left. All share one scale: gray is zero.", layer, min(k.Out, mostKernels), k.Out, shown),
		Low: significant(-largest), High: significant(largest), Columns: shown, Pixel: max(2, 32/k.Width),
	}
	var lines strings.Builder
	for out := range k.Out {
		order := k.Strongest(out)
		fmt.Fprintf(&lines, "%d,%s\n", out, strings.ReplaceAll(strings.Trim(fmt.Sprint(order), "[]"), " ", ","))
		if out >= mostKernels {
			continue
		}
		for _, in := range order[:shown] {
			s.Cells = append(s.Cells, gray(k.Height, k.Width, k.Of(out, in), largest))
		}
	}
	x.say("## %s", layer)
	if err := x.picture(layer, s); err != nil {
		return err
	}
	x.say("Which map each kernel reads: [%[1]s-order.csv](%[1]s-order.csv), one line per map, strongest first. The array is by output map and input map.", layer)
	return errors.Join(x.array(layer, []int{k.Out, k.In, k.Height, k.Width}, k.Values), x.file(layer+"-order.csv", []byte(lines.String())))
}

// largestOf is the largest magnitude of some numbers, and more than 0 even if all are 0.
func largestOf(values []float32) float32 {
	largest := float32(math.SmallestNonzeroFloat32)
	for _, v := range values {
		largest = max(largest, v, -v)
	}
	return largest
}

// gray is numbers as an image on a scale: gray is zero.
func gray(height, width int, values []float32, largest float32) figure.Cell {
	c := figure.Cell{Height: height, Width: width, Channels: 1}
	for _, v := range values {
		c.Values = append(c.Values, 0.5+0.5*float64(v)/float64(largest))
	}
	return c
}
