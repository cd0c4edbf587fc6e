package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"unpool/cmd/serve/internal/figure"
	"unpool/core/data"
	"unpool/core/look"
	"unpool/core/markdown"
	"unpool/core/number"
	"unpool/core/reliability"
	"unpool/core/run"
	"unpool/core/svg"
)

// mostMistakes is how many mistakes a picture shows.
const mostMistakes = 40

// mistakes shows how the test images are classified: the confusion matrix, the worst mistakes and the surest, and how far the net's certainty can be
// trusted.
func (x *insight) mistakes(ctx context.Context) error {
	images := x.set.Test
	fmt.Fprintf(x.stderr, "classifying %s test images\n", number.Plain(images.Len()))
	all, err := x.net.Classify(ctx, images, data.All(images), nil)
	if err != nil {
		return err
	}
	wrong := slices.DeleteFunc(slices.Clone(all), func(c look.Classification) bool { return c.Answer == c.Class })
	x.say("%s of %s test images are classified wrongly.", number.Plain(len(wrong)), number.Plain(len(all)))
	look.Worst(wrong)
	first := x.some("worst", "The worst mistakes", "The images whose own class the net finds least probable", wrong)
	look.Surest(wrong)
	return errors.Join(
		x.confusion(all), first,
		x.some("surest", "The mistakes of which the net is most certain", "The wrong answers with the highest probability", wrong), x.calibration(all),
	)
}

// confusion counts how each class is classified.
func (x *insight) confusion(all []look.Classification) error {
	n := len(x.set.Classes)
	counts := make([]float32, n*n)
	for _, c := range all {
		counts[c.Class*n+c.Answer]++
	}
	x.say("## Confusion matrix\n\nA row for each true class, a column for each answer of the net.")
	if n <= run.MaxConfused {
		var rows [][]string
		for class, name := range x.set.Classes {
			row := []string{name}
			for _, count := range counts[class*n : (class+1)*n] {
				row = append(row, number.Plain(int(count)))
			}
			rows = append(rows, row)
		}
		x.say("%s", markdown.Table(append([]string{"true class"}, x.set.Classes...), rows))
	}
	return x.array("confusion", []int{n, n}, counts)
}

// some shows the first of some mistakes.
func (x *insight) some(name, title, says string, wrong []look.Classification) error {
	x.say("## %s", title)
	if len(wrong) == 0 {
		x.say("There is none.")
		return nil
	}
	s := figure.Sheet{Title: title, Says: says + ", in the order of the table.", Columns: 8, Pixel: enlarged(x.set.Width)}
	var rows [][]string
	for _, c := range wrong[:min(len(wrong), mostMistakes)] {
		s.Cells = append(s.Cells, x.cell(x.of(x.set.Test, int(c.Image))))
		rows = append(rows, []string{number.Plain(int(c.Image)), x.set.Classes[c.Class], number.Percent(float64(c.True)) + " %",
			x.set.Classes[c.Answer], number.Percent(float64(c.Probability)) + " %"})
	}
	err := x.picture(name, s)
	x.say("%s", markdown.Table([]string{"test image", "true class", "its probability", "answer", "its probability"}, rows))
	return err
}

// calibration shows how far the net's certainty can be trusted.
func (x *insight) calibration(all []look.Classification) error {
	tenths, off := look.Calibration(all)
	var parts []reliability.Part
	var rows [][]string
	for i, t := range tenths {
		parts = append(parts, reliability.Part(t))
		if t.Images > 0 {
			rows = append(rows, []string{fmt.Sprintf("%d to %d %%", 10*i, 10*i+10), number.Plain(t.Images), number.Percent(t.Mean) + " %",
				number.Percent(float64(t.Right)/float64(t.Images)) + " %"})
		}
	}
	d := svg.Document{Width: reliability.Width, Height: reliability.Height, Title: "Calibration",
		Says: "The share of answers that are correct against their probability. If the net's certainty can be trusted, the points lie on the diagonal."}
	d.Add("%s", reliability.Draw(parts))
	x.say("## Calibration\n\n%s On average over the images the two differ by %s percentage points (expected calibration error, Guo et al., 2017).\n\n![%s](calibration.svg)\n\n%s",
		d.Says, number.Percent(off), d.Title, markdown.Table([]string{"probability", "images", "mean", "correct"}, rows))
	return x.file("calibration.svg", []byte(d.String()))
}
