package data

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Report says what a reading of a user's files found, what it passed over, and what is odd about it. The command line, the page and the
// header of a run show it in the same words.
type Report struct {
	Found    string   // the classes and their numbers of images
	Passed   []Passed // by reason
	Warnings []string // whole sentences without their stop
}

// Passed are files or folders that were passed over for one reason.
type Passed struct {
	Why   string
	Paths []string // the first of them
	Count int
}

const (
	mostNamed   = 3  // paths of each reason
	mostClasses = 30 // that are counted one by one
)

// Lines is the report in words: first what was found and passed over, then the warnings, each a line.
func (r Report) Lines() []string {
	if r.Found == "" {
		return nil
	}
	line := r.Found
	if len(r.Passed) > 0 {
		var all []string
		for _, p := range r.Passed {
			all = append(all, p.words())
		}
		line += "; passed over: " + strings.Join(all, "; ")
	}
	lines := []string{line + "."}
	for _, w := range r.Warnings {
		lines = append(lines, "Warning: "+w+".")
	}
	return lines
}

func (p Passed) words() string {
	return named(p.Paths, p.Count) + " (" + p.Why + ")"
}

// named lists the first of so many names, and how many more there are.
func named(first []string, count int) string {
	var said []string
	for _, n := range first[:min(len(first), mostNamed)] {
		said = append(said, shown(n))
	}
	if n := count - len(said); n > 0 {
		said = append(said, fmt.Sprintf("%d more", n))
	}
	return strings.Join(said, ", ")
}

// shown is a name for people, who could not see some of its characters.
func shown(name string) string {
	if strings.TrimSpace(name) != name || strings.ContainsFunc(name, func(r rune) bool { return !strconv.IsPrint(r) || r == '\ufffd' }) {
		return strconv.Quote(name)
	}
	return name
}

// clone is a copy that can be added to.
func (r Report) clone() Report {
	passed := slices.Clone(r.Passed)
	for i := range passed {
		passed[i].Paths = slices.Clone(passed[i].Paths)
	}
	return Report{r.Found, passed, slices.Clone(r.Warnings)}
}

// pass notes that a file or folder is passed over.
func (r *Report) pass(path, why string) {
	i := slices.IndexFunc(r.Passed, func(p Passed) bool { return p.Why == why })
	if i < 0 {
		i = len(r.Passed)
		r.Passed = append(r.Passed, Passed{Why: why})
	}
	p := &r.Passed[i]
	if p.Count++; len(p.Paths) < mostNamed {
		p.Paths = append(p.Paths, path)
	}
}

func (r *Report) warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

// found counts the images of d by class: those to train on and those to test on.
func found(d *Dataset) string {
	train, test := d.Train.counts(len(d.Classes)), d.Test.counts(len(d.Classes))
	head := fmt.Sprintf("%d classes, %d images to train on + %d to test on", len(d.Classes), d.Train.Len(), d.Test.Len())
	if len(d.Classes) > mostClasses {
		return fmt.Sprintf("%s: %d to %d + %d to %d of each class", head, slices.Min(train), slices.Max(train), slices.Min(test), slices.Max(test))
	}
	var all []string
	for i, class := range d.Classes {
		all = append(all, fmt.Sprintf("%s (%d + %d)", shown(class), train[i], test[i]))
	}
	return head + ": " + strings.Join(all, ", ")
}

// counts is the number of images of each class.
func (s Split) counts(classes int) []int {
	counts := make([]int, classes)
	for _, label := range s.Labels {
		counts[label]++
	}
	return counts
}
