package look

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
	"unpool/core/number"
	"unpool/core/warp"
	"unpool/models/net"
)

// Invariance is by how much the output of each layer changes, and what the net answers, while images are shifted, scaled or turned (Zeiler and
// Fergus, 2013, section 4.1 and figure 5).
type Invariance struct {
	Kind          warp.Kind
	Height        int // of the images
	Amounts       []float64
	Layers        []string  // in the order of the net
	First, Last   string    // of Layers: the two that the paper compares, see Ends
	Distances     []float32 // [layers, images, amounts]: Euclidean, from what the layer gives for the image itself, as a share of the norm of that
	Probabilities []float32 // [images, amounts, classes]
}

// Ends are the first and the last layer with weights: of convolutions, dense and recurrent layers, and of the logits where there are fewer than two
// others.
func (n *Net) Ends() (first, last string) {
	var all []string
	for p := range n.Plan.All() {
		switch p.Layer.(type) {
		case net.Conv, net.Dense, net.Cell:
			all = append(all, p.Name)
		}
	}
	if len(all) < 2 {
		all = append(all, n.Plan.Layers[len(n.Plan.Layers)-1].Name)
	}
	return all[0], all[len(all)-1]
}

// Besides is how many test images of other classes are changed with an image.
const Besides = 4

// Others are the numbers of the first test image of each of some classes: the first ones, at most so many, without the class of the image that
// they stand beside, which is -1 where that is unknown.
func Others(s data.Split, beside, most int) (numbers []int) {
	for class := 0; class < 256 && len(numbers) < most; class++ {
		if at := bytes.IndexByte(s.Labels, byte(class)); at >= 0 && class != beside {
			numbers = append(numbers, at)
		}
	}
	return numbers
}

// Invariance changes images, which are as those of the data set, one after the other, in one of the ways, by each of its amounts. Progress is in
// images.
func (n *Net) Invariance(ctx context.Context, images []byte, kind warp.Kind, progress Progress) (*Invariance, error) {
	count, err := n.count(images)
	if err != nil {
		return nil, err
	}
	if !kind.Known() {
		return nil, fmt.Errorf("look: images cannot be changed by %q; there are %v", kind, warp.Kinds)
	}
	t := n.Plan.Task
	i := &Invariance{Kind: kind, Height: t.Height, Amounts: kind.Amounts(t.Height)}
	i.First, i.Last = n.Ends()
	for p := range n.Plan.All() {
		if _, err := n.placed(p.Name); err == nil {
			i.Layers = append(i.Layers, p.Name)
		}
	}
	each, total := len(i.Amounts), count*len(i.Amounts)
	i.Distances = make([]float32, len(i.Layers)*total)
	for done := 0; done < total; {
		progress.tell(done, total)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		image := images[done/each*n.size():][:n.size()]
		amounts := i.Amounts[done%each:]
		amounts = amounts[:min(len(amounts), fewImages-1)]
		batch := slices.Clone(image) // the image itself is the first of each batch
		for _, amount := range amounts {
			batch = append(batch, kind.Apply(image, t.Height, t.Width, t.Channels, amount)...)
		}
		out, err := n.apart(i.Layers, batch)
		if err != nil {
			return nil, err
		}
		for l := range i.Layers {
			copy(i.Distances[l*total+done:], out[l][1:1+len(amounts)])
		}
		i.Probabilities = append(i.Probabilities, out[len(i.Layers)][t.Classes:(1+len(amounts))*t.Classes]...)
		done += len(amounts)
	}
	progress.tell(total, total)
	return i, ctx.Err()
}

// apart are by how much what each layer gives for at most fewImages images differs from what it gives for the first of them, as a share of the norm
// of that, and last the probabilities.
func (n *Net) apart(layers []string, images []byte) ([][]float32, error) {
	return n.call("apart", func(scope *model.Scope, in []*graph.Node) (out []*graph.Node) {
		logits, taps := n.build(scope, in[0])
		for _, layer := range layers {
			of := graph.Reshape(tapped(taps, layer), fewImages, -1)
			first := graph.Slice(of, graph.AxisRange(0, 1))
			norm := graph.ReduceSum(graph.Square(first), 1)
			norm = graph.Where(graph.GreaterThan(norm, graph.ZerosLike(norm)), norm, graph.OnesLike(norm)) // what is zero has no scale of its own
			out = append(out, graph.Sqrt(graph.Div(graph.ReduceSum(graph.Square(graph.Sub(of, first)), 1), norm)))
		}
		return append(out, graph.Softmax(logits))
	}, n.input(images, fewImages))
}

// Of are the distances of a layer, by its index, for an image: [amounts].
func (i *Invariance) Of(layer, image int) []float32 {
	images := len(i.Distances) / len(i.Layers) / len(i.Amounts)
	return i.Distances[(layer*images+image)*len(i.Amounts):][:len(i.Amounts)]
}

// Small is by how much the smallest changes of the images change the output of a layer, as a share of its norm, on average over images and the two
// directions.
func (i *Invariance) Small(layer string) float64 {
	each := len(i.Amounts)
	all := i.Distances[slices.Index(i.Layers, layer)*len(i.Distances)/len(i.Layers):][:len(i.Distances)/len(i.Layers)]
	smallest := i.Kind.Smallest(i.Height)
	sum := 0.0
	for at, d := range all {
		if at%each == smallest[0] || at%each == smallest[1] {
			sum += float64(d)
		}
	}
	return sum / float64(2*len(all)/each)
}

// Verdict is how the last layer changes when an image changes a little, beside the first one.
type Verdict string

// The verdicts.
const (
	Less  Verdict = "less" // what the paper saw
	Alike Verdict = "alike"
	More  Verdict = "more"
)

// Verdicts are in the order of a question's choices.
var Verdicts = []Verdict{Less, More, Alike}

// clearly is how many times as large one of two changes is for the two not to count as alike.
const clearly = 1.25

// Verdict compares the first layer with the last.
func (i *Invariance) Verdict() Verdict {
	switch first, last := i.Small(i.First), i.Small(i.Last); {
	case first >= clearly*last && first > 0:
		return Less
	case last >= clearly*first && last > 0:
		return More
	}
	return Alike
}

// Says is what the figures say of the paper's finding: a large effect of small changes at the first layer and a small one at the last.
func (i *Invariance) Says() string {
	text := fmt.Sprintf("When an image is %s, the output of %s changes by %s of its norm and that of %s by %s, on average. ",
		i.Kind.Small(), i.First, number.Share(i.Small(i.First)), i.Last, number.Share(i.Small(i.Last)))
	switch i.Verdict() {
	case Less:
		return text + "The effect is larger at the first layer than at the last, as Zeiler and Fergus found."
	case More:
		return text + "The effect is smaller at the first layer than at the last: Zeiler and Fergus found the opposite in their net."
	}
	return text + "The effect is about as large at the first layer as at the last: Zeiler and Fergus found a smaller one at the last."
}
