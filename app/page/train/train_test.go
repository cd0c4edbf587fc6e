package train

import (
	"regexp"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
	"unpool/core/control"
	"unpool/core/run"
	"unpool/models"
)

// newPage is the page of a tab whose program runs.
func newPage() *Page {
	p := New(shell.New([]shell.Page{Entry}))
	p.Ready = true
	return p
}

// inPhase is the page in each of its states.
func inPhase(t *testing.T, phase run.Phase) *Page {
	t.Helper()
	p := newPage()
	if phase == run.Empty {
		return p
	}
	measure := run.Measure{Loss: 0.1234, Accuracy: 0.9712, N: 1000}
	p.Trainer.Hear(
		&run.Start{Version: run.Version, Recipe: standard, Parameters: 21386, Where: run.Where{Backend: "go", Tier: "1 thread"}},
		&run.Metric{Step: 50, Train: measure, Test: measure},
		&run.Metric{Step: 100, Train: measure, Test: measure},
		&run.Weights{Step: 100, Layer: "rnn", Count: 2, Height: 1, Width: 2, Channels: 1, Scale: 0.5, Pixels: run.Int8s{1, 2, 3, 4}},
	)
	if phase.Over() {
		p.Trainer.Hear(&run.End{Status: phase, Steps: 100, Error: "it broke\nhere", Hint: "try again"})
	} else {
		p.Trainer.Hear(&run.State{Phase: phase, Step: 100})
	}
	return p
}

// shows checks what the page shows.
func shows(t *testing.T, p *Page, words ...string) {
	t.Helper()
	html := p.html()
	for _, w := range words {
		if !strings.Contains(html, w) {
			t.Errorf("the page does not say %q", w)
		}
	}
}

// Tests in a browser rely on these ids, so each state must show those that make sense in it, and only those.
func TestEachStateShowsItsControls(t *testing.T) {
	always := []string{"status", "net", "chart-accuracy", "chart-loss", "reading", "sentence", "announcement", "error"}
	during := []string{"test-accuracy", "lr", "step", "stop"}
	all := append([]string{"train", "pause", "continue"}, during...)
	for phase, some := range map[run.Phase][]string{
		run.Empty:      {"train"},
		run.Loading:    append([]string{"pause"}, during...),
		run.Compiling:  append([]string{"pause"}, during...),
		run.Training:   append([]string{"pause"}, during...),
		run.Evaluating: append([]string{"pause"}, during...),
		run.Paused:     append([]string{"continue"}, during...),
		run.Done:       {"train", "test-accuracy"},
		run.Stopped:    {"train", "test-accuracy"},
		run.Failed:     {"train", "test-accuracy"},
	} {
		html := app.HTMLString(inPhase(t, phase))
		shown := map[string]bool{}
		for _, id := range append(some, always...) {
			shown[id] = true
		}
		for _, id := range append(always, all...) {
			if n := len(regexp.MustCompile(`\bid="`+id+`"`).FindAllString(html, -1)); n > 1 || n == 1 != shown[id] {
				t.Errorf("in phase %q #%s is there %d times", phase, id, n)
			}
		}
	}
}

func TestWhatThePageSays(t *testing.T) {
	for phase, words := range map[run.Phase][]string{
		run.Empty:    {`data-state="empty"`, "RNN · 128 units", "Nothing leaves your machine"},
		run.Training: {`data-state="training"`, `data-value="0.9712"`, "97.1", "0.123", "1 thread", "Hidden state"},
		run.Paused:   {`data-state="paused"`, "Paused at step 100"},
		run.Failed:   {`data-state="failed"`, "It broke.", "Try again.", "here", "Train again"},
		run.Done:     {`data-state="done"`, "Train again"},
	} {
		t.Run(string(phase), func(t *testing.T) { shows(t, inPhase(t, phase), words...) })
	}
}

// What could not be kept for Look inside is said, and threads that did not start only of a run of the tab.
func TestNotices(t *testing.T) {
	p := inPhase(t, run.Training)
	p.allowed(2)
	const few, missed = "Only one thread started", "The weights after step 50 could not be stored for Look inside: no room."
	if html := p.html(); strings.Contains(html, few) || strings.Contains(html, missed) {
		t.Error("it says what has not happened")
	}
	p.Trainer.Hear(&run.Missed{Step: 50, Error: "no room"})
	shows(t, p, missed)
	for machine, want := range map[string]bool{run.Browser: true, "EPYC": false} {
		p.Trainer.Hear(&run.Start{Version: run.Version, Recipe: standard, Where: run.Where{Backend: "wasm", Tier: "SIMD, 1 thread", Threads: 1, Machine: machine}}, &run.State{Phase: run.Training})
		if says := strings.Contains(p.html(), few); says != want {
			t.Errorf("of one thread of %s the page speaks: %v, want %v", machine, says, want)
		}
	}
}

func TestAnAnsweredCommandFreesItsButton(t *testing.T) {
	for _, c := range []struct {
		asked  control.Verb
		answer run.Event
		freed  bool
	}{
		{control.Pause, &run.Progress{Step: 101}, false},
		{control.Step, &run.Progress{Step: 101}, true},
		{control.Stop, &run.Metric{Step: 150}, false},
		{control.Pause, &run.State{Phase: run.Training}, true},
	} {
		p := inPhase(t, run.Training)
		p.Trainer.Asked = c.asked
		if p.can(string(c.asked)) {
			t.Errorf("%s can be pressed again while there is no answer", c.asked)
		}
		p.Trainer.Hear(c.answer)
		if freed := p.can(string(c.asked)); freed != c.freed {
			t.Errorf("%s answered by %T: free %v, want %v", c.asked, c.answer, freed, c.freed)
		}
	}
}

