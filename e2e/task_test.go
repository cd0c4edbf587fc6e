package e2e

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/task"
	"unpool/internal/browser"
	"unpool/models"
)

// A teacher makes a task; a student does it on a phone and hands in one file; thirty files are handed in, of which some are not what they seem, and the
// teacher checks them.
func TestTask(t *testing.T) {
	t.Parallel()
	site := start(t)
	teacher := browser.Open(t)
	keepDownloads(teacher)
	teacher.Before(`Object.defineProperty(navigator, 'clipboard', { value: { writeText: (text) => { window.copied = text; return Promise.resolve(); } } })`)
	link := compose(t, teacher, site)

	proxy := httptest.NewServer(&watch{})
	t.Cleanup(proxy.Close)
	student := browser.OpenPhone(t, proxy.URL)
	keepDownloads(student)
	first := doTask(t, student, link)
	if first.Name != "Zoë <b>" || first.Answer != "Smaller steps,\n=1+1" || first.Run.Start.Recipe.LearningRate != 0.002 {
		t.Fatalf("handed in is %+v of %+v", first, first.Run.Start.Recipe)
	}

	dir := t.TempDir()
	paths := thirty(t, dir, first)
	teacher.Go(site + "class/")
	teacher.Wait("document.querySelector('#hands-choose')?.matches(':enabled')", soon)
	teacher.Drop(paths...)
	states := func(want string) {
		t.Helper()
		teacher.Wait(fmt.Sprintf(`(() => { const n = {}; for (const r of document.querySelectorAll('#hands-table tbody tr')) n[r.dataset.state] = (n[r.dataset.state] ?? 0) + 1;
			return Object.keys(n).sort().map((s) => n[s] + ' ' + s).join(', ') === %q; })()`, want), later)
	}
	states("1 damaged, 1 none, 1 other, 1 outside, 26 unchecked")
	teacher.Choose("#hands-files", paths[0])
	teacher.Wait("document.querySelector('#hands-said').innerText.includes('here already')", soon)
	if n := browser.Eval[int](teacher, "document.querySelectorAll('#chart-accuracy-hands .plot .curve').length"); n != 27 {
		t.Errorf("%d curves are over one another", n)
	}
	if browser.Eval[bool](teacher, "document.querySelector('#hands b') !== null") {
		t.Error("a name is taken for HTML")
	}
	teacher.Press("#hands-check", browser.Enter)
	states("1 beyond, 1 damaged, 1 differs, 21 identical, 1 none, 1 other, 1 outside, 2 uncheckable, 1 within")
	tells(teacher, "#hands-table", "does not reproduce: after step 40 the test accuracy is", "within the spread over seeds", "from 3 runs here with other seeds",
		"not the task’s settings: batch", "another task: “Another”", "damaged: it is not as it was saved", "the learning rate was changed by hand", "computed by a backend whose numbers are its own")
	teacher.Press("#hands-nameless", browser.Space)
	teacher.Wait("document.querySelector('#hands-answers').innerText.includes('Student 3')", soon)
	if all := teacher.Text("#hands"); strings.Contains(all, "Zoë") || strings.Contains(all, "Pupil") {
		t.Error("a name is shown")
	}
	teacher.Click("#hands-csv")
	teacher.Wait("window.downloads.length === 1", soon)
	table := browser.Await[string](teacher, "downloads[0].text()")
	if !strings.HasPrefix(table, "name,file,task,state") || strings.Contains(table, "Zoë") || strings.Count(table, ",identical,") != 21 || strings.Contains(table, ",=1") {
		t.Errorf("the table is\n%s", table)
	}
	everybody(t, teacher, "hand-ins")
	teacher.Press("nav a[href='./runs/']", browser.Enter)
	teacher.Wait(runsAre("empty"), soon) // what the check trains is not kept
	noErrors(t, teacher)
}

