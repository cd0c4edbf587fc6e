package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/figure"
	"unpool/cmd/serve/internal/npy"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/models"
	"unpool/models/net"
)

// Look looks inside the net of a run.
type Look struct {
	Find   Find
	Out    string          // new folder for pictures, arrays and a page about them
	Step   string          // "last", "best", or of one of the run's snapshots
	Layer  string          // to look at; "" for every one that there is something to see of
	Map    *int            // of Layer; nil for all, or the strongest
	Cover  int             // pixels of a side of the square that covers a part of the image, or rows; 0 for a quarter of the image
	Stride int             // pixels that it moves by
	Rows   bool            // it covers whole rows
	Image  string          // number of a test image, or a picture's file
	Images int             // how many images are searched for the strongest, laid out, or trained on
	Among  string          // which those are: "test" or "train"
	Parts  []protocol.Mark // of test images, whose correspondence is looked at; none for the middles of some of the image's class
	// Dataset is where the user's own pictures are now that the run was trained on; "" for where they were.
	Dataset recipe.Dataset
	To      recipe.Dataset // the data set that the net's features are to serve
	Seeds   int            // by which images of it are drawn
	// Against is the net to compare with: a run, or that and a step after an @, or @ and another step of the run; "" for the same.
	Against      string
	AgainstImage string // the image to compare with, as Image; "" for the same

	what *view
}

// view is something to look at.
type view struct {
	name     string
	compares bool // with another net
	images   bool // with another image
	maps     bool // of a layer, one can be chosen
	write    func(*insight, context.Context) error
}

// views lists them in the order in which they are named.
var views = []view{
	{"maps", true, true, false, (*insight).maps},
	{"deconv", true, true, true, (*insight).deconv},
	{"occlusion", false, false, true, (*insight).occlusion},
	{"invariance", false, false, false, (*insight).invariance},
	{"evolution", false, false, true, (*insight).evolution},
	{"filters", false, false, false, (*insight).filters},
	{"stats", true, false, false, (*insight).stats},
	{"mistakes", false, false, false, (*insight).mistakes},
	{"rows", true, false, true, (*insight).rows},
	{"embedding", false, false, false, (*insight).embedding},
	{"probes", false, false, false, (*insight).probes},
	{"correspondence", false, false, false, (*insight).correspondence},
	{"ablation", false, false, false, (*insight).ablation},
	{"transfer", false, false, false, (*insight).transfer},
	{"report", false, false, false, (*insight).report},
}

// those are the names of the views for which something holds.
func those(holds func(*view) bool) string {
	var names []string
	for i := range views {
		if holds(&views[i]) {
			names = append(names, views[i].name)
		}
	}
	return strings.Join(names, ", ")
}

// named reads which run the user names, and what to show of it.
func (l *Look) named(names []string) (of string, err error) {
	if len(names) != 2 || l.Out == "" {
		return "", command.Usage("serve look needs a run, what to look at, and a new folder after -o")
	}
	at := slices.IndexFunc(views, func(v view) bool { return v.name == names[1] })
	if at < 0 {
		return "", command.Usage("serve look can show %s, not %q", those(func(*view) bool { return true }), names[1])
	}
	l.what = &views[at]
	only := func(flag string, holds func(*view) bool) error {
		return command.Usage("%s works with %s, not with %s", flag, those(holds), l.what.name)
	}
	switch {
	case l.Against != "" && l.what.name == "filters":
		return "", command.Usage("-against is not for filters: filters shows every stored step already")
	case l.Against != "" && !l.what.compares:
		return "", only("-against", func(v *view) bool { return v.compares })
	case l.Cover < 0 || l.Stride < 1:
		return "", command.Usage("-cover %d, -stride %d: both are numbers of pixels from 1", l.Cover, l.Stride)
	case l.AgainstImage != "" && !l.what.images:
		return "", only("-against-image", func(v *view) bool { return v.images })
	case len(l.Parts) > 0 && l.what.name != "correspondence" && l.what.name != "report":
		return "", command.Usage("-part works with correspondence and report, not with %s", l.what.name)
	case l.To == "" && l.what.name == "transfer":
		return "", command.Usage("transfer needs another data set after -to")
	case l.To != "" && l.what.name != "transfer" && l.what.name != "report":
		return "", command.Usage("-to works with transfer and report, not with %s", l.what.name)
	case l.Seeds < 1:
		return "", command.Usage("-seeds: %d is less than 1", l.Seeds)
	case l.Map != nil && !l.what.maps:
		return "", only("-map", func(v *view) bool { return v.maps })
	case l.Layer != "" && l.what.name == "report":
		return "", command.Usage("-layer is not for report, which is about the layers that matter to each of its parts")
	case l.Map != nil && l.Layer == "":
		return "", command.Usage("-map works only with -layer, whose maps it counts from 0")
	case l.Images < 1:
		return "", command.Usage("-images: %d is less than 1", l.Images)
	case l.Among != "test" && l.Among != "train":
		return "", command.Usage("-among is test or train, not %q", l.Among)
	}
	return names[0], nil
}

