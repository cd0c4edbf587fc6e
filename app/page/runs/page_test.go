package runs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/shell/shelltest"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/models"
)

// tab is a tab with the Runs page, whose goroutine is the test's.
type tab struct {
	*Page
	t     *testing.T
	store *store.Memory
	tasks chan func(app.Context)
	noted []client.Ref // that are waiting to be deleted
}

func newTab(t *testing.T) *tab { return newTabOf(t, nil) }

// newTabOf is a tab of a site with a server, nil for none.
func newTabOf(t *testing.T, server client.OpenServer) *tab {
	x := &tab{t: t, store: &store.Memory{}, tasks: make(chan func(app.Context), 100)}
	s := shell.New([]shell.Page{{Name: "Train"}, Entry})
	s.Ready = true
	s.Runs = client.NewRuns(func() (store.Changing, error) { return x.store, nil }, server, func(f func(app.Context)) { x.tasks <- f })
	x.Page = New(s)
	x.Runs.Shown = func() bool { return true }
	x.trash.note = func(refs []client.Ref) { x.noted = refs }
	return x
}

// until draws the page until it has a text, and returns it.
func (x *tab) until(want string) string {
	x.t.Helper()
	return shelltest.Until(x.t, x.Page, x.tasks, want)
}

// begun begins a run of a net of the catalog.
func begun(t testing.TB, s store.Store, net string, change func(*recipe.Recipe)) *store.Recorder {
	t.Helper()
	e, err := models.Find(net)
	if err != nil {
		t.Fatal(err)
	}
	r := e.Recipe
	change(&r)
	time.Sleep(2 * time.Millisecond) // runs are kept in order of the millisecond
	recorder, err := store.Begin(t.Context(), s, "")
	if err != nil {
		t.Fatal(err)
	}
	say(t, recorder, &run.Start{Version: run.Version, Recipe: r, Where: run.Where{Backend: "wasm", Tier: "2 threads"}})
	return recorder
}

func say(t testing.TB, r *store.Recorder, events ...run.Event) {
	t.Helper()
	for _, e := range events {
		if err := r.Record(e); err != nil {
			t.Fatal(err)
		}
	}
}

func metric(step int, accuracy float64) *run.Metric {
	m := run.Measure{Loss: 1 - accuracy, Accuracy: accuracy, N: 10_000}
	return &run.Metric{Step: step, Seconds: float64(step), Train: m, Test: m}
}

// over is a run that is over, and its ID.
func over(t testing.TB, s store.Store, net string, seed uint64, accuracy float64) string {
	t.Helper()
	r := begun(t, s, net, func(r *recipe.Recipe) { r.Seed = seed })
	w := &run.Weights{Layer: "conv1", Count: 1, Height: 2, Width: 2, Channels: 1, Scale: 1, Pixels: make(run.Int8s, 4)}
	later := *w
	later.Step = 100
	say(t, r, w, metric(0, 0.1), metric(50, accuracy+0.01), metric(100, accuracy), &later,
		&run.Snapshot{Step: 100, Name: "weights", Layers: 2, Bytes: 1234, Lost: 0.001, N: 1000},
		&run.Rate{Step: 50, LearningRate: 0.5}, &run.Move{Step: 60, From: run.Where{Backend: "wasm"}, To: run.Where{Backend: "xla:cuda"}},
		&run.End{Status: run.Done, Steps: 100, Seconds: 72})
	r.Close()
	return r.ID()
}