// compose makes a task on the Class page, and returns its link.
func compose(t *testing.T, tab *browser.Tab, site string) (link string) {
	t.Helper()
	e, err := models.Find("mnist-rnn-128")
	if err != nil {
		t.Fatal(err)
	}
	r := e.Recipe
	r.Steps, r.EvalEvery = 40, 20
	tab.Go(site + "?" + r.Query())
	tab.Click("#fold-export")
	tab.Click("#make-task")
	tab.Wait("document.querySelector('#compose-of')?.innerText.includes('40 steps')", soon)
	tab.Press("#task-copy", browser.Enter)
	tells(tab, "#task-problem", "Give the task a title")
	tab.Write("#task-title", "Which learning rate?", "change")
	tab.Write("#task-text", "Find a good one.\nThen hand in.", "change")
	tab.Write("#task-question", "Why that one?", "change")
	browser.Eval[any](tab, "document.querySelector('#task-settings').open = true")
	tab.Write("#task-exact", "free", "change")
	everybody(t, tab, "a task")
	tab.Press("#task-copy", browser.Enter)
	tab.Wait("window.copied", soon)
	link = browser.Eval[string](tab, "window.copied")
	if shown := browser.Eval[string](tab, "document.querySelector('#task-link').value"); shown != link {
		t.Errorf("the link on show is %s, copied is %s", shown, link)
	}
	tab.Go(browser.Eval[string](tab, "location.href")) // the address has the task
	tab.Wait("document.querySelector('#task-title')?.value === 'Which learning rate?'", soon)
	noErrors(t, tab)
	return link
}

// doTask does the task of a link, and returns what is handed in.
func doTask(t *testing.T, tab *browser.Tab, link string) task.HandIn {
	t.Helper()
	tab.Go(link)
	tells(tab, "#task", "Which learning rate?", "Find a good one.", "Why that one?", "You can change: learning rate, exact")
	tells(tab, "#hand-in", "When a run has ended")
	tab.Click("#fold-settings")
	tab.Wait("document.querySelector('#setting-learning_rate')?.matches(':enabled') && document.querySelector('#setting-steps').disabled && !document.querySelector('#setting-cutout')", soon)
	tab.Write("#setting-learning_rate", "0.002", "change")
	tab.Click("#train")
	tab.Wait(stateIs("done"), later)
	tab.Click("#hand-in-save")
	tells(tab, "#hand-in-problem", "Enter a name.")
	tab.Write("#hand-in-name", "Zoë <b>", "change")
	tab.Write("#hand-in-answer", "Smaller steps,\n=1+1", "change")
	tab.Click("#hand-in-save")
	tab.Wait("window.downloads.length === 1", soon)
	tells(tab, "#hand-in-said", "Saved as hand-in-Zoë-b.json")
	h, err := task.Decode([]byte(browser.Await[string](tab, "downloads[0].text()")))
	if err != nil {
		t.Fatal(err)
	}
	everybody(t, tab, "handing in")
	tab.Go(browser.Eval[string](tab, "location.href"))
	tells(tab, "#task", "Which learning rate?")
	tab.Click("#task-leave")
	tab.Wait("document.querySelector('#task').hidden && !location.search.includes('task=')", soon)
	noErrors(t, tab)
	return h
}

// thirty writes thirty files for what one student handed in: the same by others, and some that are not what they seem.
func thirty(t *testing.T, dir string, h task.HandIn) (paths []string) {
	t.Helper()
	write := func(name string, b []byte) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	encode := func(h task.HandIn) []byte {
		t.Helper()
		b, err := h.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for i := range 21 {
		if i > 0 {
			h.Name = fmt.Sprintf("Pupil %d", i)
		}
		write(fmt.Sprintf("a%02d.json", i), encode(h))
	}
	changed := func(name string, change func(*recipe.Recipe, *run.View)) {
		t.Helper()
		other, v, start := h, *h.Run, *h.Run.Start
		v.Metrics, v.Start = append([]run.Evaluation(nil), v.Metrics...), &start
		change(&start.Recipe, &v)
		other.Name, other.Run = name, &v
		write(name+".json", encode(other))
	}
	better := func(v *run.View) { v.Metrics[len(v.Metrics)-1].Test.Accuracy = 0.999 }
	changed("forged", func(_ *recipe.Recipe, v *run.View) { better(v) })
	changed("forged elsewhere", func(_ *recipe.Recipe, v *run.View) { v.Start.Backend = "go"; better(v) })
	changed("inexact", func(r *recipe.Recipe, _ *run.View) { r.Exact = false })
	changed("inexact forged", func(r *recipe.Recipe, v *run.View) { r.Exact = false; better(v) })
	changed("other settings", func(r *recipe.Recipe, _ *run.View) { r.Batch = 64 })
	changed("by hand", func(_ *recipe.Recipe, v *run.View) { v.Rates = []run.Rate{{Step: 20, LearningRate: 0.1}} })
	write("damaged.json", bytes.Replace(encode(h), []byte("Smaller"), []byte("smaller"), 1))
	write("no hand-in.json", []byte(`{"cells": []}`))
	h.Task.Title = "Another"
	write("other.json", encode(h))
	return paths
}
