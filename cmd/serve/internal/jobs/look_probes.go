package jobs

import (
	"context"
	"errors"
	"fmt"

	"unpool/core/linechart"
	"unpool/core/look"
	"unpool/core/markdown"
	"unpool/core/number"
	"unpool/core/svg"
)

// probes trains a linear classifier on the features of each layer.
func (x *insight) probes(ctx context.Context) error {
	train, test := look.Drawn(x.set.Train, x.Images), look.Drawn(x.set.Test, x.Images)
	all, err := remembered(ctx, x.subject, x.net, "probes", x.Images, x.net.FitsProbes, func() ([]look.Probe, error) {
		fmt.Fprintf(x.stderr, "training a linear classifier on each layer's outputs for %s training images\n", number.Plain(len(train)))
		return x.net.Probes(ctx, x.set, train, test, nil)
	})
	if err != nil {
		return err
	}
	x.say("For each layer a linear classifier, a softmax, is trained on what the layer outputs for %s training images, and tested on %s test images (Alain and Bengio, 2016). "+
		"The net stays as it is. Where a layer outputs more than about a thousand numbers for an image, their means over squares of positions are used.",
		number.Plain(len(train)), number.Plain(len(test)))
	var rows [][]string
	var names []string
	var accuracies []float32
	trained, tested := linechart.Series{Name: "training images"}, linechart.Series{Name: "test images"}
	for _, p := range all {
		pool := "-"
		if p.Pool > 1 {
			pool = number.Plain(p.Pool)
		}
		rows = append(rows, []string{p.Layer, number.Plain(p.Size), pool, number.Percent(p.Train) + " %", number.Percent(p.Test) + " %"})
		names, accuracies = append(names, p.Layer), append(accuracies, float32(p.Train), float32(p.Test))
		trained.Values, tested.Values = append(trained.Values, p.Train), append(tested.Values, p.Test)
	}
	d := svg.Document{Width: linechart.Width, Height: linechart.Height, Title: "Accuracy of a linear probe by layer",
		Says: "How well a linear classifier tells the classes apart by what each layer outputs."}
	d.Add("%s", linechart.Draw(names, "accuracy", tested, trained))
	x.say("![%s](probes.svg)\n\n%s", d.Title, markdown.Table([]string{"layer", "features", "means over", "training images", "test images"}, rows))
	return errors.Join(x.file("probes.svg", []byte(d.String())), x.array("probes", []int{len(all), 2}, accuracies))
}
