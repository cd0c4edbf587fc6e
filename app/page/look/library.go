package look

import (
	"errors"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/core/protocol"
	"unpool/core/run"
)

// errUnpublished means that the site has no such result, or has it without weights.
var errUnpublished = errors.New("it is not among the published results")

// library is all runs that can be looked into: those that this browser or the site's server keeps, and the published results.
type library struct {
	shell     *shell.Shell
	published *published
}

// listed reports whether it is known by now whether there is such a run to read: the published results come as a list.
func (l library) listed(c client.Ref) bool {
	return c.Place != protocol.Published || l.published.version > 0
}

// read finds out of which steps a run has weights, and hands its events to view when they are there; view may be nil.
func (l library) read(c client.Ref, steps func([]int, error), view func(*run.View)) {
	if c.Place == protocol.Published {
		for _, r := range l.published.runs {
			if r.name == c.ID {
				l.shell.Dispatch(func(app.Context) { steps(r.steps, nil) })
				if view != nil {
					l.published.read(r, view)
				}
				return
			}
		}
		l.shell.Dispatch(func(app.Context) { steps(nil, errUnpublished) })
		return
	}
	l.shell.Runs.Read(c, nil, func(k *client.Kept, err error) {
		if err != nil {
			steps(nil, err)
			return
		}
		var all []int
		for _, snapshot := range k.View.Snapshots {
			all = append(all, snapshot.Step)
		}
		steps(all, nil)
		if view != nil {
			view(k.View)
		}
	})
}

// options are the runs to choose from; chosen is one of them, or none.
func (l library) options(chosen client.Ref) []app.UI {
	var mine, remote, theirs []app.UI
	option := func(c client.Ref, text string) app.UI {
		return app.Option().Value(c.String()).Selected(c == chosen).Text(text)
	}
	for _, r := range l.shell.Runs.All {
		if r.Snapshots > 0 {
			o := option(r.Ref(), label(r.Summary))
			if r.Place == protocol.OnServer {
				remote = append(remote, o)
			} else {
				mine = append(mine, o)
			}
		}
	}
	for _, r := range l.published.runs {
		theirs = append(theirs, option(client.Ref{Place: protocol.Published, ID: r.name}, r.title))
	}
	return []app.UI{
		app.If(len(mine) > 0, func() app.UI { return app.Elem("optgroup").Attr("label", "In this browser").Body(mine...) }),
		app.If(len(remote) > 0, func() app.UI {
			return app.Elem("optgroup").Attr("label", "On "+l.shell.Runs.Server.Name()).Body(remote...)
		}),
		app.If(len(theirs) > 0, func() app.UI { return app.Elem("optgroup").Attr("label", "Published results").Body(theirs...) }),
	}
}
