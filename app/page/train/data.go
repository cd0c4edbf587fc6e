package train

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/term"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/recipe"
)

// dataRow says which images the next run trains on, and lets the user choose others.
type dataRow struct {
	images *images
	setup  *setup
	busy   bool // a run is under way
	ready  bool // the program runs
}

func (r *dataRow) render() app.UI {
	i, d := r.images, r.images.data
	closed := r.busy || !r.ready || d.Reading()
	return app.Elem("section").ID("data").Class("data").Aria("label", "Data").DataSet("state", cmp.Or(string(d.Said.State), "none")).Body(
		app.H2().Text("Data"),
		app.Div().Class("of").Aria("live", "polite").Body(
			app.If(d.Reading(), r.reading).Else(r.inUse),
			app.If(d.Said.State == client.Failed, r.failed),
			app.If(i.refused && r.busy, func() app.UI {
				return app.P().Class("problem").Text("A run is under way. Stop it first, then choose or drop the files again.")
			}),
		),
		app.Div().Class("choose").Body(
			app.If(d.Folder() && !r.busy, func() app.UI {
				other := r.setup.entry.Recipe.Dataset.Title()
				if i.aside {
					other = d.Said.From
				}
				return app.Button().ID("data-aside").Type("button").OnClick(func(app.Context, app.Event) { i.aside = !i.aside }).Text("Use " + other + " instead")
			}),
			picker("data-files", "Choose files…", closed, i.onChoose, app.Input().Multiple(true)),
			picker("data-folder", "Choose a folder…", closed, i.onChoose, app.Input().Attr("webkitdirectory", true)),
			app.Span().Class("under", "drop-hint").Text("or drop them here."),
			term.Explained("files", "Which files?", "A zip or a folder with the folders train and test, each with a folder of "+
				"pictures (PNG, JPEG, GIF, WebP, TIFF or BMP) for each class; CIFAR-10’s cifar-10-binary.tar.gz or the six .bin files in it; the course’s "+
				"cifar10-gray28-10k.zip; or the four files of MNIST, Fashion-MNIST or one of EMNIST’s sets. Drop them anywhere on this page. "+
				"They are read in this tab and are not uploaded."),
		),
		app.Div().Class("drop-here").Hidden(!i.dragging).Aria("hidden", true).Body(
			app.P().Text(r.dropWords()),
		),
	)
}

// picker is an input of files that looks like a button; the input itself has the focus and the name.
func picker(id, label string, disabled bool, choose app.EventHandler, input app.HTMLInput) app.UI {
	return app.Span().Class("picker").Body(
		input.ID(id).Type("file").Class("unseen").Disabled(disabled).OnChange(choose),
		app.Label().For(id).Class("button").Text(label),
	)
}

func (r *dataRow) dropWords() string {
	if r.busy {
		return "A run is under way: stop it first"
	}
	return "Drop a zip, a folder or CIFAR-10’s file to train on it"
}

// reading says how far the reading of the user's files is.
func (r *dataRow) reading() app.UI {
	said := &r.images.data.Said
	words, bar := "Reading the files", app.Progress().Aria("label", "reading")
	if said.From != "" {
		words = "Reading " + said.From
	}
	if said.Total > 0 {
		bar = bar.Max(said.Total).Value(said.Done)
		if said.Unit == "bytes" {
			words += fmt.Sprintf(": %s of %s", number.Bytes(said.Done), number.Bytes(said.Total))
		} else {
			words += fmt.Sprintf(": %s of %s %s", number.Int(said.Done), number.Int(said.Total), said.Unit)
		}
	}
	return app.Div().Class("data-reading").Body(
		app.P().Text(words),
		bar,
		app.If(!r.busy, func() app.UI {
			return app.Button().ID("data-cancel").Type("button").OnClick(func(app.Context, app.Event) { r.images.data.Stop() }).Text("Cancel")
		}),
	)
}

