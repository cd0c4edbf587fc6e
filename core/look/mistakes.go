package look

import (
	"context"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
)

// Mistake is an image that the net classifies wrongly.
type Mistake struct {
	Image       int32   // index into the split
	Answer      int     // the class that the net finds most probable
	Probability float32 // of that class
	True        float32 // the probability of the image's own class
}

// Mistakes classifies the images of a split at indices and returns how many of them it classifies wrongly, and those whose own class it
// finds least probable, at most so many, the worst first and of equals the one that comes first. Progress is in
// images.
func (n *Net) Mistakes(ctx context.Context, s data.Split, indices []int32, most int, progress Progress) (wrong int,
	worst []Mistake, err error) {
	var chances []float64 // of the worst: the logarithms of True, which are still apart where that is 0
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
			answer := Largest(logits)
			if answer == class {
				continue
			}
			wrong++
			log := logSoftmax(logits)
			at, _ := slices.BinarySearchFunc(chances, log(class), func(a, b float64) int {
				if a <= b { // of equals the first stays in front
					return -1
				}
				return 1
			})
			if at == most {
				continue
			}
			chances = slices.Insert(chances, at, log(class))
			worst = slices.Insert(worst, at, Mistake{image, answer, float32(math.Exp(log(answer))), float32(math.Exp(log(class)))})
			chances, worst = chances[:min(len(chances), most)], worst[:min(len(worst), most)]
		}
		return nil
	})
	return wrong, worst, err
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
