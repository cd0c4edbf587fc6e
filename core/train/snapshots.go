package train

import (
	"errors"
	"math"

	"unpool/core/checkpoint"
	"unpool/core/run"
)

// snapshotSteps are the evaluations of a run after which its weights are kept to look at: the first, the last, and between them as
// many as may be, as evenly on a log scale of steps as evaluations allow, since a net changes most at first.
func snapshotSteps(steps, every, most int) map[int]bool {
	planned := map[int]bool{0: true, steps: true}
	evaluations := (steps-1)/every + 1 // after step 0, the last included
	most--                             // step 0
	if evaluations <= most {
		for step := every; step < steps; step += every {
			planned[step] = true
		}
		return planned
	}
	taken := 0
	for i := range most - 1 {
		at := math.Pow(float64(evaluations), float64(i)/float64(most-1))
		taken = max(taken+1, int(math.Round(at)))
		planned[taken*every] = true
	}
	return planned
}

// keepSnapshot hands out the weights after an evaluation at which a snapshot is due, or of a run that ends before its last step if they were
// not handed out before.
func (s *Session) keepSnapshot(good *checkpoint.Checkpoint) error {
	planned := snapshotSteps(s.Recipe.Steps, s.Recipe.EvalEvery, run.MaxSnapshots)[s.steps]
	if s.Snapshot == nil || planned == (s.early != "") {
		return nil
	}
	snapshot := good.Snapshot(s.net)
	lost, n, err := s.lost(good, snapshot)
	if back := restore(s.store, good); back != nil {
		return errors.Join(err, back)
	}
	if err != nil { // a missing picture does not end a run
		s.Emit(&run.Missed{Step: s.steps, Error: oneLine(err)})
		return nil
	}
	s.Snapshot(snapshot, lost, n)
	return nil
}

// lost measures how much accuracy a snapshot's weights cost, on the test images of one evaluation batch. It leaves those weights in the
// net, also where it fails: the exact ones are to be put back.
func (s *Session) lost(good *checkpoint.Checkpoint, snapshot *checkpoint.Snapshot) (lost float64, n int, err error) {
	images := s.eval.startTest
	_, exact, err := s.evaluator.run(true, images)
	if err != nil {
		return 0, 0, err
	}
	less := *good
	less.Tensors = nil
	weights := map[string]checkpoint.Tensor{}
	for _, t := range snapshot.Weights() {
		weights[t.Name] = t
	}
	for _, t := range good.Tensors {
		if w, ok := weights[t.Name]; ok {
			t = w
		}
		less.Tensors = append(less.Tensors, t)
	}
	if err := restore(s.store, &less); err != nil {
		return 0, 0, err
	}
	_, fewer, err := s.evaluator.run(true, images)
	if err != nil {
		return 0, 0, err
	}
	return float64(s.correct(true, images, exact)-s.correct(true, images, fewer)) / float64(len(images)), len(images), nil
}
