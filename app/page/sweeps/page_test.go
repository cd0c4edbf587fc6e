package sweeps

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/shell/shelltest"
	"unpool/core/api"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/mirror/mirrortest"
	"unpool/core/store/remote"
	"unpool/core/store/remote/remotetest"
)

// tab is a tab with the Sweeps page, whose goroutine is the test's.
type tab struct {
	*Page
	t     *testing.T
	tasks chan func(app.Context)
}

func newTab(t *testing.T, do remote.Do) *tab {
	x := &tab{t: t, tasks: make(chan func(app.Context), 100)}
	s := shell.New([]shell.Page{{Name: "Train"}, Entry})
	s.Ready = true
	var opener client.OpenServer // nil for a site without a server
	if do != nil {
		opener = mirrortest.Opener(do)
	}
	s.Runs = client.NewRuns(func() (store.Changing, error) { return &store.Memory{}, nil }, opener, func(f func(app.Context)) { x.tasks <- f })
	s.Sweeps = client.NewSweeps(s.Runs.Server)
	x.Page = New(s)
	s.Sweeps.Shown = func() bool { return true }
	return x
}

// until draws the page until it has a text, and returns it.
func (x *tab) until(want string) string {
	x.t.Helper()
	return shelltest.Until(x.t, x.Page, x.tasks, want)
}

// tag is the tag of the element with an ID.
func tag(html, id string) string {
	return regexp.MustCompile(`<[^>]* id="` + id + `"[^>]*>`).FindString(html)
}

// swept is a sweep of ASHA with so many points and two seeds: one in three continued from the first rung.
func swept(id string, points int) api.Sweep {
	s := api.Sweep{Fields: []string{"learning_rate", "optimizer"}}
	s.ID, s.State, s.Points, s.Merged, s.Seeds, s.Rungs, s.Eta = id, api.SweepRunning, points, 4, 2, []int{100, 300}, 3
	s.Created = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	s.Whole = int64(points) * 2 * 300
	s.Runs = map[run.Phase]int{}
	for i := range points {
		p := api.SweepPoint{Values: []string{fmt.Sprint(0.001 * float64(i+1)), []string{"adam", "sgd"}[i%2]}, Rank: i + 1, N: 2,
			Accuracy: 0.95 - float64(i)/float64(2*points), Deviation: 0.01, Rung: 0}
		for seed := range 2 {
			r := api.SweepRun{ID: fmt.Sprintf("r%d-%d", i, seed+1), Seed: uint64(seed + 1), Phase: run.Stopped, Step: 100,
				Rungs: []run.Rung{{Step: 100, Accuracy: p.Accuracy}}, Why: fmt.Sprintf("stopped by the sweep at rung 1: %d of %d", i+1, points)}
			if i < points/3 {
				r.Phase, r.Step, r.Why = run.Done, 300, ""
				r.Best = &api.SweepAccuracy{Step: 300, Accuracy: p.Accuracy + 0.01*float64(seed)}
				p.Rung = 1
			}
			s.Runs[r.Phase]++
			s.Steps += int64(r.Step)
			p.Runs = append(p.Runs, r)
		}
		s.All = append(s.All, p)
	}
	s.Best = &api.SweepBest{Point: 0, Accuracy: s.All[0].Accuracy}
	return s
}

// A site without a server says how to get one; one without sweeps has the form; one with some lists them.
func TestStates(t *testing.T) {
	x := newTab(t, nil)
	shelltest.Has(t, app.HTMLString(x.Page), []string{`data-state="loading"`, `aria-current="page"`})
	x.Sweeps.Follow("")
	shelltest.Has(t, x.until(`data-state="none"`), []string{"go run ./cmd/serve"}, "Begin the sweep")

	server := &remotetest.Server{Here: api.Here{Name: "box", MsPerStep: 10}}
	x = newTab(t, server.Do)
	x.Sweeps.Follow("")
	shelltest.Has(t, x.until(`data-state="empty"`), []string{"There are no sweeps yet.", "Begin the sweep", `id="mode-learning_rate"`, "random, early stopping"})
	server.PutSweep(swept("a", 9))
	shelltest.Has(t, x.until(`data-state="list"`), []string{`id="sweep-a"`, "9 points (4 more drawn with the same settings) × 2 seeds", "./sweeps/?sweep=a", "6 done, 12 stopped of 18 runs", "95.00"})
	x.Sweeps.Follow("b")
	shelltest.Has(t, x.until(`data-state="gone"`), []string{"no sweep at this address"})
	x.Sweeps.Follow("a")
	x.until(`data-state="sweep"`)
	server.Away(true)
	x.until("cannot be reached")
	shelltest.Has(t, app.HTMLString(x.Page), []string{`data-state="sweep"`})
}

