package look

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"unpool/core/data"
	"unpool/core/embed"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
)

// Of a net that is trained from scratch: few steps, since so many nets are. More than so many images a step would make them longer.
const (
	freshSteps = 200
	freshBatch = 32
)

// Transfer is how well a net's features serve another data set, beside what can be learnt from that alone (Zeiler and Fergus, 2013, section 5).
type Transfer struct {
	Layer        string // whose features they are: those that the logits are computed from
	Size, Pool   int    // as of Features
	Steps, Batch int    // of a net that is trained from scratch
	Test         int    // images of the other data set that everything is tested on
	Given        []Given
}

// Given is what comes of some training images of the other data set. The accuracies are on its test images, [seeds]; each seed draws other training images.
type Given struct {
	Each     int       // training images a class, where there are as many
	Images   int       // of all classes
	All      bool      // there are no more, so each seed has the same; a classifier of features comes to the same result, too
	Features []float64 // of a softmax on the net's features
	Random   []float64 // of one on those of the net with the random weights that its training began with
	Scratch  []float64 // of a net with the same layers that is trained on these images alone
}

// Transfer measures the net on another data set, whose images become what the net reads: given one, two, five, … training images a class, up to so many images
// in all, by seeds from 1. It uses as many test images. Progress is in images, those of each training step among them.
func (n *Net) Transfer(ctx context.Context, to *data.Dataset, images, seeds int, progress Progress) (*Transfer, error) {
	r := n.fresh(to, 1)
	if err := r.Validate(); err != nil {
		return nil, fmt.Errorf("look: %w", err)
	}
	t := &Transfer{Layer: n.LastFeatures(), Steps: r.Steps, Batch: r.Batch}
	d := drawn(to, seeds)
	sizes := d.sizes(images)
	needed, tested := d.needed(sizes[len(sizes)-1]), Drawn(to.Test, images)
	t.Test = len(tested)
	part := to.With(needed, tested).In(data.FormOf(n.Recipe))
	if err := train.Fits(r, part); err != nil {
		return nil, fmt.Errorf("look: %w", err)
	}
	work := &toll{ctx: ctx, progress: progress, all: 2*(len(needed)+len(tested)) + len(sizes)*seeds*t.Steps*t.Batch}

	random := n.Untrained()
	defer random.Close()
	var classifiers [2]*classifier
	for i, of := range []*Net{n, random} {
		var err error
		if classifiers[i], err = of.classifier(t.Layer, part, work); err != nil {
			return nil, err
		}
	}
	t.Size, t.Pool = classifiers[0].train.Size, classifiers[0].train.Pool
	everything := data.All(part.Test)
	for _, size := range sizes {
		g := Given{Each: size, All: size == d.most}
		for seed := range seeds {
			some := d.first(seed, size)
			for i, image := range some { // its place among those needed
				at, _ := slices.BinarySearch(needed, image)
				some[i] = int32(at)
			}
			g.Images = len(some)
			for i, accuracies := range []*[]float64{&g.Features, &g.Random} {
				if g.All && seed > 0 {
					*accuracies = append(*accuracies, (*accuracies)[0])
					continue
				}
				accuracy, err := classifiers[i].accuracy(some, work.tell)
				if err != nil {
					return nil, err
				}
				*accuracies = append(*accuracies, accuracy)
			}
			accuracy, err := n.scratch(n.fresh(to, uint64(seed+1)), part.With(some, everything), work)
			if err != nil {
				return nil, fmt.Errorf("look: training from scratch on %d images: %w", len(some), err)
			}
			g.Scratch = append(g.Scratch, accuracy)
		}
		t.Given = append(t.Given, g)
	}
	return t, work.tell()
}

// FitsTransfer reports whether t can be what Transfer returns for so many seeds.
func (n *Net) FitsTransfer(t *Transfer, seeds int) bool {
	return t != nil && t.Layer == n.LastFeatures() && len(t.Given) > 0 && !slices.ContainsFunc(t.Given, func(g Given) bool {
		return len(g.Features) != seeds || len(g.Random) != seeds || len(g.Scratch) != seeds
	})
}

// MeanOf returns the mean of accuracies, and their standard deviation, which is 0 for one.
func MeanOf(accuracies []float64) (mean, deviation float64) {
	n := float64(len(accuracies))
	for _, a := range accuracies {
		mean += a / n
	}
	for _, a := range accuracies {
		deviation += (a - mean) * (a - mean)
	}
	return mean, math.Sqrt(deviation / max(1, n-1))
}

// Says compares the net's features with what is learnt from scratch, and with random features, for each number of images: in words, and only where the
// difference is more than twice its standard error.
func (t *Transfer) Says() string {
	return fmt.Sprintf("Against %d steps of training from scratch, the trained features are %s. Against random features, they are %s.",
		t.Steps, t.against(func(g *Given) []float64 { return g.Scratch }), t.against(func(g *Given) []float64 { return g.Random }))
}

