package look

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"unpool/core/data"
)

// Evolution is what moves some maps of a layer most, step after step of the training (Zeiler and Fergus, 2013, figure 4).
type Evolution struct {
	Layer  string
	Method Method // of the projections
	Maps   []int
	Stages []Stage // one a step
}

// Stage is that after a step.
type Stage struct {
	Step        int
	Strongest   []Strong    // [maps]: the activation that is strongest over all images that were searched
	Projections [][]float32 // [maps][height, width, channels]: which pixels it comes from
}

// Weighed is a run's net with the weights after one of its steps.
type Weighed interface {
	// Search returns what Net.Strongest does, for each map at least the first.
	Search(ctx context.Context, progress Progress) ([][]Strong, error)
	Projections(ctx context.Context, methods []Method, images []byte, units []Unit, progress Progress) (map[Method][][]float32, error)
	Close()
}

// Evolve follows a map of a layer over steps, which are in order; with -1 for the map, those that are strongest after the last step, at most so many.
// open opens the net after a step, and s has the images that are searched. Progress is in images.
func Evolve(ctx context.Context, method Method, layer string, m, most int, s data.Split, steps []int, open func(step int) (Weighed, error), progress Progress) (*Evolution, error) {
	e := &Evolution{Layer: layer, Method: method, Stages: make([]Stage, len(steps))}
	for done := range steps {
		at := (done + len(steps) - 1) % len(steps) // the last is the first: it says which maps are strongest
		n, err := open(steps[at])
		if err != nil {
			return nil, err
		}
		stage, err := e.stage(ctx, n, m, most, s, func(now, total int) { progress.tell(done*total+now, len(steps)*total) })
		n.Close()
		if err != nil {
			return nil, err
		}
		stage.Step = steps[at]
		e.Stages[at] = *stage
	}
	return e, nil
}

// stage is that of a net. The first one chooses the maps.
func (e *Evolution) stage(ctx context.Context, n Weighed, m, most int, s data.Split, progress Progress) (*Stage, error) {
	best, err := n.Search(ctx, progress)
	if err != nil {
		return nil, err
	}
	if m >= len(best) {
		return nil, fmt.Errorf("look: %s has no map %d, but %d maps", e.Layer, m, len(best))
	}
	if e.Maps == nil {
		if e.Maps = []int{m}; m < 0 {
			e.Maps = strongestMaps(best, most)
		}
	}
	stage := &Stage{}
	var images []byte
	var units []Unit
	size := len(s.Images) / s.Len()
	for _, m := range e.Maps {
		one := best[m][0]
		stage.Strongest = append(stage.Strongest, one)
		images, units = append(images, s.Images[int(one.Image)*size:(int(one.Image)+1)*size]...), append(units, one.Unit)
	}
	all, err := n.Projections(ctx, []Method{e.Method}, images, units, nil)
	stage.Projections = all[e.Method]
	return stage, err
}

// strongestMaps are the maps with the largest activations, the largest first, at most so many.
func strongestMaps(best [][]Strong, most int) []int {
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
	part := make([]T, 0, p.Height*p.Width*channels)
	for y := p.Top; y < p.Top+p.Height; y++ {
		for x := p.Left; x < p.Left+p.Width; x++ {
			if y >= 0 && y < height && x >= 0 && x < width {
				part = append(part, image[(y*width+x)*channels:][:channels]...)
			} else {
				part = append(part, slices.Repeat([]T{outside}, channels)...)
			}
		}
	}
	return part
}
