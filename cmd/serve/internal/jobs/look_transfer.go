package jobs

import (
	"context"
	"errors"
	"fmt"

	"unpool/core/data"
	"unpool/core/linechart"
	"unpool/core/look"
	"unpool/core/markdown"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/svg"
)

// transfer measures how well the net's features serve another data set, as section 5.2 of Zeiler and Fergus (2013) does.
func (x *insight) transfer(ctx context.Context) error {
	to, err := x.another(ctx)
	if err != nil {
		return err
	}
	t, err := remembered(ctx, x.subject, x.net, "transfer", []any{to.Hash(), x.Images, x.Seeds}, func(t *look.Transfer) bool { return x.net.FitsTransfer(t, x.Seeds) },
		func() (*look.Transfer, error) {
			fmt.Fprintf(x.stderr, "classifying %s by the net's features, and training from scratch\n", x.To.Title())
			return x.net.Transfer(ctx, to, x.Images, x.Seeds, x.percent("transfer"))
		})
	if err != nil {
		return err
	}
	x.say("How well do the net's features serve another data set (Zeiler and Fergus, 2013, section 5.2)? That is %s. Its images %s; it has %d classes. "+
		"The accuracies are on %s of its test images.\n\n"+
		"- **Trained features**: the net stays as it is, and a softmax is trained on what %s outputs: %s numbers for an image%s.\n"+
		"- **Random features**: the same with the random weights that the net's training began with.\n"+
		"- **From scratch**: a net with the same layers is trained on these images alone, as the run was, but always for %s steps of %d images. Where there are many images, it is these few steps that limit it.\n\n"+
		"Each seed draws other training images, the same for all three. A figure is the mean over the seeds (%d), and their standard deviation.",
		x.To.Title(), x.To.Becomes(to.Height, to.Channels), len(to.Classes), number.Plain(t.Test), t.Layer, number.Plain(t.Size), means(t.Pool), number.Plain(t.Steps), t.Batch, x.Seeds)
	if x.To.Related(x.net.Recipe.Dataset) {
		x.say("The net was trained on images of %s, too. So this does not say how its features serve other images.", x.To.Title())
	}
	lines := []linechart.Series{{Name: "trained features"}, {Name: "random features"}, {Name: "from scratch"}}
	var sizes []int
	var rows [][]string
	var accuracies []float32
	table := "images_per_class,images,seed,trained_features,random_features,from_scratch\n"
	for _, g := range t.Given {
		sizes = append(sizes, g.Each)
		row := []string{number.Plain(g.Each), number.Plain(g.Images)}
		for i, of := range [][]float64{g.Features, g.Random, g.Scratch} {
			mean, deviation := look.MeanOf(of)
			lines[i].Values, lines[i].Spread = append(lines[i].Values, mean), append(lines[i].Spread, deviation)
			row = append(row, fmt.Sprintf("%s ± %s %%", number.Percent(mean), number.Percent(deviation)))
			for _, a := range of {
				accuracies = append(accuracies, float32(a))
			}
		}
		if g.All {
			row[0] = "all"
		}
		rows = append(rows, row)
		for seed := range g.Features {
			table += fmt.Sprintf("%d,%d,%d,%g,%g,%g\n", g.Each, g.Images, seed+1, g.Features[seed], g.Random[seed], g.Scratch[seed])
		}
	}
	d := svg.Document{Width: linechart.Width, Height: linechart.Height, Title: "Accuracy on " + x.To.Title(), Says: "By training images a class, on a logarithmic scale: " + t.Says()}
	d.Add("%s", linechart.Log(sizes, "training images a class", "accuracy", lines...))
	x.say("%s A difference counts only if it is more than twice its standard error.\n\n![%s](transfer.svg)\n\n%s\n\nBy seed: [transfer.csv](transfer.csv).",
		t.Says(), d.Title, markdown.Table([]string{"images a class", "images", "trained features", "random features", "from scratch"}, rows))
	return errors.Join(x.file("transfer.svg", []byte(d.String())), x.file("transfer.csv", []byte(table)), x.array("transfer", []int{len(sizes), 3, x.Seeds}, accuracies))
}

// another opens the other data set, as the net reads images. Of pictures that are not divided a share is to test on.
func (x *insight) another(ctx context.Context) (*data.Dataset, error) {
	want := data.Want{Form: x.set.Form()}
	to, err := x.images.Open(ctx, x.To, want)
	if undivided := (*data.SplitNeeded)(nil); errors.As(err, &undivided) {
		want.Split = recipe.UsualSplit
		to, err = x.images.Open(ctx, x.To, want)
	}
	return to, err
}

// percent says on stderr how much of an analysis is done, twenty times in all.
func (x *insight) percent(what string) look.Progress {
	said := 0
	return func(done, total int) {
		if now := 20 * done / max(1, total); now > said {
			said = now
			fmt.Fprintf(x.stderr, "%s: %d %%\n", what, 5*now)
		}
	}
}
