package class

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
	"unpool/app/ui/words"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/task"
)

// mostFiles is how many hand-ins the page takes.
const mostFiles = 200

// A handed is a file that was handed in.
type handed struct {
	file    string // its name
	bytes   string // all of it, by which the same file is recognised; "" for one too large
	problem error  // why it cannot be used; nil for none
	task.HandIn

	outcome outcome // of the check
}

// hands are the files that were handed in. They are in no store: who reloads the page chooses them again.
type hands struct {
	shell *shell.Shell

	all      []*handed
	task     string // ID of the one that the table is about, as chosen; "" for that of most files
	nameless bool   // names are not shown
	dragging bool
	reading  bool
	said     string

	checker *checker
	drawn   overlay
}

// take reads files. It does not block.
func (h *hands) take(files []app.Value) {
	h.said, h.reading = "", true
	room := mostFiles - len(h.all)
	go func() {
		var read []*handed
		for _, f := range files[:min(len(files), room)] {
			read = append(read, readFile(f))
		}
		h.shell.Dispatch(func(app.Context) {
			h.reading = false
			h.add(read)
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
	f.problem = err
	return f
}

// add adds files, in order of their names. One that is there already is not added again.
func (h *hands) add(read []*handed) {
	twice := 0
	for _, f := range read {
		if slices.ContainsFunc(h.all, func(other *handed) bool { return other.bytes == f.bytes && other.file == f.file }) {
			twice++
			continue
		}
		h.all = append(h.all, f)
	}
	slices.SortStableFunc(h.all, func(a, b *handed) int { return cmp.Compare(strings.ToLower(a.file), strings.ToLower(b.file)) })
	if twice > 0 {
		h.said = number.Int(twice) + " of the files are here already."
	}
}

// tasks are those of the files, with how many each has, the most first.
func (h *hands) tasks() (ids []string, count map[string]int, titles map[string]string) {
	count, titles = map[string]int{}, map[string]string{}
	for _, f := range h.all {
		if f.problem != nil {
			continue
		}
		id := f.Task.ID()
		if count[id]++; count[id] == 1 {
			ids, titles[id] = append(ids, id), f.Task.Title
		}
	}
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(count[b], count[a]) })
	return ids, count, titles
}

// about is the ID of the task that the table is about; "" where no file has one.
func (h *hands) about() string {
	ids, count, _ := h.tasks()
	if count[h.task] > 0 {
		return h.task
	}
	return append(ids, "")[0]
}

// of are the files of the task, and given is the task; nil for no file.
func (h *hands) of() (all []*handed, given *task.Task) {
	id := h.about()
	for _, f := range h.all {
		if f.problem == nil && f.Task.ID() == id {
			all, given = append(all, f), &f.Task
		}
	}
	return all, given
}

// name is what a file's student is called.
func (h *hands) name(f *handed) string {
	switch {
	case h.nameless:
		return "Student " + number.Int(slices.Index(h.all, f)+1)
	case f.problem != nil:
		return f.file
	}
	return f.Name
}

// standing says what is known of a file, in a word for programs and in words for people.
func (h *hands) standing(f *handed, about string) (state, says string) {
	switch {
	case errors.Is(f.problem, task.ErrDamaged):
		return "damaged", "damaged: it is not as it was saved"
	case errors.Is(f.problem, task.ErrOther):
		return "none", "not a hand-in"
	case f.problem != nil:
		return "unreadable", f.problem.Error()
	case f.Task.ID() != about:
		return "other", "another task: “" + f.Task.Title + "”"
	}
	if outside := f.Task.Outside(f.Run.Start.Recipe); len(outside) > 0 {
		return "outside", "not the task’s settings: " + words.Labels(outside)
	}
	if f.outcome != (outcome{}) {
		return f.outcome.state, f.outcome.says
	}
	return "unchecked", "not checked"
}

// clear forgets the files.
func (h *hands) clear(app.Context, app.Event) {
	h.checker.stop()
	h.all, h.task, h.said = nil, "", ""
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
