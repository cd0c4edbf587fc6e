package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"unpool/core/look"
	"unpool/core/markdown"
	"unpool/core/number"
	"unpool/core/scatter"
	"unpool/core/svg"
)

// embedding lays out test images in the plane by the features of a layer: by principal components, and by t-SNE.
func (x *insight) embedding(ctx context.Context) error {
	layer, err := x.featured()
	if err != nil {
		return err
	}
	indices := look.Drawn(x.set.Test, x.Images)
	e, err := remembered(ctx, x.subject, x.net, "embedding", []any{layer, len(indices)}, func(e *look.Embedding) bool { return x.net.FitsEmbedding(e, layer, x.set.Test, indices) },
		func() (*look.Embedding, error) {
			fmt.Fprintf(x.stderr, "%s: laying out %s test images\n", layer, number.Plain(len(indices)))
			e, err := x.net.Embed(ctx, x.set.Test, indices, layer, nil)
			if err == nil {
				err = e.Begin(ctx, nil)
			}
			for err == nil && !e.Done() {
				e.Step()
				err = ctx.Err()
			}
			return e, err
		})
	if err != nil {
		return err
	}
	x.say("Each point of the pictures is one of %s test images. Images for which %s outputs similar numbers, its features%s, lie near each other. Points with an outline are classified wrongly.",
		number.Plain(len(indices)), layer, means(e.Pool))
	err = errors.Join(
		x.layout(e, "tsne", "t-SNE", "Neighbours stay neighbours (van der Maaten and Hinton, 2008). How far groups are from each other, and how large they are, says little.", e.Map),
		x.layout(e, "components", "Principal components", fmt.Sprintf("The two directions in which the images differ most: they have %s and %s %% of the variance.",
			number.Percent(e.Shares[0]), number.Percent(e.Shares[1])), e.Components),
	)
	var rows [][]string
	near := 0.0
	for class, g := range e.Groups(len(x.set.Classes)) {
		if g.Images > 0 {
			rows = append(rows, []string{x.set.Classes[class], number.Plain(g.Images), number.Percent(g.Near) + " %"})
			near += g.Near * float64(g.Images) / float64(len(indices))
		}
	}
	x.say("## Neighbours\n\nOf the ten images whose %s features are nearest to an image's, %s %% are of its class, on average. By class:\n\n%s",
		number.Plain(e.Size), number.Percent(near), markdown.Table([]string{"class", "images", "of ten nearest"}, rows))
	return errors.Join(err, x.file("embedding.csv", []byte(embeddingCSV(e))))
}

// featured is the layer whose features are asked for: the last before the logits, unless another one is named.
func (x *insight) featured() (string, error) {
	switch x.Layer {
	case "":
		return x.net.LastFeatures(), nil
	case look.Image:
		return look.Image, nil
	}
	_, err := x.layers(nil)
	return x.Layer, err
}

// means says of which activations features are the means, if they are.
func means(pool int) string {
	if pool == 1 {
		return ""
	}
	return fmt.Sprintf(" (means over %d neighbouring positions in each direction)", pool)
}

// layout draws the images in the plane.
func (x *insight) layout(e *look.Embedding, name, title, says string, positions []float32) error {
	wrong := make([]bool, len(e.Classes))
	for i, class := range e.Classes {
		wrong[i] = class != e.Answers[i]
	}
	legend, height := scatter.Legend(x.set.Classes)
	d := svg.Document{Width: scatter.Side, Height: scatter.Side + 16 + height, Title: title, Says: says}
	d.Add(`%s<g transform="translate(0 %d)">%s</g>`, scatter.Draw(scatter.Place(positions), e.Classes, wrong, scatter.All), scatter.Side+16, legend)
	x.say("## %s\n\n%s\n\n![%[1]s](%[3]s.svg)", title, says, name)
	return errors.Join(x.file(name+".svg", []byte(d.String())), x.array(name, []int{len(e.Images), 2}, positions))
}

// embeddingCSV has a line for each image.
func embeddingCSV(e *look.Embedding) string {
	var b strings.Builder
	b.WriteString("image,class,answer,probability,of_ten_nearest,component1,component2,tsne_x,tsne_y\n")
	for i, image := range e.Images {
		fmt.Fprintf(&b, "%d,%d,%d,%g,%g,%g,%g,%g,%g\n", image, e.Classes[i], e.Answers[i], e.Probabilities[i], e.Near[i],
			e.Components[2*i], e.Components[2*i+1], e.Map[2*i], e.Map[2*i+1])
	}
	return b.String()
}
