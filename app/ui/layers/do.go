package layers

import (
	"fmt"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/builder"
	"unpool/models/net"
)

// onChoose opens a layer, or closes the one that is open.
func (b *Builder) onChoose(r builder.Row) app.EventHandler {
	return func(app.Context, app.Event) {
		path := r.Path
		if r.Chosen {
			path = nil
		}
		b.Editor.Choose(path)
	}
}

// onKey moves a layer with Alt and an arrow key, and removes it with Delete.
func (b *Builder) onKey(r builder.Row) app.EventHandler {
	return func(ctx app.Context, e app.Event) {
		if b.Fixed {
			return
		}
		by := map[string]int{"ArrowUp": -1, "ArrowDown": 1}[e.Get("key").String()]
		switch {
		case by != 0 && e.Get("altKey").Bool():
			b.Editor.Choose(r.Path)
			b.move(ctx, by, "")
		case e.Get("key").String() == "Delete":
			b.Editor.Choose(r.Path)
			b.onRemove(ctx, e)
		}
	}
}

// onOption sets an option of the open layer to what stands in its field.
func (b *Builder) onOption(o net.Option) app.EventHandler {
	return func(ctx app.Context, e app.Event) {
		b.Editor.Set(o, e.Get("target").Get("value").String())
		b.changed(ctx, "")
	}
}

// onTruth sets an option of the open layer to whether its box is checked.
func (b *Builder) onTruth(o net.Option) app.EventHandler {
	return func(ctx app.Context, e app.Event) {
		b.Editor.Set(o, strconv.FormatBool(e.Get("target").Get("checked").Bool()))
		b.changed(ctx, "")
	}
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

func (b *Builder) onAdd(ctx app.Context, _ app.Event) {
	b.Editor.Add(b.example())
	b.changed(ctx, "added")
	b.focusLayer()
}

func (b *Builder) onAddInside(ctx app.Context, _ app.Event) {
	b.Editor.AddInside(b.example())
	b.changed(ctx, "added")
	b.focusLayer()
}

func (b *Builder) onDuplicate(ctx app.Context, _ app.Event) {
	b.Editor.Duplicate()
	b.changed(ctx, "added")
	b.focusLayer()
}

func (b *Builder) onRemove(ctx app.Context, _ app.Event) {
	removed, _ := b.Editor.Chosen()
	if !b.Editor.CanRemove() {
		return
	}
	b.Editor.Remove()
	b.changed(ctx, "")
	b.said = builder.Name(removed) + " removed"
	b.focusLayer()
}

func (b *Builder) onUp(ctx app.Context, _ app.Event)   { b.move(ctx, -1, "layer-up") }
func (b *Builder) onDown(ctx app.Context, _ app.Event) { b.move(ctx, 1, "layer-down") }

// move moves the open layer. The focus goes with it: to the button with an id if that can be pressed again, else to its line.
func (b *Builder) move(ctx app.Context, by int, id string) {
	if !b.Editor.CanMove(by) {
		return
	}
	b.Editor.Move(by)
	b.changed(ctx, "moved")
	if id != "" && b.Editor.CanMove(by) {
		b.focus(id)
	} else {
		b.focusLayer()
	}
}

func (b *Builder) onUndo(ctx app.Context, _ app.Event) {
	b.Editor.Undo()
	b.changed(ctx, "")
	b.said = "undone"
	if !b.Editor.CanUndo() {
		b.focus("builder-redo")
	}
}

func (b *Builder) onRedo(ctx app.Context, _ app.Event) {
	b.Editor.Redo()
	b.changed(ctx, "")
	b.said = "redone"
	if !b.Editor.CanRedo() {
		b.focus("builder-undo")
	}
}

// changed hands the net on, and says what was done to the layer that is open; "" for nothing.
func (b *Builder) changed(ctx app.Context, done string) {
	b.said = ""
	if l, path := b.Editor.Chosen(); l != nil && done != "" {
		b.said = fmt.Sprintf("%s %s: layer %s", builder.Name(l), done, path)
	}
	b.OnChange(ctx, b.Editor.Text())
}

// focusLayer gives the focus to the open layer's line.
func (b *Builder) focusLayer() {
	if _, path := b.Editor.Chosen(); path != nil {
		b.focus(layerID(path))
	}
}

// focus gives the focus to the element with an id, once that is there.
func (b *Builder) focus(id string) {
	b.ctx.Defer(func(app.Context) {
		if e := app.Window().GetElementByID(id); e.Truthy() {
			e.Call("focus")
		}
	})
}
