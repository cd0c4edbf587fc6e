package runs

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell/shelltest"
	"unpool/core/api"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/mirror/mirrortest"
	"unpool/core/store/remote/remotetest"
	"unpool/models"
)

// newServedTab is a tab of a site whose server keeps runs.
func newServedTab(t *testing.T) (*tab, *remotetest.Server) {
	server := &remotetest.Server{Here: api.Here{Name: "box"}}
	return newTabOf(t, mirrortest.Opener(server.Do)), server
}

// untilAll draws the page until it has several texts.
func (x *tab) untilAll(want ...string) string {
	x.t.Helper()
	html := ""
	for _, w := range want {
		html = x.until(w)
	}
	return html
}

// does waits for what is asked of a store.
func (x *tab) does(ask func(done func(error))) error {
	x.t.Helper()
	said := make(chan error, 1)
	ask(func(err error) { said <- err })
	for {
		select {
		case err := <-said:
			return err
		case f := <-x.tasks:
			f(app.Context{})
		}
	}
}

// The server's runs are listed among this browser's, and can be used in the same ways, even if they have the same ID.
func TestServerRuns(t *testing.T) {
	x, server := newServedTab(t)
	mine := over(t, x.store, "mnist-rnn-128", 1, 0.9)
	theirs := over(t, &server.Store, "mnist-cnn", 2, 0.95)
	x.Runs.Follow()
	html := x.untilAll("2 runs", "on box")
	if strings.Count(html, "on box") != 1 {
		t.Error("both runs are marked")
	}
	of := client.Ref{Place: protocol.OnServer, ID: theirs}

	// Details and curves.
	x.grid.detail(of).open = true
	shelltest.Has(t, x.until("Snapshots (1)"), []string{"?run=server%3A" + theirs, "chart-accuracy-" + of.Element()})

	// A curve grows while the run does.
	recorder := begun(t, &server.Store, "mnist-gru-32", func(*recipe.Recipe) {})
	growing := client.Ref{Place: protocol.OnServer, ID: recorder.ID()}
	log, err := server.Store.Read(t.Context(), recorder.ID(), 1)
	if err != nil {
		t.Fatal(err)
	}
	server.Told(recorder.ID(), log...)
	x.until("3 runs")
	x.grid.detail(growing).open = true
	x.until("Just started: ")
	say(t, recorder, metric(50, 0.5))
	log, err = server.Store.Read(t.Context(), recorder.ID(), 2)
	if err != nil {
		t.Fatal(err)
	}
	server.Told(recorder.ID(), log...)
	x.until("Too early to say")

	// Label and export.
	if err := x.does(func(done func(error)) { x.Runs.Label(of, run.Label{Name: "Theirs"}, done) }); err != nil {
		t.Fatal(err)
	}
	x.until(">Theirs<")
	var file []byte
	if err := x.does(func(done func(error)) {
		x.Runs.Export(of, func(b []byte, err error) { file = b; done(err) })
	}); err != nil {
		t.Fatal(err)
	}
	if err := x.does(func(done func(error)) {
		x.Runs.Import(func() ([]byte, error) { return file, nil }, func(_ string, err error) { done(err) })
	}); err != nil {
		t.Fatal(err)
	}
	x.Runs.Follow()
	x.until("4 runs")

	// Compared with this browser's.
	x.ticks.set(x.list.all, true)
	x.compare.open = true
	x.until("chart-accuracy-compared")
	x.compare.open = false

	// Filtered by where it is, and deleted there only.
	x.list.query = "on:box theirs"
	x.list.arrange()
	if len(x.list.matches) != 1 {
		t.Fatalf("%d runs match", len(x.list.matches))
	}
	x.trash.put(x.list.matches)
	x.trash.empty()
	for x.trash.gone[of] {
		(<-x.tasks)(app.Context{})
	}
	if _, err := server.Store.Read(t.Context(), theirs, 1); err == nil {
		t.Error("it is on the server still")
	}
	for _, id := range []string{mine, theirs} {
		if _, err := x.store.Read(t.Context(), id, 1); err != nil {
			t.Error(err)
		}
	}
	x.list.query = ""
	x.list.arrange()
	if n := len(x.mine()); n != 2 {
		t.Errorf("%d runs are in this browser", n)
	}
}

// A run that waits in the queue has nothing to show yet, and a server that is away is said to be.
func TestServerQueue(t *testing.T) {
	x, server := newServedTab(t)
	x.Runs.Follow()
	x.until(`data-state="empty"`)
	text := `{"recipe":` + string(encoded(t, models.Catalog[0].Recipe)) + `}`
	if _, _, err := server.Do(t.Context(), "POST", api.Runs, "application/json", []byte(text)); err != nil {
		t.Fatal(err)
	}
	x.Runs.Follow()
	x.untilAll("1 run", "waiting")
	of := client.Ref{Place: protocol.OnServer, ID: remotetest.ID(0)}
	x.grid.detail(of).open = true
	x.until("In the queue on box")
	if err := x.does(func(done func(error)) { x.Runs.Export(of, func(_ []byte, err error) { done(err) }) }); err == nil {
		t.Error("a run that has not begun was exported")
	}

	server.Away(true)
	x.until("The server, box, cannot be reached.")
	if len(x.list.all) != 1 {
		t.Error("what was listed is gone")
	}
	server.Away(false)
	for deadline := time.Now().Add(20 * time.Second); x.Runs.Server.Away; {
		select {
		case f := <-x.tasks:
			f(app.Context{})
		case <-time.After(time.Until(deadline)):
			t.Fatal("the server is away for ever")
		}
	}
	shelltest.Has(t, app.HTMLString(x.Page), nil, "cannot be reached")
}