func TestStates(t *testing.T) {
	x := newTab(t)
	shelltest.Has(t, app.HTMLString(x.Page), []string{`data-state="loading"`, "Looking for runs", `aria-current="page"`})
	x.Runs.Follow()
	shelltest.Has(t, x.until(`data-state="empty"`), []string{"No runs are stored here yet.", "Train a net"})

	x.Offline = true
	over(t, x.store, "mnist-rnn-128", 1, 0.9)
	shelltest.Has(t, x.until(`data-state="ready"`), []string{"You are offline.", "1 run", "The browser may remove them"})
	x.Storage.Lasting, x.Storage.Granted = true, 2e9
	shelltest.Has(t, app.HTMLString(x.Page), []string{"The browser keeps them until you delete them.", "2.0\u202fGB that the browser allows"})

	x = newTab(t)
	refuse := true
	x.Runs = client.NewRuns(func() (store.Changing, error) {
		if refuse {
			return nil, errors.New("no storage")
		}
		return x.store, nil
	}, nil, func(f func(app.Context)) { x.tasks <- f })
	x.Runs.Follow()
	shelltest.Has(t, x.until(`data-state="failed"`), []string{"Runs cannot be stored here", "no storage", "Try again"})
	failed := error(nil)
	x.Runs.Delete(protocol.InBrowser, []string{"a"}, func(err error) { failed = err }) // as when a deletion can no longer be undone
	for failed == nil {
		(<-x.tasks)(app.Context{})
	}
	refuse = false
	x.Runs.Follow()
	x.until(`data-state="empty"`)
}

// order are the IDs in the order of the table.
func (x *tab) order(ids ...string) string {
	html := app.HTMLString(x.Page)
	var found []string
	for range ids {
		first, at := "", len(html)
		for i, id := range ids {
			if k := strings.Index(html, `id="row-`+id); k >= 0 && k < at && !strings.Contains(strings.Join(found, ""), fmt.Sprint(i)) {
				first, at = fmt.Sprint(i), k
			}
		}
		found = append(found, first)
	}
	return strings.Join(found, "")
}

func TestTheTable(t *testing.T) {
	x := newTab(t)
	a := over(t, x.store, "mnist-rnn-128", 1, 0.95)
	b := over(t, x.store, "mnist-lstm-64", 2, 0.98)
	failed := begun(t, x.store, "cifar-lenet5", func(r *recipe.Recipe) { r.Batch = 64 })
	say(t, failed, metric(10, 0.3), &run.End{Status: run.Failed, Steps: 10, Error: "out of memory"})
	failed.Close()
	c := failed.ID()
	under := begun(t, x.store, "mnist-gru-32", func(*recipe.Recipe) {})
	d := under.ID()
	x.Runs.Follow()
	html := x.until("4 runs")
	shelltest.Has(t, html, []string{"95.0\u202f%", "of 10\u202f000", "at 50", "1:12", "seed 2", "batch 64", `data-state="training"`, `data-state="failed"`, "rnn 128"})
	if got := x.order(a, b, c, d); got != "3210" {
		t.Errorf("the newest first: %s", got)
	}

	for _, s := range []struct{ sort, want string }{
		{"accuracy", "1023"}, {"accuracy", "3201"}, {"name", "3210"}, {"state", "1023"}, {"created", "3210"}, {"created", "0123"},
	} {
		x.list.sortBy(s.sort)
		if got := x.order(a, b, c, d); got != s.want {
			t.Errorf("by %s: %s, want %s", s.sort, got, s.want)
		}
		shelltest.Has(t, app.HTMLString(x.Page), []string{`aria-sort="` + map[bool]string{true: "descending", false: "ascending"}[x.list.down] + `"`})
	}
	for _, f := range []struct{ query, want string }{
		{"", "0123"}, {"lstm", "1"}, {"mnist", "013"}, {"state:done", "01"}, {"state:done seed:2", "1"}, {"batch:64", "2"}, {"batch:6", ""},
		{"net:rnn", "0"}, {"learning-rate:0.001 units", "013"}, {"batch:", "0123"},
	} {
		x.list.query = f.query
		x.list.arrange()
		if got := x.order(a, b, c, d); got != f.want {
			t.Errorf("%q finds %q, want %s", f.query, got, f.want)
		}
	}
	x.list.query = "shade:blue"
	x.list.arrange()
	shelltest.Has(t, app.HTMLString(x.Page), []string{"Nothing is called “shade” here"})
	x.list.query = "nothing-like-this"
	x.list.arrange()
	shelltest.Has(t, app.HTMLString(x.Page), []string{"No run matches the filter.", "0 of 4 runs"})

	csv := asCSV(x.list.all)
	if lines := strings.Split(strings.TrimSpace(csv), "\n"); len(lines) != 5 || !strings.Contains(csv, b+",LSTM · 64 units,,done,") {
		t.Errorf("the table is\n%s", csv)
	}
}

