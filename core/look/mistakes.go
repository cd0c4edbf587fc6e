package look

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
)

// Classification is how a net classifies an image.
type Classification struct {
	Image       int32   // index into the split
	Class       int     // the image's own
	Answer      int     // the class that the net finds most probable
	Probability float32 // of that class
	True        float32 // the probability of the image's own class

	log float64 // the logarithm of True, which still differs between images where that is 0
}

// Classify classifies the images of a split at indices, in their order. Progress is in images.
func (n *Net) Classify(ctx context.Context, s data.Split, indices []int32, progress Progress) (all []Classification, err error) {
	err = n.batches(ctx, s, indices, progress, func(images []int32, x *tensors.Tensor) error {
		out, err := n.call("logits", func(scope *model.Scope, in []*graph.Node) []*graph.Node {
			logits, _ := n.build(scope, in[0])
			return []*graph.Node{logits}
		}, x)
		if err != nil {
			return err
		}
		classes := n.Plan.Task.Classes
		for i, image := range images {
			logits, class := out[0][i*classes:(i+1)*classes], int(s.Labels[image])
			if !finite(logits) {
				return errDiverged
			}
			answer, log := Largest(logits), logSoftmax(logits)
			all = append(all, Classification{image, class, answer, float32(math.Exp(log(answer))), float32(math.Exp(log(class))), log(class)})
		}
		return nil
	})
	return all, err
}

// Worst sorts classifications: first those to whose own class the net gives the lowest probability, of equals the one that came first.
func Worst(all []Classification) {
	slices.SortStableFunc(all, func(a, b Classification) int { return cmp.Compare(a.log, b.log) })
}

// Surest sorts classifications: first those of whose answer the net is most certain, of equals the one that came first.
func Surest(all []Classification) {
	slices.SortStableFunc(all, func(a, b Classification) int { return cmp.Compare(b.Probability, a.Probability) })
}

// Certainty are the classifications whose answers have a probability in a tenth of the range from 0 to 1.
type Certainty struct {
	Images, Right int
	Mean          float64 // of the probabilities of their answers
}

// Calibration sorts classifications by the probability of their answers into ten parts of equal width, [10], and returns by how much those
// probabilities differ from the share that is right, on average over the images (the expected calibration error of Guo et al., 2017, equation 3).
func Calibration(all []Classification) (tenths [10]Certainty, off float64) {
	for _, c := range all {
		t := &tenths[min(9, int(10*c.Probability))]
		t.Images++
		t.Mean += float64(c.Probability)
		if c.Answer == c.Class {
			t.Right++
		}
	}
	for i := range tenths {
		if t := &tenths[i]; t.Images > 0 {
			t.Mean /= float64(t.Images)
			off += math.Abs(float64(t.Right)-t.Mean*float64(t.Images)) / float64(len(all))
		}
	}
	return tenths, off
}

// Largest is the index of the largest value, the first of equals.
func Largest(values []float32) int {
	best := 0
	for i, v := range values {
		if v > values[best] {
			best = i
		}
	}
	return best
}

// logSoftmax returns a function that gives the logarithm of a class's probability.
func logSoftmax(logits []float32) func(class int) float64 {
	largest, sum := float64(slices.Max(logits)), 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v) - largest)
	}
	return func(class int) float64 { return float64(logits[class]) - largest - math.Log(sum) }
}
