package train

import (
	"slices"

	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
)

// Examples are a few test images of d, balanced by class: some of those that each evaluation of a sample measures, so that their
// answers cost nothing.
func Examples(d *data.Dataset) run.Examples {
	return picturesOf(d, examplesOf(d, data.Sample(d.Test, data.All(d.Test), sampleSize, samplingSeed)))
}

// examplesOf picks them from the sample of test images.
func examplesOf(d *data.Dataset, sample []int32) []int32 {
	return data.Sample(d.Test, sample, recipe.Examples, samplingSeed)
}

func picturesOf(d *data.Dataset, images []int32) run.Examples {
	e := run.Examples{Height: d.Height, Width: d.Width, Channels: d.Channels}
	size := d.Height * d.Width * d.Channels
	for _, i := range images {
		e.Pixels = append(e.Pixels, d.Test.Images[int(i)*size:][:size]...)
		e.Labels = append(e.Labels, int(d.Test.Labels[i]))
	}
	return e
}

// newAnswers are those of an evaluation that has not measured anything yet.
func (s *Session) newAnswers() *run.Answers {
	if s.pictures.Labels == nil {
		s.pictures = picturesOf(s.Data, s.eval.examples)
	}
	classes := s.Recipe.Task().Classes
	a := &run.Answers{Step: s.steps, Classes: classes, Examples: s.pictures, Answers: slices.Repeat([]int{run.Unasked}, len(s.pictures.Labels))}
	if classes <= run.MaxConfused {
		a.Counts = make([]int, classes*classes)
	}
	return a
}

// answered takes in the net's classification of a batch of test images.
func (s *Session) answered(a *run.Answers, images, answers []int32) {
	for i, image := range images {
		if a.Counts != nil {
			a.Counts[int(s.Data.Test.Labels[image])*a.Classes+int(answers[i])]++
		}
		if at, ok := slices.BinarySearch(s.eval.examples, image); ok {
			a.Answers[at] = int(answers[i])
		}
	}
}