// A run that was deleted on the server while nobody looked is kept here, or deleted here too.
func TestDeletedOnTheServer(t *testing.T) {
	x, server := newServedTab(t)
	var ids []string
	for i := range 2 {
		ids = append(ids, over(t, &server.Store, "mnist-cnn", uint64(i), 0.9))
	}
	x.Runs.Follow()
	x.untilAll("2 runs")
	for _, id := range ids {
		of := client.Ref{Place: protocol.OnServer, ID: id}
		x.grid.detail(of).open = true
		x.until("chart-accuracy-" + of.Element())
	}
	server.Away(true)
	x.until("cannot be reached. Its runs are listed as of ")
	for _, id := range ids {
		if err := server.Store.Delete(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		server.Deleted(id)
	}
	server.Away(false)
	html := x.until("Keep here")
	for deadline := time.Now().Add(20 * time.Second); strings.Count(html, "Keep here") < 2 && time.Now().Before(deadline); { // the server reports one after the other
		select {
		case f := <-x.tasks:
			f(app.Context{})
		case <-time.After(time.Until(deadline)):
		}
		html = app.HTMLString(x.Page)
	}
	if n := strings.Count(html, "Delete here too"); n != 2 || strings.Contains(html, "Train this again") {
		t.Errorf("two runs are to be deleted here too, not %d", n)
	}
	of := client.Ref{Place: protocol.OnServer, ID: ids[0]}
	if err := x.does(func(done func(error)) { x.Runs.KeepHere(of, done) }); err != nil {
		t.Fatal(err)
	}
	log, err := x.store.Read(t.Context(), ids[0], 1)
	if err != nil || len(log) == 0 {
		t.Errorf("kept here are %d events, %v", len(log), err)
	}
	x.until("row-" + client.Ref{Place: protocol.InBrowser, ID: ids[0]}.Element())
	x.trash.put(x.list.all)
	x.trash.empty()
	for len(x.trash.gone) > 0 {
		(<-x.tasks)(app.Context{})
	}
	x.until(`data-state="empty"`)
}

func encoded(t *testing.T, r recipe.Recipe) []byte {
	t.Helper()
	text, err := r.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A run of a cluster says which machine trains it, unless that is the server itself, whose name is there anyway.
func TestStateNamesTheWorker(t *testing.T) {
	for worker, want := range map[string]string{"": "", "box": "", "gpu1": "on gpu1"} {
		r := newRow(client.Run{Summary: run.Summary{Phase: run.Training, Worker: worker}, Place: protocol.OnServer}, "box")
		if text, soft := state(r); text != "training" || soft != want {
			t.Errorf("trained by %q it is %q, %q, want %q", worker, text, soft, want)
		}
	}
}

// checkpointed is a run that was stopped and can be continued from its checkpoint.
func checkpointed(t *testing.T, s store.Store) client.Ref {
	t.Helper()
	r := begun(t, s, "mnist-rnn-32", func(*recipe.Recipe) {})
	say(t, r, metric(0, 0.1), metric(50, 0.5), &run.End{Status: run.Stopped, Steps: 50})
	r.Close()
	w, err := s.Open(t.Context(), r.ID())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Put(store.Last, func(to io.Writer) error { _, err := io.WriteString(to, "weights"); return err }); err != nil {
		t.Fatal(err)
	}
	return client.Ref{ID: r.ID()}
}

// Where the site has no server, a run is saved as a file, with words on what to do with it; the page of a server that imports it offers to
// continue the run there.
func TestContinueElsewhereByFile(t *testing.T) {
	const save, onward = "Continue on your GPU", `id="onward"`
	x := newTab(t)
	of := checkpointed(t, x.store)
	x.Runs.Follow()
	x.until("1 run")
	d := x.grid.detail(of)
	d.open = true
	shelltest.Has(t, x.until(save), nil, "Continue on box", "Saved as")
	d.move.Save(of)
	x.until("Saved as " + of.File())
	var file []byte
	if err := x.does(func(done func(error)) {
		x.Runs.Export(of, func(b []byte, err error) { file = b; done(err) })
	}); err != nil {
		t.Fatal(err)
	}

	y, _ := newServedTab(t)
	y.Runs.Follow()
	y.until(`data-state="empty"`)
	if err := y.does(func(done func(error)) {
		y.Runs.Import(func() ([]byte, error) { return file, nil }, func(id string, err error) {
			y.files.took("a.zip", id, err)
			y.Runs.Follow()
			done(err)
		})
	}); err != nil {
		t.Fatal(err)
	}
	shelltest.Has(t, y.until(onward), []string{"a.zip was imported.", "Continue on box"}, save)
}
