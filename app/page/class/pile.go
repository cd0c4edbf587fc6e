package class

import (
	"cmp"
	"encoding/csv"
	"errors"
	"slices"
	"strconv"
	"strings"

	"unpool/app/ui/words"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/task"
)

// handed is a file that was handed in.
type handed struct {
	file    string // its name
	bytes   string // all of it, by which the same file is recognised; "" for one too large
	problem error  // why it cannot be used; nil for none
	task.HandIn
	id string // of its task

	outcome outcome // of the check
}

// pile is the files that were handed in.
type pile struct {
	all      []*handed
	task     string // ID of the one that the table is about, as chosen; "" for that of most files
	nameless bool   // names are not shown
}

// standings are the states of a file in the order of a summary, each as it is counted there.
var standings = []struct{ state, says string }{
	{"unchecked", "not checked"}, {"identical", "identical"}, {"within", "within the spread"}, {"differs", "not reproduced"}, {"beyond", "outside the spread"},
	{"uncheckable", "not checkable"}, {"outside", "with other settings"}, {"other", "of another task"}, {"damaged", "damaged"}, {"unreadable", "not readable"}, {"none", "no hand-in"},
}

// line is a row of the table, as texts.
type line struct{ name, accuracy, n, step, differs, state, says string }

// add adds files, in order of their names. One that is there already is not added again, but counted.
func (p *pile) add(read []*handed) (twice int) {
	for _, f := range read {
		if slices.ContainsFunc(p.all, func(other *handed) bool { return other.bytes == f.bytes && other.file == f.file }) {
			twice++
			continue
		}
		p.all = append(p.all, f)
	}
	slices.SortStableFunc(p.all, func(a, b *handed) int { return cmp.Compare(strings.ToLower(a.file), strings.ToLower(b.file)) })
	return twice
}

// tasks are those of the files, with how many each has, the most first.
func (p *pile) tasks() (ids []string, count map[string]int, titles map[string]string) {
	count, titles = map[string]int{}, map[string]string{}
	for _, f := range p.all {
		if f.problem != nil {
			continue
		}
		if count[f.id]++; count[f.id] == 1 {
			ids, titles[f.id] = append(ids, f.id), f.Task.Title
		}
	}
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(count[b], count[a]) })
	return ids, count, titles
}

// about is the ID of the task that the table is about; "" where no file has one.
func (p *pile) about() string {
	ids, count, _ := p.tasks()
	if count[p.task] > 0 {
		return p.task
	}
	return append(ids, "")[0]
}

// of are the files of the task, and given is the task; nil for no file.
func (p *pile) of() (all []*handed, given *task.Task) {
	id := p.about()
	for _, f := range p.all {
		if f.problem == nil && f.id == id {
			all, given = append(all, f), &f.Task
		}
	}
	return all, given
}

// name is what a file's student is called.
func (p *pile) name(f *handed) string {
	switch {
	case p.nameless:
		return "Student " + number.Int(slices.Index(p.all, f)+1)
	case f.problem != nil:
		return f.file
	}
	return f.Name
}

// standing says what is known of a file, in a word for programs and in words for people.
func (p *pile) standing(f *handed, about string) (state, says string) {
	switch {
	case errors.Is(f.problem, task.ErrDamaged):
		return "damaged", "damaged: it is not as it was saved"
	case errors.Is(f.problem, task.ErrOther):
		return "none", "not a hand-in"
	case f.problem != nil:
		return "unreadable", f.problem.Error()
	case f.id != about:
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

// summary counts the files by their states.
func (p *pile) summary(about string) string {
	count := map[string]int{}
	for _, f := range p.all {
		state, _ := p.standing(f, about)
		count[state]++
	}
	var parts []string
	for _, s := range standings {
		if n := count[s.state]; n > 0 {
			parts = append(parts, number.Int(n)+" "+s.says)
		}
	}
	return number.Int(len(p.all)) + " files: " + strings.Join(parts, ", ") + "."
}

// line is that of a file.
func (p *pile) line(f *handed, about string) (l line) {
	l.name = p.name(f)
	l.state, l.says = p.standing(f, about)
	if f.problem != nil {
		return l
	}
	m, _ := f.Run.Latest()
	l.accuracy, l.n, l.step = number.Share(m.Test.Accuracy), number.Int(m.Test.N), number.Int(m.Step)
	l.differs = differs(f)
	return l
}

// differs says in which settings a student's run differs from those that the task begins with.
func differs(f *handed) string {
	var all []string
	for _, d := range recipe.Differences(f.Task.Recipe, f.Run.Start.Recipe) {
		field, _ := recipe.Lookup(d.Name)
		all = append(all, strings.ToLower(field.Label)+" "+field.Words(f.Run.Start.Recipe))
	}
	return strings.Join(all, ", ")
}

// csv is the table with the answers for programs, with a header line: accuracies from 0 to 1, all digits. Where names are hidden it has none, and no names of files.
func (p *pile) csv() string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write([]string{"name", "file", "task", "state", "says", "test_accuracy", "test_n", "test_loss", "step", "differs", "weights_sha256", "answer"}) // a strings.Builder never fails
	exact := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	about := p.about()
	for _, f := range p.all {
		l := p.line(f, about)
		row := []string{l.name, f.file, "", l.state, l.says, "", "", "", "", l.differs, "", ""}
		if p.nameless {
			row[1] = ""
		}
		if f.problem == nil {
			m, _ := f.Run.Latest()
			row[2], row[5], row[6], row[7], row[8] = f.Task.Title, exact(m.Test.Accuracy), strconv.Itoa(m.Test.N), exact(m.Test.Loss), strconv.Itoa(m.Step)
			row[10], row[11] = f.Run.End.WeightsSHA256, f.Answer
		}
		for i := range row {
			row[i] = words.ForSheet(row[i])
		}
		w.Write(row)
	}
	w.Flush()
	return b.String()
}