// insight is a look under way.
type insight struct {
	Look
	*subject
	second  *subject // that it is compared with; nil for nothing
	backend *backends.Backend
	images  *Images
	stderr  io.Writer
	page    strings.Builder // the page about what is written
}

// Do writes what there is to see: the names are the run's and one of views. It prints on stdout where the page about
// it is.
func (l Look) Do(ctx context.Context, names []string, compute backends.Options, images *Images, stdout, stderr io.Writer) error {
	of, err := l.named(names)
	if err != nil {
		return err
	}
	b, err := command.Open(compute)
	if err != nil {
		return err
	}
	defer b.Finalize()
	x := &insight{Look: l, backend: b, images: images, stderr: stderr}
	x.subject = &subject{run: of, step: l.Step, image: l.Image}
	if err := x.open(ctx, x.subject); err != nil {
		return err
	}
	defer x.net.Close()
	if err := x.openSecond(ctx); err != nil {
		return err
	}
	if x.Against != "" {
		defer x.second.net.Close()
	}
	if err := os.MkdirAll(filepath.Dir(l.Out), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(l.Out, 0o755); err != nil {
		return command.UsageError{Err: err}
	}
	fmt.Fprintf(&x.page, "# Inside %s, after step %s\n\nThe run %s on %s.\n", models.Title(x.net.Recipe), number.Plain(x.net.Step), x.id, x.net.Recipe.Dataset.Title())
	if x.second != nil {
		x.say("It is compared with %s.", x.versus())
	}
	if err := l.what.write(x, ctx); err != nil {
		os.Remove(l.Out) // if there is nothing in it
		return command.Stopped(ctx, err)
	}
	if err := x.file("README.md", []byte(x.page.String())); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, filepath.Join(l.Out, "README.md"))
	return err
}

// versus says what it is compared with.
func (x *insight) versus() string {
	var what []string
	if x.AgainstImage != "" {
		what = append(what, x.second.imageSays)
	}
	if x.Against != "" {
		what = append(what, fmt.Sprintf("the run %s after step %s", x.second.id, number.Plain(x.second.net.Step)))
	}
	return strings.Join(what, " and ")
}

// say writes a paragraph of the page.
func (x *insight) say(format string, args ...any) { fmt.Fprintf(&x.page, "\n"+format+"\n", args...) }

func (x *insight) file(name string, b []byte) error {
	return os.WriteFile(filepath.Join(x.Out, name), b, 0o644)
}

// array writes an array as a .npy file, and says so on the page.
func (x *insight) array(name string, shape []int, values []float32) (err error) {
	x.say("Numbers: [%[1]s.npy](%[1]s.npy), %[2]s.", name, strings.Trim(strings.Join(strings.Fields(fmt.Sprint(shape)), " x "), "[]"))
	f, err := os.Create(filepath.Join(x.Out, name+".npy"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return npy.Write(f, npy.Floats(name, shape, values))
}

// draw writes a figure and puts it on the page, with a text for those who do not see it.
func (x *insight) draw(name, text string, d drawing) error {
	x.say("![%s](%s.png)\n\nThe same as [SVG](%[2]s.svg).", text, name)
	return drawBoth(d, x.Out, name)
}

// picture writes a sheet and puts it on the page.
func (x *insight) picture(name string, s figure.Sheet) error {
	text := s.Says
	if s.Low != "" {
		text += fmt.Sprintf(" Black is %s, white is %s.", s.Low, s.High)
	}
	x.say("%s", text)
	return x.draw(name, s.Title, s)
}

// layers are those to look at: the one that is asked for, or all for which want holds, by their number of maps.
func (x *insight) layers(want func(dims []int, name string) bool) (names []string, err error) {
	var all []string
	for p := range x.net.Plan.All() {
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
