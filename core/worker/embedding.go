package worker

import (
	"context"
	"errors"

	"unpool/core/embed"
	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
)

// mostEmbedded is how many images are laid out at most: t-SNE takes the square of that.
const mostEmbedded = 2000

// embedded tells the embeddings of a run's nets apart.
type embedded struct {
	step   int
	layer  string
	images int
}

// turned is an embedding, and how it is turned to be like another one.
type turned struct {
	*look.Embedding
	turn embed.Turn
}

// errNotKept means that nothing is kept.
var errNotKept = errors.New("nothing is kept")

// embedding lays out test images, and continues t-SNE up to an iteration.
func (a *analysis) embedding(ctx context.Context, e protocol.Embed) (*protocol.Embedding, error) {
	if e.Layer == "" {
		e.Layer = a.net.LastFeatures()
	}
	of := embedded{a.of.step, e.Layer, min(max(e.Images, 2), mostEmbedded)}
	about, err := a.embeddingOf(ctx, of, e.Like)
	if err != nil {
		return nil, err
	}
	if e.Until > 0 && !about.Done() {
		if err := a.advance(ctx, about.Embedding, of, e.Until); err != nil {
			return nil, err
		}
	}
	told := &protocol.Embedding{
		Layer: about.Layer, Size: about.Size, Pool: about.Pool, Images: about.Images, Classes: about.Classes, Answers: about.Answers, Probabilities: about.Probabilities,
		Components: about.turn.Of(about.Components), Shares: about.Shares, Map: about.turn.Of(about.Map), Iteration: about.Iteration, Iterations: embed.Iterations,
	}
	shown := *about.Embedding
	shown.Components, shown.Map = told.Components, told.Map
	for _, g := range shown.Groups(len(a.data.Classes)) {
		told.Groups = append(told.Groups, protocol.Group(g))
		told.Near += g.Near * float64(g.Images) / float64(len(about.Images))
	}
	a.about = []string{e.Layer}
	form := run.Weights{Step: a.net.Step, Layer: e.Layer, Count: 1, Height: len(about.Images), Width: 2, Channels: 1}
	a.note(protocol.Components, form, told.Components)
	a.note(protocol.Map, form, told.Map)
	return told, nil
}

// embeddingOf is the one of the step, remembered if it was asked about before.
func (a *analysis) embeddingOf(ctx context.Context, of embedded, like *int) (*turned, error) {
	if known := a.embeddings[of]; known != nil {
		return known, nil
	}
	about, err := a.keptEmbedding(ctx, of, nil)
	if errors.Is(err, errNotKept) {
		about, err = a.net.Embed(ctx, a.data.Test, look.Drawn(a.data.Test, of.images), of.layer, a.progress)
	}
	if err != nil {
		return nil, err
	}
	one := &turned{about, embed.Still}
	if like != nil {
		if other := a.embeddings[embedded{*like, of.layer, of.images}]; other != nil {
			one.turn = embed.Alignment(about.Components, other.turn.Of(other.Components))
		}
	}
	if a.embeddings == nil {
		a.embeddings = map[embedded]*turned{}
	}
	for other, t := range a.embeddings {
		if !t.Done() && t.Iteration > 0 { // what is under way takes room
			delete(a.embeddings, other)
		}
	}
	a.embeddings[of] = one
	return one, nil
}

// keptEmbedding is what is kept beside the run or, where that is nothing, done, which is kept then.
func (a *analysis) keptEmbedding(ctx context.Context, of embedded, done *look.Embedding) (*look.Embedding, error) {
	indices := look.Drawn(a.data.Test, of.images)
	return remembered(ctx, a, a.net, "embedding", []any{of.layer, of.images}, func(e *look.Embedding) bool { return a.net.FitsEmbedding(e, of.layer, a.data.Test, indices) },
		func() (*look.Embedding, error) {
			if done == nil {
				return nil, errNotKept
			}
			return done, nil
		})
}

// advance continues t-SNE.
func (a *analysis) advance(ctx context.Context, about *look.Embedding, of embedded, until int) error {
	if err := about.Begin(ctx, a.progress); err != nil {
		return err
	}
	for about.Iteration < until && !about.Done() {
		if err := ctx.Err(); err != nil {
			return err
		}
		about.Step()
	}
	if about.Done() {
		_, err := a.keptEmbedding(ctx, of, about)
		return err
	}
	return nil
}

// photograph is an image itself.
func (a *analysis) photograph(_ context.Context, t protocol.TestImage) (*protocol.Picture, error) {
	number, err := a.find(t)
	if err != nil {
		return nil, err
	}
	picture, err := a.pixels(number, t.Own)
	return &picture, err
}
