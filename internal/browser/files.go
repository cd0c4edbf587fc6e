package browser

import (
	"strings"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Choose gives files or, to an input that takes them, a folder to an input of files, as the user's choice.
func (tab *Tab) Choose(selector string, paths ...string) {
	tab.t.Helper()
	for range 20 {
		_, err := chromedp.Run(tab.ctx, chromedp.SetUploadFiles(chromedp.CSS(selector), paths))
		if err == nil {
			return
		}
		if !strings.Contains(err.Error(), "Could not find node") { // or the page has been redrawn since the input was found
			tab.t.Fatalf("cannot choose files for %s: %v\nconsole errors: %q", selector, err, tab.ConsoleErrors())
		}
		time.Sleep(pollEvery)
	}
	tab.t.Fatalf("cannot choose files for %s: the page is redrawn all the time", selector)
}

// Drag holds files and folders over the page, as if they came from another program.
func (tab *Tab) Drag(paths ...string) {
	tab.t.Helper()
	for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver} {
		tab.drag(kind, paths)
	}
}

// Drop drops files and folders on the page.
func (tab *Tab) Drop(paths ...string) {
	tab.t.Helper()
	tab.Drag(paths...)
	tab.drag(input.DispatchDragEventTypeDrop, paths)
}

func (tab *Tab) drag(kind input.DispatchDragEventType, paths []string) {
	tab.t.Helper()
	const copying = 1
	run(tab, kind.String(), command(input.DispatchDragEvent, input.DispatchDragEventParams{
		Type: kind, X: 200, Y: 200,
		Data: &input.DragData{Items: []*input.DragDataItem{}, Files: paths, DragOperationsMask: copying},
	}))
}
