package runs

import (
	"net/url"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// A link filters the runs, by their IDs too, and shows the curves of those that match.
func TestLink(t *testing.T) {
	x := newTab(t)
	a, b := over(t, x.store, "mnist-rnn-128", 1, 0.9), over(t, x.store, "mnist-rnn-128", 2, 0.8)
	over(t, x.store, "mnist-cnn", 1, 0.99)
	x.follow(url.Values{"filter": {"run:" + a + "," + b}, "curves": {"1"}})
	x.Runs.Follow()
	x.until("chart-accuracy-compared")
	if n := len(x.list.matches); n != 2 || len(x.ticks.refs) != 2 {
		t.Errorf("%d runs match, %d are ticked", n, len(x.ticks.refs))
	}
	x.follow(url.Values{"filter": {"run:" + a}, "curves": {"1"}})
	app.HTMLString(x.Page)
	if d := x.grid.detail(x.list.matches[0].Ref()); len(x.list.matches) != 1 || !d.open {
		t.Error("the one run is not open")
	}
	x.list.query = "sweep:none"
	x.list.arrange()
	if len(x.list.matches) != 0 || x.list.problem != "" {
		t.Errorf("%d runs are of no sweep, %s", len(x.list.matches), x.list.problem)
	}
}