// failed says why the user's files cannot be used, and what to do.
func (r *dataRow) failed() app.UI {
	said := &r.images.data.Said
	what, details, _ := strings.Cut(said.Failure.Message, "\n")
	return app.Div().Class("failure").Role("alert").Body(
		app.P().Body(app.Elem("b").Text(said.From), app.Text(" cannot be used: "+strings.TrimSuffix(what, ".")+".")),
		app.P().Text(said.Failure.Hint),
		app.If(said.Failure.Code == protocol.NoSplit && !r.busy, func() app.UI {
			return app.P().Body(app.Button().ID("data-split").Type("button").OnClick(func(app.Context, app.Event) { r.images.data.SetAside() }).
				Text(fmt.Sprintf("Set %.0f %% aside to test on", 100*recipe.UsualSplit)))
		}),
		app.If(details != "", func() app.UI {
			return app.Elem("details").Body(app.Elem("summary").Text("Details"), app.Elem("pre").Text(details))
		}),
	)
}

// inUse says what the next run trains on.
func (r *dataRow) inUse() app.UI {
	i, d := r.images, r.images.data
	if i.own() {
		return app.Div().Class("read").Body(app.Range(d.Said.Reading).Slice(func(n int) app.UI {
			if n > 0 {
				return app.P().Class("warning").Text(d.Said.Reading[n])
			}
			return app.P().Body(app.Elem("b").Text(d.Said.From), app.Text(": "+d.Said.Reading[n]))
		}))
	}
	info, _ := r.setup.entry.Recipe.Dataset.Info() // the page is never about a folder
	if d.Are(info.Name) {
		train, test := info.Train, info.Test
		if d.Said.Sets[0] == info.Name {
			train, test = d.Said.Train, d.Said.Test
		}
		return says(info.Title+", from "+d.Said.From, train, test, classes(info.Classes))
	}
	of := fmt.Sprintf("%s in %d classes.", info.Of, len(info.Classes))
	if d.Ready() && !d.Folder() {
		of += fmt.Sprintf(" %s has been read too: choose a net on %s to train on it.", d.Said.From, d.Said.Sets[0].Title())
	}
	from := ""
	if info.Name != recipe.MNIST { // which every site has
		at := slices.IndexFunc(i.served, func(s client.ServedSet) bool { return s.Name == info.Name })
		switch {
		case at >= 0 && i.served[at].From == "":
			return missing(info)
		case at >= 0:
			from = ", from " + i.served[at].From
		case i.served != nil:
			return elsewhere(info)
		}
	}
	return says(info.Title+from, info.Train, info.Test, of)
}

// says describes a data set that is available.
func says(name string, train, test int, of string) app.UI {
	return app.P().Body(app.Elem("b").Text(name), app.Text(fmt.Sprintf(": %s images to train on and %s to test on, of %s",
		number.Int(train), number.Int(test), of)))
}

// classes lists classes, of which there are few.
func classes(names []string) string {
	if len(names) == 1 {
		return "one class: " + names[0] + "."
	}
	return fmt.Sprintf("%d classes: %s.", len(names), strings.Join(names, ", "))
}

// missing is about a set that the server could have.
func missing(info recipe.DatasetInfo) app.UI {
	gets := " tells you how to get it"
	if info.Download > 0 {
		gets = " downloads it, " + number.Bytes(info.Download) + ", once"
	}
	course := "."
	if info.Name == recipe.CIFAR10Report {
		course = ", or the course’s cifar10-gray28-10k.zip."
	}
	return app.Div().Class("missing").Body(
		app.P().Body(app.Elem("b").Text("This page’s server does not have "+info.Origin+" yet."), app.Text(" Do one of these:")),
		app.Elem("ul").Body(
			app.Elem("li").Body(app.Text("in a terminal there, "), app.Elem("code").Text("go run ./cmd/serve data "+string(info.Name)),
				app.Text(gets+"; or start it with "), app.Elem("code").Text("go run ./cmd/serve -data DIR"),
				app.Text(" where DIR contains it;")),
			app.Elem("li").Body(app.Text("choose or drop "), source(info), app.Text(" here"+course)),
		),
	)
}

// elsewhere is about a set that this site cannot have.
func elsewhere(info recipe.DatasetInfo) app.UI {
	size := ""
	if info.Download > 0 {
		size = ", " + number.Bytes(info.Download) + ","
	}
	return app.P().Class("missing").Body(
		app.Elem("b").Text(info.Origin+" is not part of this site."),
		app.Text(" Download "), source(info),
		app.Text(size+" and choose it here, or drop it on this page. It is read in this tab and is not uploaded."),
	)
}

// source is a link to where a data set's files come from.
func source(info recipe.DatasetInfo) app.UI {
	return app.A().Href(info.Source).Target("_blank").Rel("noreferrer").Text(info.Files)
}
