package data

import "slices"

// Batches says which images each training step sees. Images are drawn without replacement: every epoch is a new
// permutation of all of them, and a batch may end one epoch and begin the next, so none is ever partial or left
// out. Which images step s sees depends on the seed, s, the set and the batch size alone: to resume a run, ask
// for the next step.
type Batches struct {
	seed  uint64
	from  []int32
	batch int

	epoch int     // of order; -1 before the first use
	order []int32 // from, in that epoch's order
}

// NewBatches returns the batches of size batch over the images from, which must not be empty.
func NewBatches(seed uint64, from []int32, batch int) *Batches {
	return &Batches{seed: seed, from: from, batch: batch, epoch: -1, order: make([]int32, len(from))}
}

// At appends to dst the images of a step, counted from 0. It is fastest when steps are asked for in order.
func (b *Batches) At(step int, dst []int32) []int32 {
	first := step * b.batch
	for position := first; position < first+b.batch; {
		b.seek(position / len(b.from))
		start := position % len(b.from)
		end := min(len(b.from), start+first+b.batch-position)
		dst = append(dst, b.order[start:end]...)
		position += end - start
	}
	return dst
}

// seek makes order that of an epoch.
func (b *Batches) seek(epoch int) {
	if b.epoch == epoch {
		return
	}
	copy(b.order, b.from)
	r := seeded(b.seed, uint64(epoch))
	r.Shuffle(b.order)
	b.epoch = epoch
}

// All returns the indices of every image of s.
func All(s Split) []int32 {
	all := make([]int32, s.Len())
	for i := range all {
		all[i] = int32(i)
	}
	return all
}

// Sample returns size of the images from, in ascending order, drawn by seed and balanced by class: each class has
// its share, give or take one image. All of from are returned when there are no more than size.
func Sample(s Split, from []int32, size int, seed uint64) []int32 {
	picked := slices.Clone(from)
	if size < len(from) {
		r := seeded(seed, 0)
		r.Shuffle(picked)
		// In order of class, evenly spaced picks give each class its share.
		slices.SortStableFunc(picked, func(i, j int32) int { return int(s.Labels[i]) - int(s.Labels[j]) })
		for k := range size {
			picked[k] = picked[(2*k+1)*len(from)/(2*size)]
		}
		picked = picked[:size]
	}
	slices.Sort(picked)
	return picked
}

// ByClass returns the images of each class, [classes], in an order drawn by seed.
func ByClass(s Split, classes int, seed uint64) [][]int32 {
	each := make([][]int32, classes)
	for i, label := range s.Labels {
		each[label] = append(each[label], int32(i))
	}
	r := seeded(seed, 0)
	for _, images := range each {
		r.Shuffle(images)
	}
	return each
}

// Holdout keeps back size images of s as a validation set and leaves the rest to train on, both in ascending
// order. The set is drawn like a Sample.
func Holdout(s Split, size int, seed uint64) (train, validation []int32) {
	all := All(s)
	if size == 0 {
		return all, nil
	}
	validation = Sample(s, all, size, seed)
	kept := make([]bool, s.Len())
	for _, i := range validation {
		kept[i] = true
	}
	return slices.DeleteFunc(all, func(i int32) bool { return kept[i] }), validation
}