// Only a page of a long table is drawn.
func TestManyRuns(t *testing.T) {
	x := newTab(t)
	for i := range 100 {
		over(t, x.store, "mnist-rnn-32", uint64(i), 0.5)
	}
	x.Runs.Follow()
	html := x.until("100 runs")
	if n := strings.Count(html, `id="row-`); n != onPage {
		t.Errorf("%d rows are drawn, want %d", n, onPage)
	}
	shelltest.Has(t, html, []string{"1–30 of 100"})
	x.list.turn(3)
	shelltest.Has(t, app.HTMLString(x.Page), []string{"91–100 of 100"})
	x.list.query = "seed:7"
	x.list.arrange()
	shelltest.Has(t, app.HTMLString(x.Page), []string{"1 of 100 runs", "1–1 of 1"})
}

func TestAnOpenRun(t *testing.T) {
	x := newTab(t)
	id := over(t, x.store, "mnist-cnn", 1, 0.95)
	x.Runs.Follow()
	x.until("1 run")
	d := x.grid.detail(client.Ref{ID: id})
	d.open = true
	html := x.until("Train this again")
	shelltest.Has(t, html, []string{
		`id="chart-accuracy-` + id, `id="chart-loss-` + id, `id="weights-first-` + id, `id="weights-last-` + id, "course report",
		"Done: 95.0", `href="./?`, "Snapshots (1)", "Changes during training (2)",
	}, "Resume", "The run failed")
	for f, want := range map[fold]string{foldSettings: "Computed by", foldTable: "test accuracy", foldSnapshots: "1.2\u202fkB", foldChanges: "resumed with xla:cuda"} {
		d.fold = f
		shelltest.Has(t, app.HTMLString(x.Page), []string{want})
	}

	stopped := begun(t, x.store, "mnist-rnn-128", func(*recipe.Recipe) {})
	say(t, stopped, metric(50, 0.7))
	x.until("2 runs")
	d = x.grid.detail(client.Ref{ID: stopped.ID()})
	d.open = true
	shelltest.Has(t, x.until("Too early to say: 70.0"), nil, ">Resume<")
	stopped.Close()
	x.Runs.Follow()
	shelltest.Has(t, x.until("Interrupted: 70.0"), []string{">Resume<"})

	// While it grows what is open follows.
	w, err := x.store.Open(t.Context(), stopped.ID())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(run.Record{Seq: 3, Event: &run.End{Status: run.Failed, Steps: 60, Error: "no way\nmore", Hint: "try another"}}); err != nil {
		t.Fatal(err)
	}
	w.Close()
	shelltest.Has(t, x.until("No way."), []string{"Try another.", "The run failed at step 60."})
}

func TestComparison(t *testing.T) {
	x := newTab(t)
	a := over(t, x.store, "mnist-rnn-128", 1, 0.95)
	over(t, x.store, "mnist-rnn-128", 2, 0.97)
	over(t, x.store, "mnist-lstm-64", 1, 0.98)
	x.Runs.Follow()
	x.until("3 runs")
	x.compare.open = true
	shelltest.Has(t, app.HTMLString(x.Page), []string{"Tick two runs or more"})
	x.ticks.set(x.list.all, true)
	html := x.until("RNN · 128 units, seed 2")
	shelltest.Has(t, html, []string{"3 of 3 ticked", "RNN · 128 units, seed 1", "LSTM · 64 units", "96.00 ± 1.41", `id="chart-loss-compared"`, "lstm 64"}, "mean of 2")
	x.compare.mean = true
	shelltest.Has(t, app.HTMLString(x.Page), []string{"RNN · 128 units, mean of 2"})

	if err := x.store.Label(t.Context(), a, run.Label{Name: "The first"}); err != nil {
		t.Fatal(err)
	}
	x.compare.mean = false
	shelltest.Has(t, x.until("The first"), nil, "RNN · 128 units, seed 1")
}

