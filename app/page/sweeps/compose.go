package sweeps

import (
	"encoding/json"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/page/sweeps/draft"
	"unpool/app/shell"
	"unpool/app/web"
	"unpool/core/api"
	"unpool/core/jsontext"
	"unpool/core/number"
	"unpool/models"
)

// firstNet is the form's net before anyone has chosen one: it trains in minutes.
const firstNet = "mnist-rnn-128"

// compose is the form that begins a sweep, by fields or by a file.
type compose struct {
	shell *shell.Shell
	draft *draft.Draft
	text  string // of a sweep file that was pasted or dropped, in the place of the form; "" for none

	watching bool
	pace     client.Pace
	sending  bool
	problem  string // why the server refused it
}

func newCompose(s *shell.Shell) *compose {
	e, err := models.Find(firstNet)
	if err != nil {
		panic(err) // the catalog's own name: a test would have failed
	}
	return &compose{shell: s, draft: draft.New(e.Recipe)}
}

// watch has files that are dropped on the page taken in, while that is shown.
func (c *compose) watch(shown func() bool) {
	if c.watching {
		return
	}
	c.watching = true
	web.Drops(shown, func(bool) {}, func(transfer app.Value) {
		if files := transfer.Get("files"); files.Length() > 0 {
			c.read(files.Index(0))
		}
	})
}

// read takes in a file.
func (c *compose) read(file app.Value) {
	if file.Get("size").Int() > api.MaxSweepFile {
		c.shell.Dispatch(func(app.Context) {
			c.problem = "The file is too large: a sweep file has " + number.Bytes(api.MaxSweepFile) + " at most."
		})
		return
	}
	go func() {
		text, err := web.Bytes(file)
		if err == nil {
			text, err = jsontext.Text(text)
		}
		c.shell.Dispatch(func(app.Context) {
			if err != nil {
				c.problem = "The file cannot be read: " + err.Error() + "."
				return
			}
			c.text, c.problem = string(text), ""
		})
	}()
}

// file is the sweep file that is to be sent, and what is wrong, by field; a problem with a file that was pasted is under "".
func (c *compose) file() (json.RawMessage, map[string]string) {
	if strings.TrimSpace(c.text) == "" {
		return c.draft.File()
	}
	if _, err := draft.Measure([]byte(c.text)); err != nil {
		return nil, map[string]string{"": upper(err.Error()) + "."}
	}
	return json.RawMessage(c.text), nil
}

func (c *compose) render() app.UI {
	file, problems := c.file()
	says := ""
	if problems == nil {
		says = c.estimate(file)
	}
	pasted := strings.TrimSpace(c.text) != ""
	return panel("compose", "compose", "Begin a sweep", nil,
		c.pasted(problems[""]),
		div("form", app.If(!pasted, func() app.UI { return c.form(problems) })).Hidden(pasted),
		app.P().ID("estimate").Class("says").Role("status").Text(c.sentence(says, problems)),
		div("actions",
			switched("begin", "Begin the sweep", problems != nil || c.sending, c.begin).Class("primary"),
			app.Span().ID("begin-problem").Class("problem").Role("alert").Text(c.problem),
		),
		app.Elem("details").Hidden(pasted || problems != nil).Body(
			app.Elem("summary").Text("This sweep as a file"),
			under("The command line accepts the same file: go run ./cmd/serve sweep FILE"),
			app.Elem("pre").ID("sweep-file").Text(string(file)),
		),
	)
}

// sentence says what beginning the sweep will do, or what prevents it.
func (c *compose) sentence(says string, problems map[string]string) string {
	if problems == nil {
		return says
	}
	if nothing := problems[draft.OfNothing]; nothing != "" && len(problems) == 1 {
		return nothing
	}
	return "Some fields are invalid: see the marks above."
}

// estimate says how much a sweep file asks for, and how long it will take if that is known.
func (c *compose) estimate(file json.RawMessage) string {
	size, err := draft.Measure(file)
	if err != nil {
		return upper(err.Error()) + "."
	}
	ms := c.pace.Of(c.shell.Runs.Server, size.Base)
	says := counted(size.Points, "point", "points") + " × " + counted(size.Seeds, "seed", "seeds") + ": " + counted(size.Runs(), "run", "runs") + ", "
	if size.Rungs == nil {
		says += number.Int(size.Whole()) + " training steps in all"
	} else {
		says += "about " + number.Int(size.Expected()) + " training steps; training all runs to the end would take " + number.Int(size.Whole())
	}
	server := c.shell.Runs.Server.Name()
	if ms <= 0 {
		return says + ". The time this takes on " + server + " is unknown until a similar net has been trained there."
	}
	return says + ". At " + number.Significant(ms, 2) + " ms a step, as measured on " + server + ", about " +
		number.Duration(float64(size.Expected())*ms/1000) + " with one worker."
}

// begin sends the sweep, and then shows it.
func (c *compose) begin() {
	file, problems := c.file()
	if problems != nil || c.sending {
		return
	}
	c.sending, c.problem = true, ""
	c.shell.Sweeps.Begin(api.NewSweep{File: file, Name: strings.TrimSpace(c.draft.Name)}, func(id string, err error) {
		c.sending = false
		if err != nil {
			c.problem = "The server refused the sweep: " + err.Error() + "."
			return
		}
		c.text = ""
		c.shell.Dispatch(func(ctx app.Context) { shell.Go(ctx, address(id)) })
	})
}

// pasted is the place for a sweep file.
func (c *compose) pasted(problem string) app.UI {
	return app.Elem("details").Class("paste").Attr("open", c.text != "").Body(
		app.Elem("summary").Text("From a sweep file"),
		field("sweep-text", "Paste a file here, or drop it on the page", "The file replaces the fields below; empty this box to use them again.", problem,
			area("sweep-text", c.text, 4, problem != "").OnInput(typed(func(text string) { c.text, c.problem = text, "" }))).Class("wide"),
	)
}
