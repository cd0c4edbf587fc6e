package results

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/results/finished"
	"unpool/app/shell"
	"unpool/core/recipe"
	"unpool/core/results"
	"unpool/core/run"
)

// committed is the Results page with the committed results, and with all of their runs loaded.
func committed(t *testing.T) *Page {
	t.Helper()
	folder := filepath.Join("..", "..", "..", "public", "results")
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	p := New(shell.New([]shell.Page{{Name: "Train"}, Entry}))
	p.Ready = true
	table, err := finished.Read(read("results.json"))
	if err != nil {
		t.Fatal(err)
	}
	p.table = &table
	for _, g := range table.Groups {
		for _, r := range g.Rows {
			for _, one := range r.Runs {
				run, err := finished.ReadRun(read(one.File))
				if err != nil {
					t.Fatalf("%s: %v", one.File, err)
				}
				p.runs.files[one.File] = &loading{run: run}
			}
		}
	}
	return p
}

// Every net whose results are committed must be shown, whatever their number.
func TestEveryRowOpens(t *testing.T) {
	p := committed(t)
	if closed := app.HTMLString(p); strings.Contains(closed, "data:image/bmp") || strings.Contains(closed, "Train this one here") {
		t.Error("a closed row shows its run")
	}
	for _, g := range p.table.Groups {
		for _, r := range g.Rows {
			p.row(r).open = true
			html := app.HTMLString(p.row(r).render())
			link := p.runs.files[r.Runs[0].File].run.Start.Recipe.Query()
			for _, want := range []string{
				`id="chart-accuracy-` + r.Entry.Name, `id="chart-loss-` + r.Entry.Name, `id="weights-first-`, `id="weights-last-`,
				`href="./?` + link + `"`, "parameters",
			} {
				if !strings.Contains(html, want) {
					t.Errorf("%s: the open row does not have %s", r.Entry.Name, want)
				}
			}
			if convolutional := !r.Entry.Recipe.Recurrent(); convolutional != strings.Contains(html, `id="statistics-`) {
				t.Errorf("%s: a table of activations is %v", r.Entry.Name, !convolutional)
			}
			for _, f := range []fold{foldTable, foldFiles} {
				p.row(r).fold = f
				if html := app.HTMLString(p.row(r).render()); !strings.Contains(html, map[fold]string{foldTable: "test accuracy", foldFiles: r.Runs[0].File}[f]) {
					t.Errorf("%s: the fold %q is not shown", r.Entry.Name, f)
				}
			}
		}
	}
	for i := range p.table.Comparisons() {
		p.comparison.chosen = i
		if html := app.HTMLString(p.comparison.render(p.table.Comparisons())); strings.Count(html, `class="curve `) < 2 {
			t.Errorf("comparison %d shows less than two curves", i)
		}
	}
}

// An id names one element, whatever is open.
func TestIDsAreUnique(t *testing.T) {
	p := committed(t)
	for _, g := range p.table.Groups {
		for _, r := range g.Rows {
			p.row(r).open = true
		}
	}
	seen := map[string]bool{}
	for _, id := range regexp.MustCompile(`\bid="([^"]*)"`).FindAllStringSubmatch(app.HTMLString(p), -1) {
		if seen[id[1]] {
			t.Errorf("#%s is there more than once", id[1])
		}
		seen[id[1]] = true
	}
	if len(seen) < 100 {
		t.Errorf("there are %d ids", len(seen))
	}
}

func TestResultsPageStates(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(p *Page)
		want []string
	}{
		{"loading", func(p *Page) { p.table = nil }, []string{`data-state="loading"`, "Loading the results."}},
		{"failed", func(p *Page) { p.table, p.failed = nil, errors.New("no way") }, []string{`data-state="failed"`, "no way", "Try again"}},
		{"offline", func(p *Page) { p.table, p.failed, p.Offline = nil, errors.New("no way"), true }, []string{`data-state="failed"`, "You are offline"}},
		{"missing", func(p *Page) { p.table, p.missing = nil, true }, []string{`data-state="empty"`, "go run ./cmd/serve reproduce"}},
		{"empty", func(p *Page) { p.table = &finished.Table{} }, []string{`data-state="empty"`, "go run ./cmd/serve reproduce"}},
		{"ready", func(*Page) {}, []string{`data-state="ready"`, "mnist-rnn-128", "reproduce the course report"}},
		{"a run that loads", func(p *Page) { p.runs.files = map[string]*loading{} }, []string{"Loading the run."}},
		{"a run that failed", func(p *Page) {
			for _, l := range p.runs.files {
				l.failed = errors.New("no such run")
			}
		}, []string{"The run could not be loaded", "no such run"}},
		{"training meanwhile", func(p *Page) {
			p.Trainer.View = run.View{Phase: run.Training, Step: 7, Start: &run.Start{Recipe: recipe.Recipe{Steps: 50}}}
		}, []string{"training: step 7 / 50"}},
	} {
		p := committed(t)
		p.row(p.table.Groups[0].Rows[0]).open = true
		c.set(p)
		html := app.HTMLString(p)
		for _, want := range append(c.want, `aria-current="page"`) {
			if !strings.Contains(html, want) {
				t.Errorf("%s: the page does not have %s", c.name, want)
			}
		}
	}
}

// With several seeds a row shows their mean at first, and each of them on request; nets that the course report does not have
// are separate.
func TestSeedsAndNetsBeyond(t *testing.T) {
	p := committed(t)
	one := p.table.Groups[0].Rows[0].Runs[0]
	two := one
	two.Seed, two.File = 2, "two.jsonl"
	text, err := json.Marshal([]results.Row{{Name: "mnist-rnn-128", Runs: []results.Run{one, two}}, {Name: "mnist-vgg", Runs: []results.Run{one}}})
	if err != nil {
		t.Fatal(err)
	}
	table, err := finished.Read(string(text))
	if err != nil {
		t.Fatal(err)
	}
	p.table = &table
	second := *p.runs.files[one.File].run
	second.Metrics = second.Metrics[:50]
	p.runs.files[two.File] = &loading{run: &second}

	r := table.Groups[0].Rows[0]
	p.row(r).open = true
	html := app.HTMLString(p)
	for _, want := range []string{"the mean of 2 seeds", "seed 2", "Beyond the course report", "open-mnist-vgg"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	runs, err := p.runs.loaded(r)
	if err != nil {
		t.Fatal(err)
	}
	o := p.row(r)
	for _, c := range []struct{ seed, points int }{{meanOfSeeds, 50}, {0, 111}, {1, 50}} {
		o.seed = c.seed
		if n := len(o.show(runs).accuracy.Series[0].Points); n != c.points {
			t.Errorf("seed %d: the curve has %d points, want %d", c.seed, n, c.points)
		}
	}
}