// against says for which numbers of images the net's features are ahead of other accuracies, and for which behind.
func (t *Transfer) against(other func(*Given) []float64) string {
	type stretch struct {
		how      string
		from, to int
	}
	var all []stretch
	for i := range t.Given {
		g := &t.Given[i]
		how := "level"
		if d, doubt := t.difference(g.Features, other(g)); d > 2*doubt {
			how = "ahead"
		} else if d < -2*doubt {
			how = "behind"
		}
		if last := len(all) - 1; last >= 0 && all[last].how == how {
			all[last].to = g.Each
		} else {
			all = append(all, stretch{how, g.Each, g.Each})
		}
	}
	if len(all) == 1 {
		return all[0].how + " throughout"
	}
	var words []string
	for i, s := range all {
		text := fmt.Sprintf("%s with %s", s.how, number.Int(s.from))
		if s.to > s.from {
			text += " to " + number.Int(s.to)
		}
		switch {
		case i == 0 && s.to == 1:
			text += " image a class"
		case i == 0:
			text += " images a class"
		}
		words = append(words, text)
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// difference is that of the means of two accuracies over the seeds, and its standard error, which comes from the seeds and from the test images.
func (t *Transfer) difference(a, b []float64) (d, doubt float64) {
	variance := 0.0
	for i, one := range [][]float64{a, b} {
		mean, deviation := MeanOf(one)
		d += mean * float64(1-2*i)
		variance += deviation*deviation/float64(len(one)) + mean*(1-mean)/float64(t.Test)
	}
	return d, math.Sqrt(variance)
}

// toll is how much of an analysis of several parts is done.
type toll struct {
	ctx       context.Context
	progress  Progress
	done, all int
}

func (t *toll) tell() error {
	t.progress.tell(t.done, t.all)
	return t.ctx.Err()
}

// part hears of a part of the work, which begins now.
func (t *toll) part(done, _ int) { t.progress.tell(t.done+done, t.all) }

// draws are training images by seed and class, in the order in which they are given.
type draws struct {
	by   [][][]int32
	most int // of a class
}

func drawn(to *data.Dataset, seeds int) (d draws) {
	for seed := range seeds {
		d.by = append(d.by, data.ByClass(to.Train, len(to.Classes), uint64(seed+1)))
	}
	for _, class := range d.by[0] {
		d.most = max(d.most, len(class))
	}
	return d
}

// sizes are how many images a class are given, each about twice as many as before: up to so many images of all classes, or all there are.
func (d draws) sizes(images int) (all []int) {
	last := d.most
	if all := d.first(0, d.most); images < len(all) {
		last = min(last, max(1, images/len(d.by[0])))
	}
	for n := 1; n < last; n *= 10 {
		for _, size := range []int{n, 2 * n, 5 * n} {
			if size < last {
				all = append(all, size)
			}
		}
	}
	return append(all, last)
}

// first are the first images of each class, in ascending order.
func (d draws) first(seed, each int) (some []int32) {
	for _, class := range d.by[seed] {
		some = append(some, class[:min(each, len(class))]...)
	}
	slices.Sort(some)
	return some
}

// needed are those of all seeds.
func (d draws) needed(each int) (all []int32) {
	for seed := range d.by {
		all = append(all, d.first(seed, each)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// classifier trains linear classifiers on features.
type classifier struct {
	train, test     Features
	trained, tested []int // the classes of the images
	classes         int
}

// classifier is one of the features of all images of d.
func (n *Net) classifier(layer string, d *data.Dataset, work *toll) (*classifier, error) {
	train, test := data.All(d.Train), data.All(d.Test)
	c := &classifier{trained: labels(d.Train, train), tested: labels(d.Test, test), classes: len(d.Classes)}
	of, err := n.Features(work.ctx, d.Train, train, []string{layer}, mostProbed, work.part)
	if err != nil {
		return nil, err
	}
	work.done += len(train)
	on, err := n.Features(work.ctx, d.Test, test, []string{layer}, mostProbed, work.part)
	if err != nil {
		return nil, err
	}
	work.done += len(test)
	c.train, c.test = of[0], on[0]
	return c, nil
}

// accuracy is that on the test images of a softmax that is trained on some of the training images.
func (c *classifier) accuracy(some []int32, tell embed.Tell) (float64, error) {
	var values []float32
	var of []int
	for _, at := range some {
		values, of = append(values, c.train.Values[int(at)*c.train.Size:(int(at)+1)*c.train.Size]...), append(of, c.trained[at])
	}
	s, err := fit(values, c.train.Size, of, c.classes, tell)
	if err != nil {
		return 0, err
	}
	return s.accuracy(c.test.Values, c.tested), nil
}

// fresh is how a net with the same layers is trained on another data set: as this one was, but for the number of steps and of their images.
func (n *Net) fresh(to *data.Dataset, seed uint64) recipe.Recipe {
	r := n.Recipe.On(to.Name, len(to.Classes))
	r.Seed, r.Steps, r.EvalEvery, r.Batch, r.Eval = seed, freshSteps, freshSteps, min(r.Batch, freshBatch), recipe.EvalSample
	r.StopAt, r.Patience, r.Minutes = 0, 0, 0
	return r
}

// scratch is the accuracy on the test images of a net that is trained from scratch.
func (n *Net) scratch(r recipe.Recipe, d *data.Dataset, work *toll) (accuracy float64, err error) {
	var s *train.Session
	s, err = train.New(train.Options{
		Backend: n.backend, Where: run.Where{Backend: n.backend.Name()}, Recipe: r, Data: d,
		Emit: func(e run.Event) {
			if m, ok := e.(*run.Metric); ok {
				accuracy = m.Test.Accuracy
			}
		},
		Yield: func() { work.part(s.Step()*r.Batch, 0) },
	})
	if err != nil {
		return 0, err
	}
	defer s.Close()
	err = s.Run(work.ctx)
	work.done += r.Steps * r.Batch
	return accuracy, cmp.Or(work.ctx.Err(), err)
}
