// Package layers shows a net that is being built: the list of its layers, each of which opens to its options, and
// the net's totals. Changes to the net are app/ui/builder's.
//
// Ids that tests may rely on: #builder, #builder-undo, #builder-redo, #layer-1 for the first layer and #layer-2-1 for the first
// of the group that is the second; of the layer that is open #layer-up, #layer-down, #layer-duplicate, #layer-remove and
// #option-NAME; #layer-kind, #layer-add and #layer-add-inside.
package layers

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/builder"
	"unpool/app/ui/button"
	"unpool/models/net"
)

// Builder shows a net and lets the user change it.
type Builder struct {
	app.Compo

	Editor   *builder.Editor
	Task     net.Task
	Fixed    bool                               // the net can only be viewed
	Total    func(*net.Plan) []Total            // further totals of a net
	OnChange func(ctx app.Context, text string) // is told the changed net
	OnShow   func(ctx app.Context)              // is told that the builder is shown

	ctx  app.Context
	kind string // what the menu is set to; "" before anyone has chosen
	said string // what was done last, for those who cannot see it
}

// Total is one of a net's totals: a figure, its unit, and what it is.
type Total struct{ Figure, Unit, Name string }

// OnMount reports that the builder is shown.
func (b *Builder) OnMount(ctx app.Context) {
	b.ctx = ctx
	if b.OnShow != nil {
		b.OnShow(ctx)
	}
}

// Render draws the builder.
func (b *Builder) Render() app.UI {
	sheet := b.Editor.Sheet(b.Task)
	items := []app.UI{head(), image(b.Task)}
	for _, row := range sheet.Rows {
		items = append(items, b.row(row))
	}
	return app.Elem("section").ID("builder").Class("builder").TabIndex(-1).Aria("label", "Net builder").Body(
		app.If(b.Editor.Unread() != "", func() app.UI {
			return app.P().Class("problem").Text("The text below is not valid, so these are the layers from before it was changed. A change here replaces the text.")
		}),
		app.Elem("ol").Class("layers").Body(items...),
		app.If(sheet.Problem != "", func() app.UI { return app.P().Class("problem").Role("alert").Text(sheet.Problem) }),
		b.tools(sheet),
		b.totals(sheet),
		app.P().Class("unseen").Role("status").Text(b.said),
	)
}

// tools add a layer, undo and redo.
func (b *Builder) tools(sheet builder.Sheet) app.UI {
	h := hand{b}
	menu := sheet.Menu()
	chosen, path := b.Editor.Chosen()
	_, group := chosen.(net.Residual)
	add := "Add"
	if path != nil && b.Editor.CanRemove() {
		add = "Add after layer " + path.String()
	}
	return app.Div().Class("tools").Body(
		app.Div().Class("adding").Role("group").Aria("label", "Add a layer").Body(
			app.Label().For("layer-kind").Text("New layer"),
			app.Select().ID("layer-kind").Disabled(b.Fixed).OnChange(b.onKind).Body(b.options(menu)...),
			app.Button().ID("layer-add").Type("button").Disabled(b.Fixed).OnClick(h.adding(func() { b.Editor.Add(b.example()) })).Text(add),
			app.If(group, func() app.UI {
				return app.Button().ID("layer-add-inside").Type("button").Disabled(b.Fixed).OnClick(h.adding(func() { b.Editor.AddInside(b.example()) })).Text("Add inside it")
			}),
		),
		app.Div().Class("undoing").Role("group").Aria("label", "Undo and redo").Body(
			button.New("builder-undo", b.Fixed || !b.Editor.CanUndo(), h.onUndo).Text("Undo"),
			button.New("builder-redo", b.Fixed || !b.Editor.CanRedo(), h.onRedo).Text("Redo"),
		),
	)
}

// options are the kinds of layers by their purposes.
func (b *Builder) options(menu []net.Example) (groups []app.UI) {
	var options []app.UI
	for i, example := range menu {
		kind := example.Kind
		options = append(options, app.Option().Value(kind).Selected(kind == b.kind).Text(example.Layer.String()))
		if i == len(menu)-1 || menu[i+1].Purpose != example.Purpose {
			groups = append(groups, app.Elem("optgroup").Attr("label", string(example.Purpose)).Body(options...))
			options = nil
		}
	}
	return groups
}

// totals are those of the net.
func (b *Builder) totals(sheet builder.Sheet) app.UI {
	var totals []app.UI
	for _, t := range b.Total(sheet.Plan) {
		totals = append(totals, app.Div().Class("total").Body(
			app.Elem("dt").Class("under").Text(t.Name),
			app.Elem("dd").Body(app.Text(t.Figure), app.If(t.Unit != "", func() app.UI { return app.Span().Class("unit").Text(" " + t.Unit) })),
		))
	}
	return app.Elem("dl").ID("builder-totals").Class("totals").Body(totals...)
}

func (b *Builder) onKind(_ app.Context, e app.Event) {
	b.kind = e.Get("target").Get("value").String()
}

// example is the layer that the menu is set to, the first before anyone has chosen.
func (b *Builder) example() net.Layer {
	menu := b.Editor.Sheet(b.Task).Menu()
	for _, example := range menu {
		if example.Kind == b.kind {
			return example.Layer
		}
	}
	return menu[0].Layer
}