// The field of the learning rate has the one that is in use, also for a run that is resumed.
func TestTheRateInForceIsShown(t *testing.T) {
	p := newPage()
	r := standard
	p.Trainer.Hear(&run.Start{Version: run.Version, Recipe: r}, &run.Rate{Step: 3, LearningRate: 0.5})
	shows(t, p, `value="0.5"`)

	v := run.Replay([]run.Record{{Seq: 1, Event: &run.Start{ID: "a", Recipe: r}}, {Seq: 2, Event: &run.Rate{Step: 3, LearningRate: 0.25}}})
	q := newPage()
	q.resumes(v)
	q.Trainer.Hear(&run.State{Phase: run.Paused})
	shows(t, q, `value="0.25"`)
}

func TestFolds(t *testing.T) {
	for _, e := range models.Catalog {
		for fold, want := range map[fold]string{foldSettings: `id="setting-batch"`, foldTable: "<td>", foldExport: "Curves as CSV"} {
			p := inPhase(t, run.Paused)
			p.pick(t, e.Name)
			p.unfold(fold)
			shows(t, p, want)
		}
	}
}

func TestASettingThatCannotBeUsedIsToldBesideItsField(t *testing.T) {
	p := newPage()
	p.unfold(foldSettings)
	p.write("batch", "0")
	shows(t, p, "0 is outside 1 to 4096", "see All settings")
}

// The limit of filters is asked for where there are filters, and the link and the settings of a run say it.
func TestTheLimitOfFilters(t *testing.T) {
	p := newPage()
	p.unfold(foldSettings)
	const input = `id="setting-filter_rms"`
	p.write("net", "gru 8")
	if strings.Contains(p.html(), input) {
		t.Error("a net without filters has a field for their limit")
	}
	p.write("net", "conv 3x3x8, relu")
	shows(t, p, input, "Filter limit", ", RMS", "scaled down to it after each step")
	p.write("filter_rms", "50")
	shows(t, p, "50 is outside 0, or 0.001 to 10", "see All settings")
	p.write("filter_rms", "0.25")
	if html := p.html(); strings.Contains(html, invalid) || !strings.Contains(html, `value="0.25"`) {
		t.Error("a limit of 0.25 is not taken")
	}
}

// chosen checks which net the menu is set to.
func chosen(t *testing.T, p *Page, name string) {
	t.Helper()
	for _, option := range regexp.MustCompile(`<option[^>]*>`).FindAllString(p.html(), -1) {
		if strings.Contains(option, `value="`+name+`"`) && regexp.MustCompile(` selected[ >]`).MatchString(option) {
			return
		}
	}
	t.Errorf("the menu is not set to %s", name)
}

func TestALinkWaitsForTheRunUnderWay(t *testing.T) {
	other, err := models.Find("mnist-gru-128-cosine")
	if err != nil {
		t.Fatal(err)
	}
	p := inPhase(t, run.Training)
	p.visit(other.Recipe.Query())
	chosen(t, p, "mnist-rnn-128")
	shows(t, p, "The next run is set to GRU · 128 units, cosine")
	p.Trainer.Hear(&run.End{Status: run.Stopped, Steps: 100, Backend: "go"})
	// There is a net of the same architecture, size and data before it in the catalog, with another schedule.
	chosen(t, p, "mnist-gru-128-cosine")
	if html := p.html(); strings.Contains(html, "The next run") {
		t.Error("after the run the page still speaks of the next one")
	}
	for query, want := range map[string]string{
		"version=2&net=transformer":                                      "7 more settings are wrong.",
		other.Recipe.Query() + "&steps=1":                                "Steps is given 2 times.",
		strings.Replace(other.Recipe.Query(), "batch=128", "batch=0", 1): "Batch: 0 is outside 1 to 4096",
	} {
		p.visit(query)
		shows(t, p, "The settings in the link cannot be used", want)
	}
	// What is not a setting is named, and the rest is used; what counts visitors is neither.
	p.visit("utm_source=letter&lr=3&" + other.Recipe.Query())
	chosen(t, p, "mnist-gru-128-cosine")
	shows(t, p, "Something in the link is not used. “lr” is not a setting; the nearest is learning_rate.")
	p.visit("fbclid=IwAR0")
	chosen(t, p, "mnist-gru-128-cosine")
	if html := p.html(); strings.Contains(html, "in the link") {
		t.Error("the page complains about a link without any settings")
	}
}

// What failed is said until another net is chosen, and again when the one that failed is.
func TestAFailureIsOfItsNet(t *testing.T) {
	p := inPhase(t, run.Failed)
	for _, c := range []struct {
		net   string
		fails bool
	}{{"mnist-cnn", false}, {"mnist-rnn-128", true}} {
		p.pick(t, c.net)
		if says := strings.Contains(p.html(), "It broke."); says != c.fails {
			t.Errorf("set to %s the page says that the run failed: %v, want %v", c.net, says, c.fails)
		}
	}
}

// The run before stays as a faint line, unless it was on other images.
func TestTheRunBeforeStays(t *testing.T) {
	const faint = "previous run"
	p := inPhase(t, run.Done)
	r := standard
	again := func() {
		p.begins(r)
		p.Trainer.Hear(&run.Start{Version: run.Version, Recipe: r})
	}
	if strings.Contains(p.html(), faint) {
		t.Error("the first run has one before it")
	}
	again()
	shows(t, p, faint)
	again() // which ended before its first evaluation
	shows(t, p, faint)
	r.Dataset = "cifar10"
	if again(); strings.Contains(p.html(), faint) {
		t.Error("a run on other images stays")
	}
}
