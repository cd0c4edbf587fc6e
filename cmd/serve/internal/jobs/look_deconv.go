package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/figure"
	"unpool/core/data"
	"unpool/core/look"
	"unpool/core/markdown"
	"unpool/core/number"
)

const (
	strongest   = 9  // images of a map
	patchPixels = 48 // about so many pixels of a figure for one of the nine of a map
)

// deconv shows for each map of the layers after a convolution's ReLU the images that activate it most, and which pixels do; by all methods, which
// pixels activate one map for the image; and the same for the net before it was trained.
func (x *insight) deconv(ctx context.Context) error {
	names, err := x.layers(func(dims []int, name string) bool { return len(dims) == 3 && strings.HasPrefix(name, "relu") })
	if err != nil {
		return err
	}
	x.say("Each picture of pixels has its own scale: gray is zero; brighter pixels raise the activation by being bright, darker ones by being dark. " +
		"Biases and the shifts of batch normalisation are left out; its factors are part of the filters.")
	x.say("Beside each is the same for the net before training, with random weights. What both show comes from the net's architecture, " +
		"not from what it has learnt (Adebayo et al., 2018).")
	for _, layer := range names {
		m, err := x.traced(layer)
		if err != nil {
			return err
		}
		for _, s := range []*subject{x.subject, x.second} {
			if s == nil {
				continue
			}
			if err := x.origins(ctx, s, layer, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// traced is the map of a layer of which all methods are shown: the one that is asked for, or the one that is strongest for the image.
func (x *insight) traced(layer string) (int, error) {
	l, err := x.outputs(layer)
	if err != nil {
		return 0, err
	}
	maps := l.Dims[len(l.Dims)-1]
	switch m := x.Map; {
	case m == nil:
		return slices.Index(l.Values, slices.Max(l.Values)) % maps, nil
	case *m < 0 || *m >= maps:
		return 0, command.Usage("-map: %s has no map %d; they are numbered from 0 to %d", layer, *m, maps-1)
	default:
		return *m, nil
	}
}

// origins shows what activates a layer's maps in a net, and by all methods one of them, beside the same net before its training.
func (x *insight) origins(ctx context.Context, s *subject, layer string, m int) error {
	name, title := layer, layer
	if s == x.second {
		name, title = layer+"-other", layer+", "+x.versus()
	}
	l, err := s.outputs(layer)
	switch {
	case errors.Is(err, look.ErrNoLayer), err == nil && m >= l.Dims[len(l.Dims)-1]: // of what it is compared with
		x.say("## %s\n\nThe other net has no map %d of %s.", title, m, layer)
		return nil
	case err != nil:
		return err
	}
	untrained := *s
	untrained.net = s.net.Untrained()
	defer untrained.net.Close()
	nets := []drawnNet{{s, name, title}, {&untrained, name + "-untrained", title + ", before training"}}
	if s == x.subject || x.Against != "" { // else it is the same net, for another image
		for _, n := range nets {
			x.say("## %s", n.title)
			if err := x.strongest(ctx, n, layer); err != nil {
				return err
			}
		}
	}
	return x.methods(ctx, nets, layer, m)
}

// drawnNet is a net with the beginning of its files' names, and its title.
type drawnNet struct {
	*subject
	name, title string
}

// among are the images to search for the strongest, and what they are called.
func (x *insight) among(s *subject) (data.Split, string) {
	if x.Among == "train" {
		return s.set.Train, "training image"
	}
	return s.set.Test, "test image"
}

// strongest writes the projections of the strongest activations of a layer's maps.
func (x *insight) strongest(ctx context.Context, n drawnNet, layer string) error {
	images, noun := x.among(n.subject)
	count := min(x.Images, images.Len())
	indices := look.Drawn(images, count)
	best, err := remembered(ctx, n.subject, n.net, "strongest", []any{layer, x.Among == "train", count},
		func(best [][]look.Strong) bool { return n.net.FitsStrongest(best, layer, indices, strongest) },
		func() ([][]look.Strong, error) {
			fmt.Fprintf(x.stderr, "%s: searching %s %ss\n", n.name, number.Plain(count), noun)
			return n.net.Strongest(ctx, layer, images, indices, strongest, nil)
		})
	if err != nil {
		return err
	}
	if x.Map != nil {
		best = best[*x.Map : *x.Map+1]
	}
	method := n.net.Methods()[0]
	var all []float32
	var dead []string
	s := figure.Sheet{Columns: 4, Title: "The strongest of " + n.title, Says: fmt.Sprintf("For each map, the %d of %s %ss that activate it most: on the left which pixels contribute (%s), "+
		"on the right the part of the image that the activation can see.", strongest, number.Plain(count), noun, method.Name())}
	rows := [][]string{}
	for _, strong := range best {
		if err := ctx.Err(); err != nil {
			return err
		}
		var pixels []byte
		var units []look.Unit
		for _, one := range strong {
			pixels, units = append(pixels, n.of(images, int(one.Image))...), append(units, one.Unit)
		}
		projections, err := n.net.Project(method, pixels, units)
		if err != nil {
			return err
		}
		m := number.Plain(units[0].Map)
		var left, right []figure.Cell
		for i, p := range projections {
			all = append(all, p...)
			patch, err := n.net.Patch(units[i])
			if err != nil {
				return err
			}
			left = append(left, crop(n.signed(p), patch))
			right = append(right, crop(n.cell(n.of(images, int(strong[i].Image))), patch))
			rows = append(rows, []string{m, number.Plain(i + 1), number.Plain(int(strong[i].Image)), number.Plain(units[i].Row),
				number.Plain(units[i].Column), significant(strong[i].Value)})
		}
		if strong[0].Value <= 0 {
			dead = append(dead, m)
		}
		s.Cells = append(s.Cells, figure.Mosaic(2, []figure.Cell{figure.Mosaic(3, left), figure.Mosaic(3, right)}))
		s.Pixel = max(2, patchPixels/left[0].Width)
	}
	if len(dead) > 0 {
		x.say("Nowhere above zero in these images: %s.", strings.Join(dead, ", "))
	}
	if err := x.picture(n.name, s); err != nil {
		return err
	}
	x.say("Where the activations are: [%[1]s.md](%[1]s.md).", n.name)
	table := markdown.Table([]string{"map", "place", noun, "row", "column", "activation"}, rows)
	return errors.Join(
		x.array(n.name, []int{len(best), len(best[0]), n.set.Height, n.set.Width, n.set.Channels}, all),
		x.file(n.name+".md", []byte("# The strongest activations of "+layer+"\n\n"+table)),
	)
}

// methods writes, by all methods and for all nets, which pixels of the image activate a map where it is strongest.
func (x *insight) methods(ctx context.Context, nets []drawnNet, layer string, m int) error {
	n := nets[0]
	of, err := n.outputs(layer)
	if err != nil {
		return err
	}
	unit, value := of.Strongest(m)
	name, methods := n.name+"-methods", n.net.Methods()
	fmt.Fprintf(x.stderr, "%s: %d methods\n", name, len(methods))
	patch, err := n.net.Patch(unit)
	if err != nil {
		return err
	}
	var cells []figure.Cell
	var all []float32
	rows := make([][]string, len(methods))
	for _, one := range nets {
		by, err := one.net.Projections(ctx, methods, n.pixels, []look.Unit{unit}, nil)
		if err != nil {
			return err
		}
		cells = append(cells, n.cell(n.pixels))
		for i, m := range methods {
			cells, all = append(cells, n.signed(by[m][0])), append(all, by[m][0]...)
			rows[i] = append(rows[i], significant(largestOf(by[m][0])))
		}
	}
	for i, m := range methods {
		rows[i] = append([]string{m.Name(), m.Says()}, rows[i]...)
	}
	x.say("## %s, by all methods", n.title)
	s := figure.Sheet{Title: fmt.Sprintf("Which pixels contribute to map %d of %s", unit.Map, n.title), Columns: 1 + len(methods), Pixel: enlarged(n.set.Width), Cells: cells,
		Says: fmt.Sprintf("%s. There, map %d of %s reaches its maximum, %s, in row %d and column %d, counted from 0, and sees %dx%d pixels from row %d and column %d. In the upper row, after the image, "+
			"which pixels contribute by each method, in the order of the table; in the lower row the same before training.", capital(n.imageSays), unit.Map, layer, significant(value),
			unit.Row, unit.Column, patch.Height, patch.Width, patch.Top, patch.Left)}
	if err := x.picture(name, s); err != nil {
		return err
	}
	x.say("%s", markdown.Table([]string{"method", "what it shows", "largest magnitude", "before training"}, rows))
	return x.array(name, []int{len(nets), len(methods), n.set.Height, n.set.Width, n.set.Channels}, all)
}

// crop is the part of an image in a patch; what lies outside the image is gray.
func crop(c figure.Cell, p look.Patch) figure.Cell {
	return figure.Cell{Height: p.Height, Width: p.Width, Channels: c.Channels, Values: look.Crop(p, c.Values, c.Height, c.Width, c.Channels, 0.5)}
}
