package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/figure"
	"unpool/cmd/serve/internal/npy"
	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/look"
	"unpool/core/number"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/models"
	"unpool/models/net"
)

// Look looks inside the net of a run.
type Look struct {
	Find   Find
	Out    string // new folder for pictures, arrays and a page about them
	Step   string // "last", "best", or of one of the run's snapshots
	Layer  string // to look at; "" for every one that there is something to see of
	Image  int    // index of the test image
	Images int    // how many test images are searched for the strongest
	// Against is what stats are compared with: a run, or that and a step after an @, or @ and another step of the run; "" for
	// nothing.
	Against string

	run, what string // as the user names the run; one of looks
}

// looks are the things to look at.
var looks = []string{"maps", "deconv", "filters", "stats"}

// named reads which run the user names, and what there is to be seen of it.
func (l *Look) named(names []string) error {
	if len(names) != 2 || l.Out == "" {
		return command.Usage("serve look needs a run, what to look at, and a new folder after -o")
	}
	l.run, l.what = names[0], names[1]
	switch {
	case l.Against != "" && l.what != "stats":
		return command.Usage("-against works only with stats, not with %s", l.what)
	case !slices.Contains(looks, l.what):
		return command.Usage("serve look can show %s, not %q", strings.Join(looks, ", "), l.what)
	}
	return nil
}

// insight is a look under way.
type insight struct {
	Look
	backend *backends.Backend
	images  *Images
	stderr  io.Writer
	set     *data.Dataset
	kept    Kept
	id      string
	view    *run.View
	page    strings.Builder // the page about what is written
}

// Do writes what there is to see: the names are the run's and one of maps, deconv, filters and stats. It says on stdout where the page about
// it is.
func (l Look) Do(ctx context.Context, names []string, compute backends.Options, images *Images, stdout, stderr io.Writer) error {
	if err := l.named(names); err != nil {
		return err
	}
	b, err := command.Open(compute)
	if err != nil {
		return err
	}
	defer b.Finalize()
	x := insight{Look: l, backend: b, images: images, stderr: stderr}
	n, err := x.open(ctx)
	if err != nil {
		return err
	}
	defer n.Close()
	if err := os.MkdirAll(filepath.Dir(l.Out), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(l.Out, 0o755); err != nil {
		return command.UsageError{Err: err}
	}
	fmt.Fprintf(&x.page, "# Inside %s, after step %s\n\nThe run %s on %s.\n", models.Title(n.Recipe), number.Plain(n.Step), x.id, n.Recipe.Dataset.Title())
	err = map[string]func(context.Context, *look.Net) error{
		"maps": x.maps, "deconv": x.deconv, "filters": x.filters, "stats": x.stats,
	}[l.what](ctx, n)
	if err != nil {
		os.Remove(l.Out) // if there is nothing in it
		return command.Stopped(ctx, err)
	}
	if err := x.file("README.md", []byte(x.page.String())); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, filepath.Join(l.Out, "README.md"))
	return err
}

// open reads the run and its data set, and opens its net as it was after the step.
func (x *insight) open(ctx context.Context) (*look.Net, error) {
	s, id, err := x.Find(ctx, x.run)
	if err != nil {
		return nil, command.UsageError{Err: err}
	}
	log, err := s.Read(ctx, id, 1)
	if err != nil {
		return nil, command.UsageError{Err: err}
	}
	x.kept, x.id, x.view = s, id, run.Replay(log)
	c, err := x.weights(ctx)
	if err != nil {
		return nil, err
	}
	if x.set, err = x.images.Open(ctx, c.Recipe.Dataset, data.FormOf(c.Recipe)); err != nil {
		return nil, err
	}
	switch n := x.set.Test.Len(); {
	case x.Image < 0 || x.Image >= n:
		return nil, command.Usage("-image: there is no test image %d; they are numbered from 0 to %d", x.Image, n-1)
	case x.Images < 1:
		return nil, command.Usage("-images: %d of %d test images", x.Images, n)
	default:
		x.Images = min(x.Images, n)
	}
	return look.Open(x.backend.Backend, c, x.set)
}

// weights are those after the step.
func (x *insight) weights(ctx context.Context) (*checkpoint.Checkpoint, error) {
	if name := map[string]string{"last": store.Last, "best": store.Best}[x.Step]; name != "" {
		c, err := store.Load(ctx, x.kept, x.id, name)
		if !errors.Is(err, store.ErrNotFound) {
			return c, err
		}
	}
	var steps []string
	for _, s := range x.view.Snapshots {
		steps = append(steps, strconv.Itoa(s.Step))
	}
	if x.Step == "last" && len(steps) > 0 { // of which nothing else was kept
		x.Step = steps[len(steps)-1]
	}
	step, err := strconv.Atoi(x.Step)
	if err == nil {
		c, err := store.Weights(ctx, x.kept, x.id, step, store.Last, store.Best)
		if !errors.Is(err, store.ErrNoWeights) {
			return c, err
		}
	}
	return nil, command.Usage("-step: the run has no stored weights %q; it has last, best and %s", x.Step, strings.Join(steps, ", "))
}

// say writes a paragraph of the page.
func (x *insight) say(format string, args ...any) { fmt.Fprintf(&x.page, "\n"+format+"\n", args...) }

func (x *insight) file(name string, b []byte) error {
	return os.WriteFile(filepath.Join(x.Out, name), b, 0o644)
}

// array writes an array as a .npy file.
func (x *insight) array(name string, shape []int, values []float32) (err error) {
	f, err := os.Create(filepath.Join(x.Out, name+".npy"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return npy.Write(f, npy.Floats(name, shape, values))
}

// picture writes a sheet and puts it on the page, with a text for those who do not see it.
func (x *insight) picture(name, text string, s figure.Sheet) error {
	b, err := s.PNG()
	if err != nil {
		return err
	}
	x.say("![%s](%s.png)", text, name)
	return x.file(name+".png", b)
}

// image is a test image.
func (x *insight) image(i int) []byte {
	size := x.set.Height * x.set.Width * x.set.Channels
	return x.set.Test.Images[i*size : (i+1)*size]
}

// layers are those to look at: the one that is asked for, or all for which want holds, by their number of maps.
func (x *insight) layers(n *look.Net, want func(dims []int, name string) bool) (names []string, err error) {
	var all []string
	for p := range n.Plan.All() {
		if _, ok := p.Layer.(net.Dropout); ok {
			continue // it does nothing here
		}
		all = append(all, p.Name)
		if p.Name == x.Layer || x.Layer == "" && want(p.Out, p.Name) {
			names = append(names, p.Name)
		}
	}
	switch {
	case len(names) > 0:
		return names, nil
	case x.Layer != "":
		return nil, command.Usage("-layer: the net has no layer %q; it has %s", x.Layer, strings.Join(all, ", "))
	}
	return nil, command.Usage("the net has no convolution with a ReLU; -layer names one of its layers: %s", strings.Join(all, ", "))
}