// What the views say of a sweep, and that hiding and choosing is in all of them.
func TestTheViews(t *testing.T) {
	server := &remotetest.Server{Here: api.Here{Name: "box"}}
	server.PutSweep(swept("a", 9))
	x := newTab(t, server.Do)
	x.Sweeps.Follow("a")
	html := x.until(`data-state="sweep"`)
	shelltest.Has(t, html, []string{"All settings", "How far each run was trained", "Which settings matter", "Kelley 1935", "9 measured points", `id="point-8"`,
		"95.00 ± 1.00\u202f%", "./runs/?curves=1&filter=run%3Ar0-1%2Cr0-2", `id="brush-learning_rate-from"`, "rung 1", ">end<"})
	x.one.scene.at = 8
	shelltest.Has(t, app.HTMLString(x.Page), []string{"Rank 9 of 9: learning rate 0.009", "Seed 1: stopped by the sweep at rung 1: 9 of 9, after 100 steps", "at rung 1, step 100"})
	x.one.scene.setHide(true)
	shelltest.Has(t, app.HTMLString(x.Page), []string{"3 points, 6 hidden", `aria-rowcount="4"`}, `id="point-8"`)
	x.one.scene.brush("optimizer", 0, 0.5)
	x.one.table.chosenOnly = true
	x.one.table.arrange()
	shelltest.Has(t, app.HTMLString(x.Page), []string{"2 of 3 points selected, 6 hidden", `aria-rowcount="3"`}, `id="point-1"`)
	x.one.scene.unbrush()
	x.one.scene.setHide(false)

	x.one.scene.pick(0)
	shelltest.Has(t, app.HTMLString(x.Page), []string{"Tick a second point"})
	x.one.scene.pick(1)
	shelltest.Has(t, app.HTMLString(x.Page), []string{"A − B: +5.56 ± 0.00 points, mean ± standard deviation over n = 2 seeds"})
	x.one.scene.pick(2) // the first is removed
	if got := fmt.Sprint(x.one.scene.picked); got != "[1 2]" {
		t.Errorf("picked %s", got)
	}
}

// The arrow keys move the ends of what is chosen, and go from point to point, the chosen ones only.
func TestKeys(t *testing.T) {
	s := newScene()
	sweep := swept("a", 6)
	s.take(&sweep)
	b := &brush{scene: s}
	b.press("optimizer", false, "ArrowDown")
	if r := s.brushes.Of("optimizer"); r.From != 0 || r.To != 0.5 || s.count != 3 {
		t.Errorf("the lower half is %v, %d points", r, s.count)
	}
	b.press("optimizer", true, "End")
	if r := s.brushes.Of("optimizer"); r.From != 0.5 {
		t.Errorf("one end passes the other: %v", r)
	}
	b.press("optimizer", true, "Escape")
	if len(s.brushes) != 0 {
		t.Error("Escape does not choose all")
	}
	b.press("optimizer", false, "ArrowDown")
	var went []int
	for range 4 {
		s.step(1)
		went = append(went, s.at)
	}
	s.at = -1
	s.step(-1)
	if went = append(went, s.at); fmt.Sprint(went) != "[0 2 4 4 4]" {
		t.Errorf("the arrow keys go %v", went)
	}
}

// A sweep that grows keeps what was chosen in it.
func TestLive(t *testing.T) {
	server := &remotetest.Server{Here: api.Here{Name: "box"}}
	server.PutSweep(swept("a", 6))
	x := newTab(t, server.Do)
	x.Sweeps.Follow("a")
	x.until(`data-state="sweep"`)
	x.one.scene.brush("optimizer", 0, 0.5)
	more := swept("a", 12)
	test := 0.93
	more.State, more.Best.Test, more.Best.TestN = api.SweepDone, &test, 10_000
	server.PutSweep(more)
	html := x.until("6 of 12 points selected")
	shelltest.Has(t, html, []string{"play no part in any choice", "93.00", "10\u202f000 test images"})
	shelltest.Has(t, tag(html, "sweep-stop"), []string{"aria-disabled"})
}

// What the buttons and the form ask of the server.
func TestOrders(t *testing.T) {
	server := &remotetest.Server{Here: api.Here{Name: "box", MsPerStep: 10}}
	server.PutSweep(swept("a", 6))
	x := newTab(t, server.Do)
	x.Sweeps.Follow("a")
	x.until(`data-state="sweep"`)
	x.one.controls.tell("a", api.PauseSweep)
	points := 12
	x.one.controls.change(api.SweepChange{Points: &points})
	x.until("Changed.")
	for deadline := time.Now().Add(5 * time.Second); len(server.SweepOrders()) < 2 && time.Now().Before(deadline); {
		(<-x.tasks)(app.Context{})
	}
	got := strings.Join(server.SweepOrders(), "\n")
	shelltest.Has(t, got, []string{`a {"do":"pause"}`, `a {"points":12}`})

	x.Sweeps.Follow("")
	x.until(`data-state="list"`)
	x.until("At 10 ms a step, as measured on box")
	shelltest.Has(t, app.HTMLString(x.Page), []string{"27 points × 1 seed: 27 runs, about "})
	x.compose.text = `{"base":"mnist-cnn","grid":{"batch":[32,64]},"seeds":3}`
	shelltest.Has(t, app.HTMLString(x.Page), []string{"2 points × 3 seeds: 6 runs, 33\u202f000 training steps in all"})
	x.compose.text = `{"base":"alexnet"}`
	html := app.HTMLString(x.Page)
	shelltest.Has(t, html, []string{"alexnet"})
	shelltest.Has(t, tag(html, "begin"), []string{"aria-disabled"})
	x.compose.text = ""
	x.compose.draft.Name = " mine "
	x.compose.begin()
	for deadline := time.Now().Add(5 * time.Second); len(server.NewSweeps()) < 1 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	made := server.NewSweeps()
	if len(made) != 1 || made[0].Name != "mine" || !strings.Contains(string(made[0].File), `"asha":{"min_steps":203,"eta":3}`) {
		t.Errorf("the server was asked to make %+v", made)
	}
}
