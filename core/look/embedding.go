package look

import (
	"context"
	"math"

	"unpool/core/data"
	"unpool/core/embed"
)

// Of an embedding.
const (
	mostFeatures = 2048 // for an image
	neighbours   = 10   // of a point
	components   = 50   // that t-SNE works on
)

// Embedding is where images lie in the space of a layer's features, laid out in the plane: by their two first principal components, and by t-SNE
// (van der Maaten and Hinton, 2008). Images whose features are alike lie near each other.
type Embedding struct {
	Layer         string
	Size, Pool    int // as of Features
	Images        []int32
	Classes       []int // of the images
	Answers       []int // the class that the net finds most probable
	Probabilities []float32
	Components    []float32  // [images, 2]: the first two principal components
	Shares        [2]float64 // of the variance that each explains
	Near          []float32  // [images]: the share of the nearest ten images, in the space of the features, that have the image's class
	Map           []float32  // [images, 2] of t-SNE; nil before its first iteration
	Iteration     int        // of it

	start []float64 // [images, components]; nil when t-SNE has begun
	tsne  *embed.TSNE
}

// Embed lays out the images of a split at indices by their principal components. Progress is in images.
func (n *Net) Embed(ctx context.Context, s data.Split, indices []int32, layer string, progress Progress) (*Embedding, error) {
	logits := n.Plan.Layers[len(n.Plan.Layers)-1].Name
	all, err := n.Features(ctx, s, indices, []string{layer, logits}, mostFeatures, progress)
	if err != nil {
		return nil, err
	}
	f, count := all[0], len(indices)
	e := &Embedding{Layer: layer, Size: f.Size, Pool: f.Pool, Images: indices}
	for i, image := range indices {
		of := all[1].Values[i*all[1].Size : (i+1)*all[1].Size]
		answer := Largest(of)
		e.Classes, e.Answers = append(e.Classes, int(s.Labels[image])), append(e.Answers, answer)
		e.Probabilities = append(e.Probabilities, float32(math.Exp(logSoftmax(of)(answer))))
	}
	tell := progress.until(ctx, count)
	k := max(2, min(components, f.Size, count))
	scores, shares, err := embed.PCA(f.Values, count, f.Size, k, tell)
	if err != nil {
		return nil, err
	}
	near, err := embed.Neighbours(f.Values, count, f.Size, neighbours, e.Classes, tell)
	if err != nil {
		return nil, err
	}
	for i := range count {
		e.Components = append(e.Components, float32(scores[i*k]), float32(scores[i*k+1]))
		e.Near = append(e.Near, float32(near[i]))
	}
	e.start, e.Shares = scores, [2]float64(shares)
	return e, nil
}

// until tells that all of so many are done, again and again while a computation about them goes on.
func (p Progress) until(ctx context.Context, all int) embed.Tell {
	return func() error {
		p.tell(all, all)
		return ctx.Err()
	}
}

// Begin prepares t-SNE, which takes as long as many of its iterations.
func (e *Embedding) Begin(ctx context.Context, progress Progress) (err error) {
	if e.tsne == nil && !e.Done() {
		n := len(e.Images)
		e.tsne, err = embed.NewTSNE(e.start, n, len(e.start)/n, progress.until(ctx, n))
		if err == nil {
			e.start = nil
		}
	}
	return err
}

// Step does an iteration of t-SNE, after Begin, unless it is done.
func (e *Embedding) Step() {
	if e.Done() {
		return
	}
	e.tsne.Step()
	e.Iteration = e.tsne.Iteration
	if e.Map == nil {
		e.Map = make([]float32, 2*len(e.Images))
	}
	for i, v := range e.tsne.Positions {
		e.Map[i] = float32(v)
	}
	if e.Done() {
		e.tsne = nil // which takes room
	}
}

// Done reports whether t-SNE is.
func (e *Embedding) Done() bool { return e.Iteration >= embed.Iterations }

// FitsEmbedding reports whether e can be what an Embedding of the images at indices is when t-SNE is done.
func (n *Net) FitsEmbedding(e *Embedding, layer string, s data.Split, indices []int32) bool {
	count := len(indices)
	if e == nil || e.Layer != layer || !e.Done() || len(e.Images) != count || len(e.Classes) != count || len(e.Answers) != count || len(e.Probabilities) != count ||
		len(e.Near) != count || len(e.Components) != 2*count || len(e.Map) != 2*count {
		return false
	}
	for i, image := range indices {
		if e.Images[i] != image || e.Classes[i] != int(s.Labels[image]) || e.Answers[i] < 0 || e.Answers[i] >= n.Plan.Task.Classes {
			return false
		}
	}
	return true
}

// Group are the images of a class in an Embedding.
type Group struct {
	Images int
	Near   float64 // the mean of their Near
	// Where they are, on average.
	Components, Map [2]float64
}

// Groups are those of the classes, [classes].
func (e *Embedding) Groups(classes int) []Group {
	groups := make([]Group, classes)
	for _, class := range e.Classes {
		groups[class].Images++
	}
	for i, class := range e.Classes {
		g := &groups[class]
		share := 1 / float64(g.Images)
		g.Near += share * float64(e.Near[i])
		for c := range 2 {
			g.Components[c] += share * float64(e.Components[2*i+c])
			if len(e.Map) > 0 {
				g.Map[c] += share * float64(e.Map[2*i+c])
			}
		}
	}
	return groups
}

// Drawn are the indices of so many images of a split, or of all: drawn at random, always the same, and balanced by class.
func Drawn(s data.Split, most int) []int32 { return data.Sample(s, data.All(s), most, 1) }
