package train

import (
	"slices"
	"strings"
	"testing"

	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
)

// A run is resumed on the data set that it began with, wherever that is now, and on no other.
func TestTheDataSetIsKnownByItsContent(t *testing.T) {
	r := small()
	r.Dataset = recipe.Folder("here/pets")
	r.Fit(28, 1, 10)
	on := func(r recipe.Recipe, d *data.Dataset, from *checkpoint.Checkpoint) (*Session, error) {
		d.Name = r.Dataset
		return New(Options{Backend: newSpy(), Recipe: r, Data: d, From: from, Move: true, Emit: func(run.Event) {}})
	}
	s, err := on(r, bars(30, 10), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var from *checkpoint.Checkpoint
	s.Keep = func(c *checkpoint.Checkpoint) { from = c }
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if from.Content == nil || from.Content.Train != 30 || from.Content.Test != 10 || len(from.Content.Hash) != 16 || !slices.Equal(from.Content.TestCounts, slices.Repeat([]int{1}, 10)) {
		t.Fatalf("the checkpoint says %+v", from.Content)
	}

	elsewhere := r
	elsewhere.Dataset = recipe.Folder("there/pets.zip")
	elsewhere.Steps++
	moved, err := on(elsewhere, bars(30, 10), from)
	if err != nil {
		t.Fatalf("the same pictures in another place: %v", err)
	}
	moved.Close()

	for says, change := range map[string]func(d *data.Dataset){
		"its classes were 0, 1, 2":                              func(d *data.Dataset) { d.Classes = slices.Clone(d.Classes); d.Classes[1] = "fox" },
		"it had 30 images to train on and":                      func(d *data.Dataset) { d.Test.Images, d.Test.Labels = d.Test.Images[:9*784], d.Test.Labels[:9] },
		"of the data set, or their order or size, have changed": func(d *data.Dataset) { d.Test.Images[5]++ },
		"the images of the data set":                            func(d *data.Dataset) { d.Train.Labels[0]++ },
		"moved from one class to another":                       func(d *data.Dataset) { d.Test.Labels = slices.Clone(d.Test.Labels); d.Test.Labels[0]++ },
	} {
		d := bars(30, 10)
		change(d)
		if s, err := on(r, d, from); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
			if err == nil {
				s.Close()
			}
		}
	}

	// A checkpoint from before says nothing of the content: its run stays with the name.
	older := *from
	older.Content = nil
	if s, err := on(elsewhere, bars(30, 10), &older); err == nil || !strings.Contains(err.Error(), "dataset: it was folder:here/pets") {
		t.Errorf("an older checkpoint on another folder: %v", err)
		if err == nil {
			s.Close()
		}
	}
}
