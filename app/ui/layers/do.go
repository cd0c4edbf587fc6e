package layers

import (
	"fmt"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/builder"
	"unpool/app/web"
	"unpool/models/net"
)

// hand does to the net what the user asks.
type hand struct{ *Builder }

// onChoose opens a layer, or closes the one that is open.
func (h hand) onChoose(r builder.Row) app.EventHandler {
	return func(app.Context, app.Event) {
		path := r.Path
		if r.Chosen {
			path = nil
		}
		h.Editor.Choose(path)
	}
}

// onKey moves a layer with Alt and an arrow key, and removes it with Delete.
func (h hand) onKey(r builder.Row) app.EventHandler {
	return func(ctx app.Context, e app.Event) {
		if h.Fixed {
			return
		}
		by := map[string]int{"ArrowUp": -1, "ArrowDown": 1}[e.Get("key").String()]
		switch {
		case by != 0 && e.Get("altKey").Bool():
			h.Editor.Choose(r.Path)
			h.move(ctx, by, "")
		case e.Get("key").String() == "Delete":
			h.Editor.Choose(r.Path)
			h.onRemove(ctx, e)
		}
	}
}

// onOption sets an option of the open layer to the text in its field.
func (h hand) onOption(o net.Option) app.EventHandler {
	return func(ctx app.Context, e app.Event) {
		h.Editor.Set(o, e.Get("target").Get("value").String())
		h.changed(ctx, "")
	}
}

// onTruth sets an option of the open layer to whether its box is checked.
func (h hand) onTruth(o net.Option) app.EventHandler {
	return func(ctx app.Context, e app.Event) {
		h.Editor.Set(o, strconv.FormatBool(e.Get("target").Get("checked").Bool()))
		h.changed(ctx, "")
	}
}

// adding has do add a layer, and goes there.
func (h hand) adding(do func()) app.EventHandler {
	return func(ctx app.Context, _ app.Event) {
		do()
		h.changed(ctx, "added")
		h.focusLayer()
	}
}

func (h hand) onRemove(ctx app.Context, _ app.Event) {
	removed, _ := h.Editor.Chosen()
	if !h.Editor.CanRemove() {
		return
	}
	h.Editor.Remove()
	h.changed(ctx, "")
	h.said = builder.Name(removed) + " removed"
	h.focusLayer()
}

// moving moves the open layer by the button with an id.
func (h hand) moving(by int, id string) app.EventHandler {
	return func(ctx app.Context, _ app.Event) { h.move(ctx, by, id) }
}

// move moves the open layer. The focus goes with it: to the button with an id if that can be pressed again, else to its line.
func (h hand) move(ctx app.Context, by int, id string) {
	if !h.Editor.CanMove(by) {
		return
	}
	h.Editor.Move(by)
	h.changed(ctx, "moved")
	if id != "" && h.Editor.CanMove(by) {
		focus(h.ctx, id)
	} else {
		h.focusLayer()
	}
}

func (h hand) onUndo(ctx app.Context, _ app.Event) {
	h.Editor.Undo()
	h.changed(ctx, "")
	h.said = "undone"
	if !h.Editor.CanUndo() {
		focus(h.ctx, "builder-redo")
	}
}

func (h hand) onRedo(ctx app.Context, _ app.Event) {
	h.Editor.Redo()
	h.changed(ctx, "")
	h.said = "redone"
	if !h.Editor.CanRedo() {
		focus(h.ctx, "builder-undo")
	}
}

// changed passes the net on, and says what was done to the layer that is open; "" for nothing.
func (h hand) changed(ctx app.Context, done string) {
	h.said = ""
	if l, path := h.Editor.Chosen(); l != nil && done != "" {
		h.said = fmt.Sprintf("%s %s: layer %s", builder.Name(l), done, path)
	}
	h.OnChange(ctx, h.Editor.Text())
}

// focusLayer gives the focus to the open layer's line.
func (h hand) focusLayer() {
	if _, path := h.Editor.Chosen(); path != nil {
		focus(h.ctx, layerID(path))
	}
}

// focus gives the focus to the element with an id, once that is there.
func focus(ctx app.Context, id string) {
	ctx.Defer(func(app.Context) {
		web.With(web.ID(id), func(e app.Value) { e.Call("focus") })
	})
}
