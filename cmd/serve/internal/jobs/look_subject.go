package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/figure"
	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/look"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/train"
)

// subject is what is looked at: the net of a run after a step, and an image.
type subject struct {
	run, step, image string // as the user names them

	kept      Kept
	id        string
	view      *run.View
	set       *data.Dataset
	net       *look.Net
	pixels    []byte // the image, as the data set has images
	class     int    // of it; -1 where that is unknown
	imageSays string // which it is
}

// open reads the run and its data set, and opens its net as it was after the step.
func (x *insight) open(ctx context.Context, s *subject) error {
	kept, id, err := x.Find(ctx, s.run)
	if err != nil {
		return command.UsageError{Err: err}
	}
	log, err := kept.Read(ctx, id, 1)
	if err != nil {
		return command.UsageError{Err: err}
	}
	s.kept, s.id, s.view = kept, id, run.Replay(log)
	c, err := s.weights(ctx)
	if err != nil {
		return err
	}
	if _, own := c.Recipe.Dataset.Folder(); own && x.Dataset != "" {
		c.Recipe.Dataset = x.Dataset
	}
	if s.set, err = x.images.Open(ctx, c.Recipe.Dataset, data.WantOf(c.Recipe)); err != nil {
		return err
	}
	if begun := s.view.Start; begun != nil {
		if err := train.SameContent(begun.Content, train.ContentOf(s.set)); err != nil {
			return command.Usage("%s is not what the run was trained on: %w", c.Recipe.Dataset, err)
		}
	}
	if err := s.readImage("-image"); err != nil {
		return err
	}
	s.net, err = look.Open(x.backend.Backend, c, s.set)
	return err
}

// openSecond opens what it is compared with, if anything: another net, another image, or both.
func (x *insight) openSecond(ctx context.Context) error {
	if x.Against == "" && x.AgainstImage == "" {
		return nil
	}
	second := *x.subject
	if x.AgainstImage != "" {
		second.image = x.AgainstImage
	}
	x.second = &second
	if x.Against == "" {
		return second.readImage("-against-image")
	}
	name := x.Against
	second.step = "last"
	if at := strings.LastIndex(name, "@"); at >= 0 { // a path may contain other @s
		name, second.step = name[:at], name[at+1:]
	}
	if name != "" {
		second.run = name
	}
	if err := x.open(ctx, &second); err != nil {
		return fmt.Errorf("-against: %w", err)
	}
	return nil
}

// readImage reads the image, and refuses the flag where there is none. A picture becomes what it would be in a data set of the user's own.
func (s *subject) readImage(flag string) (err error) {
	number, notOne := strconv.Atoi(s.image)
	if notOne != nil {
		s.class, s.imageSays = -1, "the picture "+filepath.Base(s.image)
		if s.pixels, err = data.OpenPicture(os.DirFS(filepath.Dir(s.image)), filepath.Base(s.image), s.set.Form()); err != nil {
			return command.Usage("%s: %q is neither a number nor a picture that can be read: %w", flag, s.image, err)
		}
		return nil
	}
	if n := s.set.Test.Len(); number < 0 || number >= n {
		return command.Usage("%s: there is no test image %d; they are numbered from 0 to %d", flag, number, n-1)
	}
	s.pixels = s.of(s.set.Test, number)
	s.class = int(s.set.Test.Labels[number])
	s.imageSays = fmt.Sprintf("test image %d, of the class %s", number, s.set.Classes[s.class])
	return nil
}

// weights are those after the step.
func (s *subject) weights(ctx context.Context) (*checkpoint.Checkpoint, error) {
	if name := map[string]string{"last": store.Last, "best": store.Best}[s.step]; name != "" {
		c, err := store.Load(ctx, s.kept, s.id, name)
		if !errors.Is(err, store.ErrNotFound) {
			return c, err
		}
	}
	var steps []string
	for _, one := range s.view.Snapshots {
		steps = append(steps, strconv.Itoa(one.Step))
	}
	if s.step == "last" && len(steps) > 0 { // of which nothing else was kept
		s.step = steps[len(steps)-1]
	}
	step, err := strconv.Atoi(s.step)
	if err == nil {
		c, err := store.Weights(ctx, s.kept, s.id, step, store.Last, store.Best)
		if !errors.Is(err, store.ErrNoWeights) {
			return c, err
		}
	}
	if len(steps) == 0 {
		return nil, command.Usage("-step: the run has no stored weights %q, and no snapshots; try last or best", s.step)
	}
	return nil, command.Usage("-step: the run has no stored weights %q; it has last, best and %s", s.step, strings.Join(steps, ", "))
}

// remembered is the result of an analysis of a net, kept beside the run of s where that is a folder that can be written.
func remembered[T any](ctx context.Context, s *subject, n *look.Net, what string, with any, fits func(T) bool, analyse func() (T, error)) (T, error) {
	keep, _ := s.kept.(store.Store) // a server keeps no analyses
	return store.Analysed(ctx, keep, s.id, func() (string, error) { return n.Key(s.set, what, with) }, fits, analyse)
}

// outputs are those of a layer for the image.
func (s *subject) outputs(layer string) (look.Activations, error) {
	layers, _, err := s.net.Maps(s.pixels)
	if err != nil {
		return look.Activations{}, err
	}
	at := slices.IndexFunc(layers, func(l look.Activations) bool { return l.Layer == layer })
	if at < 0 {
		return look.Activations{}, fmt.Errorf("%w: %q", look.ErrNoLayer, layer)
	}
	return layers[at], nil
}

// of is an image of a part of the data set.
func (s *subject) of(part data.Split, i int) []byte {
	size := s.set.Height * s.set.Width * s.set.Channels
	return part.Images[i*size : (i+1)*size]
}

// cell draws an image as it is.
func (s *subject) cell(image []byte) figure.Cell {
	c := figure.Cell{Height: s.set.Height, Width: s.set.Width, Channels: s.set.Channels}
	for _, v := range image {
		c.Values = append(c.Values, float64(v)/255)
	}
	return c
}

// signed draws values as an image: gray for zero, its largest magnitude black or white.
func (s *subject) signed(values []float32) figure.Cell { return s.signedOn(values, largestOf(values)) }

// signedOn is signed on the scale of a magnitude.
func (s *subject) signedOn(values []float32, scale float32) figure.Cell {
	c := figure.Cell{Height: s.set.Height, Width: s.set.Width, Channels: s.set.Channels}
	largest := float64(scale)
	for _, v := range values {
		c.Values = append(c.Values, 0.5+0.5*float64(v)/largest)
	}
	return c
}

// capital begins a sentence with some words.
func capital(words string) string { return strings.ToUpper(words[:1]) + words[1:] }
