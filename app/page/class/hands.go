package class

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/task"
)

// mostFiles is how many hand-ins the page takes.
const mostFiles = 200

// hands are the files that were handed in, on the page. They are in no store: who reloads the page chooses them again.
type hands struct {
	shell   *shell.Shell
	checker *checker
	pile

	dragging bool
	reading  bool
	said     string // what became of the files that were chosen last
	drawn    overlay
}

// take reads files. It does not block.
func (h *hands) take(files []app.Value) {
	h.said, h.reading = "", true
	room := max(0, mostFiles-len(h.all))
	go func() {
		var read []*handed
		for _, f := range files[:min(len(files), room)] {
			read = append(read, readFile(f))
		}
		h.shell.Dispatch(func(app.Context) {
			h.reading = false
			if twice := h.add(read); twice > 0 {
				h.said = number.Int(twice) + " of the files are here already."
			}
			if more := len(files) - room; more > 0 {
				h.said += fmt.Sprintf(" %s files were left out: the page takes %s.", number.Int(more), number.Int(mostFiles))
			}
		})
	}()
}

// readFile reads a file that may be anything.
func readFile(file app.Value) *handed {
	f := &handed{file: file.Get("name").String()}
	if file.Get("size").Float() > task.MaxFile {
		f.problem = task.ErrOther
		return f
	}
	b, err := web.Bytes(file)
	if err == nil {
		f.bytes = string(b)
		f.HandIn, err = task.Decode(b)
	}
	if f.problem = err; err == nil {
		f.id = f.Task.ID()
	}
	return f
}

// clear forgets the files.
func (h *hands) clear(app.Context, app.Event) {
	h.checker.stop()
	h.all, h.task, h.said, h.drawn.of = nil, "", "", ""
	shell.Focus("hands-title")
}

func (h *hands) drag(over bool) {
	if h.dragging != over {
		h.shell.Dispatch(func(app.Context) { h.dragging = over })
	}
}

// onDrop takes files that were dropped on the page.
func (h *hands) onDrop(transfer app.Value) {
	all := web.Listed(transfer.Get("files"))
	h.shell.Dispatch(func(app.Context) {
		h.dragging = false
		h.take(all)
	})
}
