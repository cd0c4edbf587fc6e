package train

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"unpool/core/data"
	"unpool/core/run"
)

// ContentOf says what is in a data set.
func ContentOf(d *data.Dataset) *run.Content {
	counts := make([]int, len(d.Classes))
	for _, label := range d.Test.Labels {
		counts[label]++
	}
	return &run.Content{Classes: d.Classes, Train: d.Train.Len(), Test: d.Test.Len(), TestCounts: counts, Hash: d.Hash()}
}

// SameContent refuses to resume a run on a data set with another content. A checkpoint from before the content was kept says nothing.
func SameContent(was, now *run.Content) error {
	switch {
	case was == nil:
		return nil
	case !slices.Equal(was.Classes, now.Classes):
		return fmt.Errorf("its classes were %s; the data set now has %s", strings.Join(was.Classes, ", "), strings.Join(now.Classes, ", "))
	case was.Train != now.Train || was.Test != now.Test:
		return fmt.Errorf("it had %d images to train on and %d to test on; the data set now has %d and %d", was.Train, was.Test, now.Train, now.Test)
	case was.TestCounts != nil && !slices.Equal(was.TestCounts, now.TestCounts):
		return errors.New("images of the data set have moved from one class to another")
	case was.Hash != now.Hash:
		return errors.New("the images of the data set, or their order or size, have changed: files that are renamed come in another order")
	}
	return nil
}
