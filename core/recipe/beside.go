package recipe

import (
	"fmt"
	"strings"
)

// MaxBeside is how many nets can be compared with a recipe's.
const MaxBeside = 3

// Beside returns other with everything that decides which images a net sees when: r's data set, batches, seed, length and evaluations. The
// two nets can then be compared step by step. What is left of other is its net and how that is trained.
func (r Recipe) Beside(other Recipe) Recipe {
	for i := range Fields {
		if f := &Fields[i]; f.own {
			f.value(&r).Set(f.value(&other))
		}
	}
	return r
}

// On returns r for another data set, whose images become those that r's net reads, and none of which is held out. A folder has so many classes.
func (r Recipe) On(set Dataset, classes int) Recipe {
	t := r.Task()
	r.Dataset, r.Size, r.Colour, r.Classes, r.Split, r.Holdout = set, t.Height, colourOf(t.Channels), 0, 0, 0
	r.Fit(t.Height, t.Channels, classes)
	return r
}

// Becomes says what becomes of a data set's images for a net that reads images of a side in pixels, with so many channels. It ends a sentence about them.
func (d Dataset) Becomes(side, channels int) string {
	info, known := d.Info()
	if !known {
		return fmt.Sprintf("become %d by %[1]d pixels %s, as the net reads them", side, map[bool]string{true: "in gray", false: "in colour"}[channels == 1])
	}
	var done []string
	if info.Side != side {
		done = append(done, fmt.Sprintf("resized to %d by %[1]d pixels", side))
	}
	switch {
	case channels < info.Channels:
		done = append(done, "made gray")
	case channels > info.Channels:
		done = append(done, "given three equal channels")
	}
	if len(done) == 0 {
		return "have the size and colours that the net reads"
	}
	return "are " + strings.Join(done, " and ") + ", as the net reads them"
}