func TestDeletingIsTakenBack(t *testing.T) {
	x := newTab(t)
	a, b := over(t, x.store, "mnist-rnn-128", 1, 0.95), over(t, x.store, "mnist-rnn-128", 2, 0.97)
	under := begun(t, x.store, "mnist-gru-32", func(*recipe.Recipe) {})
	x.Runs.Follow()
	x.until("3 runs")

	x.trash.put(x.list.all)
	x.list.stale()
	html := x.until("Deleted 2 runs.")
	shelltest.Has(t, html, []string{"Undo", "Runs in training were not deleted", "row-" + under.ID()}, "row-"+a, "row-"+b)
	if len(x.noted) != 2 {
		t.Errorf("noted for a reload: %q", x.noted)
	}
	x.trash.undo()
	if len(x.noted) != 0 {
		t.Errorf("noted after undo: %q", x.noted)
	}
	x.list.stale()
	shelltest.Has(t, app.HTMLString(x.Page), []string{"row-" + a, "row-" + b}, "Undo")

	x.trash.put([]*row{x.list.by(a)})
	x.list.stale()
	shelltest.Has(t, x.until("Deleted “RNN · 128 units”."), nil, "row-"+a)
	x.OnDismount() // the page is left
	for {
		if list, err := x.store.List(t.Context()); err != nil {
			t.Fatal(err)
		} else if len(list) == 2 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	shelltest.Has(t, x.until("2 runs"), []string{"row-" + b}, "row-"+a, "Undo")
}

func TestNamesNotesAndFiles(t *testing.T) {
	x := newTab(t)
	id := over(t, x.store, "mnist-rnn-128", 1, 0.95)
	x.Runs.Follow()
	x.until("1 run")
	failed := error(nil)
	x.Runs.Label(client.Ref{ID: id}, run.Label{Name: "Mine", Note: "a try"}, func(err error) { failed = err })
	x.until(">Mine<")
	x.list.query = "note:try"
	x.list.arrange()
	shelltest.Has(t, app.HTMLString(x.Page), []string{"row-" + id})

	var file []byte
	x.Runs.Export(client.Ref{ID: id}, func(b []byte, err error) { file, failed = b, err })
	for file == nil {
		(<-x.tasks)(app.Context{})
	}
	if failed != nil {
		t.Fatal(failed)
	}
	other := newTab(t)
	other.Runs.Follow()
	other.until(`data-state="empty"`)
	taken := func(err error) {
		other.Runs.Import(func() ([]byte, error) { return file, err }, func(id string, err error) {
			other.files.took("run.zip", id, err)
			other.Runs.Follow()
		})
	}
	taken(nil)
	shelltest.Has(t, other.until(">Mine<"), []string{"run.zip was imported."})
	taken(nil)
	other.until("is already here")
	taken(io.ErrUnexpectedEOF)
	other.until("run.zip: the file cannot be read")

	// Importing its file undoes the deletion of a run that is about to be deleted, and restores one that has been.
	remove := func() {
		other.files.begin()
		other.trash.put([]*row{other.list.by(id)})
		other.list.stale()
		shelltest.Has(t, other.until("Undo"), nil, "row-"+id)
	}
	remove()
	taken(nil)
	shelltest.Has(t, other.until("row-"+id), []string{"run.zip was imported."}, "Undo", "is already here")
	other.trash.empty() // as when the undo is over
	shelltest.Has(t, app.HTMLString(other.Page), []string{"row-" + id})
	remove()
	other.trash.empty()
	for other.trash.gone[client.Ref{ID: id}] { // until the store has done it
		(<-other.tasks)(app.Context{})
	}
	taken(nil)
	other.until("row-" + id)
}

// unreadable is a store with one run more, which it cannot read.
type unreadable struct{ *store.Memory }

func (u unreadable) List(ctx context.Context) ([]run.Summary, error) {
	all, err := u.Memory.List(ctx)
	return append(all, run.Summary{ID: "damaged", Phase: run.Unreadable, Error: "its summary: not JSON"}), err
}

func TestAnUnreadableRunHidesNoOther(t *testing.T) {
	x := newTab(t)
	x.Runs = client.NewRuns(func() (store.Changing, error) { return unreadable{x.store}, nil }, nil, func(f func(app.Context)) { x.tasks <- f })
	over(t, x.store, "mnist-rnn-128", 1, 0.95)
	x.Runs.Follow()
	shelltest.Has(t, x.until("2 runs"), []string{"Run damaged", `data-state="unreadable"`, "RNN · 128 units"})
	x.grid.detail(client.Ref{ID: "damaged"}).open = true
	shelltest.Has(t, app.HTMLString(x.Page), []string{"The run cannot be read", "its summary: not JSON", `id="delete-damaged"`})
	x.ticks.set(x.list.all, true)
	x.compare.open = true
	x.until("could not be read")
	if csv := asCSV(x.list.all); !strings.Contains(csv, "damaged,Run damaged,,unreadable,") {
		t.Errorf("the table is\n%s", csv)
	}
}

// Runs are one over several seeds only if nothing but the seed differs, and a repeated run is not two seeds.
func TestGroups(t *testing.T) {
	one := func(seed uint64, hash string, rates ...run.Rate) compared {
		s := run.Summary{ID: fmt.Sprint(seed, hash, rates), Content: &run.Content{Hash: hash}}
		s.Recipe = models.Catalog[0].Recipe
		s.Recipe.Seed = seed
		return compared{newRow(client.Run{Summary: s}, ""), &run.View{Rates: rates}}
	}
	for name, c := range map[string]struct {
		all  []compared
		want string // how many each group has
	}{
		"seeds":              {[]compared{one(1, "a"), one(2, "a"), one(3, "a")}, "[3]"},
		"other images":       {[]compared{one(1, "a"), one(2, "b"), one(3, "a")}, "[2 1]"},
		"another rate":       {[]compared{one(1, "a"), one(2, "a", run.Rate{Step: 5, LearningRate: 0.1}), one(3, "a")}, "[2 1]"},
		"the same run twice": {[]compared{one(1, "a"), one(1, "a"), one(2, "a"), one(2, "a")}, "[2 2]"},
		"three times":        {[]compared{one(1, "a"), one(1, "a"), one(1, "a")}, "[1 1 1]"},
	} {
		var sizes []int
		for _, g := range bySeed(c.all) {
			sizes = append(sizes, len(g.runs))
		}
		if got := fmt.Sprint(sizes); got != c.want {
			t.Errorf("%s: groups of %s, want %s", name, got, c.want)
		}
	}
	twice := []compared{one(1, "a"), one(1, "a")}
	if list := names(twice); list[0] == list[1] {
		t.Errorf("two runs are called %q", list)
	}
}

// A text from an unknown source is not a formula in a spreadsheet.
func TestCSVHasNoFormulas(t *testing.T) {
	s := run.Summary{ID: "a", Label: run.Label{Name: `=HYPERLINK("http://x")`, Note: "+1"}}
	s.Recipe = models.Catalog[0].Recipe
	if csv := asCSV([]*row{newRow(client.Run{Summary: s}, "")}); !strings.Contains(csv, `a,"'=HYPERLINK(""http://x"")",'+1,`) {
		t.Errorf("the table is\n%s", csv)
	}
}
