package look

import (
	"cmp"
	"context"
	"slices"

	"unpool/core/data"
)

// Evolving is how many maps are followed unless one is chosen.
const Evolving = 8

// Opener opens a run's net with the weights after a step.
type Opener func(step int) (*Net, error)

// Leaders are the activations that are the strongest of each map of a layer over images of a split at indices, after each of some steps:
// [steps][maps], a list of one each, as of Strongest. Progress is in images.
func Leaders(ctx context.Context, layer string, s data.Split, indices []int32, steps []int, open Opener, progress Progress) ([][][]Strong, error) {
	all := make([][][]Strong, len(steps))
	for at, step := range steps {
		n, err := open(step)
		if err != nil {
			return nil, err
		}
		all[at], err = n.Strongest(ctx, layer, s, indices, 1, func(done, total int) { progress.tell(at*total+done, len(steps)*total) })
		n.Close()
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// LeadersKey names all that Leaders depend on, as Key does; n is any net of the run whose weights are the same each time, as the untrained one's are.
// with is what tells the searches apart.
func LeadersKey(n *Net, d *data.Dataset, steps []int, open Opener, with ...any) (string, error) {
	for _, step := range steps {
		n, err := open(step)
		if err != nil {
			return "", err
		}
		hash, err := n.hash()
		n.Close()
		if err != nil {
			return "", err
		}
		with = append(with, step, hash)
	}
	return n.Key(d, "leaders", with...)
}

// FitsLeaders reports whether all can be what Leaders returns for images at indices and so many steps.
func (n *Net) FitsLeaders(all [][][]Strong, layer string, indices []int32, steps int) bool {
	return len(all) == steps && !slices.ContainsFunc(all, func(best [][]Strong) bool { return !n.FitsStrongest(best, layer, indices, 1) })
}

// Evolution is what moves some maps of a layer most, step after step of the training (Zeiler and Fergus, 2013, figure 4).
type Evolution struct {
	Method Method // of the projections
	Maps   []int
	Stages []Stage // one a step
}

// Stage is that after a step.
type Stage struct {
	Step        int
	Strongest   []Strong    // [maps]
	Projections [][]float32 // [maps][height, width, channels]: which pixels the activation comes from
}

// Evolve follows some maps of a layer over the steps of its Leaders, which were found in s.
func Evolve(ctx context.Context, leaders [][][]Strong, maps []int, s data.Split, steps []int, open Opener) (*Evolution, error) {
	e := &Evolution{Maps: maps}
	size := len(s.Images) / s.Len()
	for at, step := range steps {
		stage := Stage{Step: step}
		var images []byte
		var units []Unit
		for _, m := range maps {
			one := leaders[at][m][0]
			stage.Strongest = append(stage.Strongest, one)
			images, units = append(images, s.Images[int(one.Image)*size:(int(one.Image)+1)*size]...), append(units, one.Unit)
		}
		n, err := open(step)
		if err != nil {
			return nil, err
		}
		e.Method = n.Methods()[0]
		all, err := n.Projections(ctx, []Method{e.Method}, images, units, nil)
		n.Close()
		if err != nil {
			return nil, err
		}
		stage.Projections = all[e.Method]
		e.Stages = append(e.Stages, stage)
	}
	return e, nil
}

// StrongestMaps are those with the largest activations, of the best of each, the largest first, at most so many.
func StrongestMaps(best [][]Strong, most int) []int {
	maps := make([]int, len(best))
	for m := range maps {
		maps[m] = m
	}
	slices.SortStableFunc(maps, func(a, b int) int { return cmp.Compare(best[b][0].Value, best[a][0].Value) })
	return maps[:min(most, len(maps))]
}

// Changed reports whether a map, by its index in Maps, is moved most by another image after a step, by its index, than after the one before.
func (e *Evolution) Changed(stage, m int) bool {
	return stage > 0 && e.Stages[stage].Strongest[m].Image != e.Stages[stage-1].Strongest[m].Image
}

// Within is the patch as a part of images of a size that is no larger than they are: where a patch is as large as the image or larger, all of the
// image.
func (p Patch) Within(height, width int) Patch {
	if p.Height >= height {
		p.Top, p.Height = 0, height
	}
	if p.Width >= width {
		p.Left, p.Width = 0, width
	}
	return p
}

// Crop is the part of an image, [height, width, channels], in a patch; what of that lies outside the image has one value.
func Crop[T any](p Patch, image []T, height, width, channels int, outside T) []T {
	part := make([]T, p.Height*p.Width*channels)
	for i := range part {
		part[i] = outside
	}
	left := max(0, p.Left)
	right := max(left, min(width, p.Left+p.Width))
	for y := max(0, p.Top); y < min(height, p.Top+p.Height); y++ {
		copy(part[((y-p.Top)*p.Width+left-p.Left)*channels:], image[(y*width+left)*channels:(y*width+right)*channels])
	}
	return part
}
