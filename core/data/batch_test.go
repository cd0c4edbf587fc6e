package data

import (
	"math"
	"reflect"
	"slices"
	"testing"
)

func upTo(n int) []int32 {
	s := make([]int32, n)
	for i := range s {
		s[i] = int32(i)
	}
	return s
}

// The order is determined by the seed, so it may not change between versions or platforms.
func TestBatchesGolden(t *testing.T) {
	b := NewBatches(1, upTo(10), 4)
	var got []int32
	for step := range 5 {
		got = b.At(step, got)
	}
	want := []int32{6, 4, 7, 2, 9, 1, 5, 0, 8, 3, 7, 4, 6, 5, 0, 2, 8, 1, 9, 3}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestBatchesCoverEachEpoch(t *testing.T) {
	for _, c := range []struct{ n, batch int }{{10, 4}, {10, 10}, {3, 7}, {1, 1}, {100, 33}} {
		b := NewBatches(7, upTo(c.n), c.batch)
		var all []int32
		for step := range 3 * c.n {
			all = b.At(step, all)
		}
		for epoch := range slices.Collect(slices.Chunk(all, c.n)) {
			one := slices.Clone(all[epoch*c.n : (epoch+1)*c.n])
			slices.Sort(one)
			if !slices.Equal(one, upTo(c.n)) {
				t.Fatalf("n=%d batch=%d: epoch %d sees %v", c.n, c.batch, epoch, one)
			}
		}
	}
}

func TestBatchesDependOnSeedAndStepAlone(t *testing.T) {
	from := []int32{5, 8, 13, 21, 34, 55, 89}
	forward := NewBatches(3, from, 4)
	var steps [][]int32
	for step := range 20 {
		steps = append(steps, forward.At(step, nil))
	}
	for _, step := range []int{19, 0, 7, 3, 3} {
		if got := NewBatches(3, from, 4).At(step, nil); !slices.Equal(got, steps[step]) {
			t.Errorf("step %d alone: %v, in order: %v", step, got, steps[step])
		}
		if got := forward.At(step, nil); !slices.Equal(got, steps[step]) {
			t.Errorf("step %d again: %v, at first: %v", step, got, steps[step])
		}
	}
	same := 0
	other := NewBatches(4, from, 4)
	for step := range 20 {
		if slices.Equal(other.At(step, nil), steps[step]) {
			same++
		}
	}
	if same > 2 {
		t.Errorf("%d of 20 batches are the same for another seed", same)
	}
}

// Each image is as likely as any other to come first.
func TestShuffleIsUniform(t *testing.T) {
	const n, seeds = 5, 5000
	var first [n]int
	for seed := range uint64(seeds) {
		first[NewBatches(seed, upTo(n), 1).At(0, nil)[0]]++
	}
	for i, count := range first {
		if mean := float64(seeds) / n; math.Abs(float64(count)-mean) > 5*math.Sqrt(mean) {
			t.Errorf("image %d comes first %d times of %d", i, count, seeds)
		}
	}
}

// labelled returns a split of classes 0, 1, 2 in the ratio 5:3:2, in turn.
func labelled(n int) Split {
	s := Split{Labels: make([]byte, n)}
	for i := range s.Labels {
		s.Labels[i] = []byte{0, 1, 0, 2, 0, 1, 0, 2, 0, 1}[i%10]
	}
	return s
}

func classes(s Split, indices []int32) (count [3]int) {
	for _, i := range indices {
		count[s.Labels[i]]++
	}
	return count
}

func TestSample(t *testing.T) {
	s := labelled(1000)
	got := Sample(s, All(s), 100, 1)
	if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != 100 {
		t.Errorf("not 100 different images in order: %v", got)
	}
	for class, want := range []int{50, 30, 20} {
		if n := classes(s, got)[class]; n < want-1 || n > want+1 {
			t.Errorf("%d images of class %d, want %d or one off", n, class, want)
		}
	}
	if !slices.Equal(got, Sample(s, All(s), 100, 1)) {
		t.Error("the same seed draws other images")
	}
	if slices.Equal(got, Sample(s, All(s), 100, 2)) {
		t.Error("another seed draws the same images")
	}
	few := []int32{4, 2, 9}
	if got := Sample(s, few, 5, 1); !slices.Equal(got, []int32{2, 4, 9}) {
		t.Errorf("more asked for than there are: %v", got)
	}
	if got := Sample(s, nil, 5, 1); len(got) != 0 {
		t.Errorf("of none: %v", got)
	}
}

func TestHoldout(t *testing.T) {
	s := labelled(1000)
	train, validation := Holdout(s, 100, 1)
	if len(train) != 900 || len(validation) != 100 {
		t.Fatalf("%d to train on, %d held out", len(train), len(validation))
	}
	both := slices.Concat(train, validation)
	slices.Sort(both)
	if !slices.Equal(both, All(s)) {
		t.Error("the two parts are not the whole")
	}
	for class, want := range []int{50, 30, 20} {
		if n := classes(s, validation)[class]; n < want-1 || n > want+1 {
			t.Errorf("%d images of class %d held out, want %d or one off", n, class, want)
		}
	}
	if train, validation := Holdout(s, 0, 1); len(train) != 1000 || len(validation) != 0 {
		t.Errorf("none held out: %d and %d", len(train), len(validation))
	}
}

// Each class has all its images, in an order of each seed's own, the same each time.
func TestByClass(t *testing.T) {
	s := Split{Labels: make([]byte, 90)}
	for i := range s.Labels {
		s.Labels[i] = byte(i % 3)
	}
	got, other := ByClass(s, 4, 1), ByClass(s, 4, 2)
	if !reflect.DeepEqual(got, ByClass(s, 4, 1)) || reflect.DeepEqual(got, other) || len(got[3]) > 0 {
		t.Errorf("%v, and by another seed %v", got, other)
	}
	for class, images := range got[:3] {
		if slices.IsSorted(images) || len(images) != 30 || slices.ContainsFunc(images, func(i int32) bool { return int(i)%3 != class }) {
			t.Errorf("class %d: %v", class, images)
		}
		slices.Sort(images)
		if len(slices.Compact(images)) != 30 {
			t.Errorf("class %d twice: %v", class, images)
		}
	}
}

func TestWith(t *testing.T) {
	d := &Dataset{Height: 1, Width: 2, Channels: 1, Train: Split{Images: []byte{0, 1, 2, 3, 4, 5}, Labels: []byte{7, 8, 9}}, Test: Split{Images: []byte{6, 7}, Labels: []byte{5}}}
	whole := d.Hash()
	got := d.With([]int32{2, 0}, []int32{0})
	if want := (Split{Images: []byte{4, 5, 0, 1}, Labels: []byte{9, 7}}); !reflect.DeepEqual(got.Train, want) || !reflect.DeepEqual(got.Test, d.Test) || got.Hash() == whole {
		t.Errorf("%+v", got)
	}
}
