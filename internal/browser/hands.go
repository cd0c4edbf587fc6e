package browser

import (
	"fmt"

	"github.com/chromedp/cdproto/input"
)

// Write waits until an input or a choice is there that takes a value, enters the value as a user does, and tells the page by an event,
// "input" or "change".
func (tab *Tab) Write(selector, value, event string) {
	tab.t.Helper()
	tab.Wait(fmt.Sprintf(`((selector, value, event) => {
		const e = document.querySelector(selector);
		if (!e?.matches(':enabled') || e.options && ![...e.options].some((o) => o.value === value && !o.disabled)) return false;
		e.value = value;
		e.dispatchEvent(new Event(event, { bubbles: true }));
		return true;
	})(%q, %q, %q)`, selector, value, event), drawn)
}

// place waits for an element, and returns a point of the page on it: at a part of its width from the left, and half-way down.
func (tab *Tab) place(selector string, part float64) (x, y float64) {
	tab.t.Helper()
	tab.Wait(fmt.Sprintf("document.querySelector(%q)", selector), drawn)
	at := Eval[[]float64](tab, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.scrollIntoView({ block: 'center', behavior: 'instant' });
		const r = e.getBoundingClientRect();
		return [r.left + %v * r.width, r.top + r.height / 2];
	})()`, selector, part))
	return at[0], at[1]
}

// DragAcross presses the mouse on an element, moves it and lets go, at parts of the element's width.
func (tab *Tab) DragAcross(selector string, from, to float64) {
	tab.t.Helper()
	tab.mouse(selector, input.DispatchMouseEventTypeMousePressed, from, 1)
	tab.mouse(selector, input.DispatchMouseEventTypeMouseMoved, (from+to)/2, 1)
	tab.mouse(selector, input.DispatchMouseEventTypeMouseMoved, to, 1)
	tab.mouse(selector, input.DispatchMouseEventTypeMouseReleased, to, 1)
}

// DoubleClick clicks twice on an element.
func (tab *Tab) DoubleClick(selector string) {
	tab.t.Helper()
	for count := range int64(2) {
		tab.mouse(selector, input.DispatchMouseEventTypeMousePressed, 0.5, count+1)
		tab.mouse(selector, input.DispatchMouseEventTypeMouseReleased, 0.5, count+1)
	}
}

func (tab *Tab) mouse(selector string, kind input.DispatchMouseEventType, part float64, count int64) {
	tab.t.Helper()
	x, y := tab.place(selector, part)
	run(tab, kind.String(), command(input.DispatchMouseEvent, input.DispatchMouseEventParams{
		Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, Buttons: 1, ClickCount: count,
	}))
}

// Wheel turns the mouse wheel on an element with the control key held; up is below 0.
func (tab *Tab) Wheel(selector string, part, by float64) {
	tab.t.Helper()
	const ctrl = 2
	x, y := tab.place(selector, part)
	run(tab, "turn the wheel", command(input.DispatchMouseEvent, input.DispatchMouseEventParams{
		Type: input.DispatchMouseEventTypeMouseWheel, X: x, Y: y, DeltaX: 0.001, DeltaY: by, Modifiers: ctrl, // a delta of 0 would be left out
	}))
}

// Pinch moves two fingers on an element, each from a part of its width to another.
func (tab *Tab) Pinch(selector string, from, to [2]float64) {
	tab.t.Helper()
	touch := func(kind input.DispatchTouchEventType, parts ...float64) {
		points := []*input.TouchPoint{}
		for i, part := range parts {
			x, y := tab.place(selector, part)
			finger := float64(i)
			points = append(points, &input.TouchPoint{X: x, Y: y, ID: &finger})
		}
		run(tab, kind.String(), command(input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points}))
	}
	touch(input.DispatchTouchEventTypeTouchStart, from[:]...)
	for step := 1.0; step <= 5; step++ {
		part := step / 5
		touch(input.DispatchTouchEventTypeTouchMove, from[0]+part*(to[0]-from[0]), from[1]+part*(to[1]-from[1]))
	}
	touch(input.DispatchTouchEventTypeTouchEnd)
}
