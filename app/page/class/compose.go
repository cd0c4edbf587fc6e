package class

import (
	"net/url"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
	"unpool/app/ui/form"
	"unpool/app/ui/words"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/task"
	"unpool/models"
)

// first is the net that a task begins with before anybody has chosen.
const first = "mnist-rnn-128"

// compose is the task that a teacher writes, and its link. The page's address has the task, so that a reload, or a bookmark, is this task again.
type compose struct {
	shell *shell.Shell
	task  task.Task

	query   string // that the page was opened by, or the task's
	problem string // what is wrong with it
	copied  string // what became of copying the link
}

func newCompose(s *shell.Shell) *compose {
	e, err := models.Find(first)
	if err != nil {
		panic(err) // the catalog's own name: a test would have failed
	}
	c := &compose{shell: s}
	c.from(e.Recipe)
	return c
}

// from makes the task one of a recipe: exact, so that hand-ins can be compared bit for bit. What the recipe does not use is hidden.
func (c *compose) from(r recipe.Recipe) {
	r.Exact = true
	c.task.Recipe, c.task.Free, c.task.Hidden = r, []string{"learning_rate"}, nil
	for i := range recipe.Fields {
		if f := &recipe.Fields[i]; f.IsZero(r) || f.Name == "exact" || f.Name == "eval" {
			c.task.Hidden = append(c.task.Hidden, f.Name)
		}
	}
}

// visit takes the task, or the recipe to make one of, of the address that the page has been opened by.
func (c *compose) visit(ctx app.Context) {
	query := ctx.Page().URL().RawQuery
	switch query {
	case c.query:
		return
	case "":
		web.PutQuery(ctx, c.query) // back by the navigation
		return
	}
	c.query, c.problem = query, ""
	carried, err := recipe.ParseLink(query)
	switch {
	case err == nil && carried.Task != "":
		var t task.Task
		if t, err = task.Parse(carried.Task); err == nil {
			c.task = t
		}
	case err == nil && len(carried.Recipes) > 0:
		c.from(carried.Recipes[0])
	}
	if err != nil {
		c.problem = words.AsSentence(form.Problems(err))
	}
}

// changed says that the task is another.
func (c *compose) changed(ctx app.Context) {
	c.copied, c.problem = "", ""
	if c.task.Check() == nil {
		c.query = recipe.TaskName + "=" + c.task.String()
		web.PutQuery(ctx, c.query)
	}
}

// link is the task's, on the class's link where there is one.
func (c *compose) link() string {
	to := app.Window().URL()
	to.Path, to.RawQuery, to.Fragment = web.Root(), "", ""
	if s := c.shell.Class.State; s != nil && s.Link != "" {
		if open, err := url.Parse(s.Link); err == nil {
			to = open
		}
	}
	query := recipe.TaskName + "=" + c.task.String()
	if to.RawQuery != "" {
		query = to.RawQuery + "&" + query
	}
	to.RawQuery = query
	return to.String()
}

// copy puts the link on the clipboard.
func (c *compose) copy(ctx app.Context, _ app.Event) {
	c.copied = ""
	if err := c.task.Check(); err != nil {
		c.problem = words.AsSentence(form.Problems(err))
		return
	}
	c.problem = ""
	address := c.link()
	ctx.Async(func() {
		err := web.Copy(address)
		ctx.Dispatch(func(app.Context) {
			if c.copied = "Copied. Whoever opens it gets the task; nothing of it is on a server."; err != nil {
				c.copied = "This browser does not let the page copy: copy the link from its field."
			}
		})
	})
}

func (c *compose) render(ready bool) app.UI {
	r, given := c.task.Recipe, ready && c.task.Check() == nil
	says := "A link to these settings with your words. What students cannot change stays the same for everybody."
	parts := []app.UI{
		app.H2().ID("compose-title").Text("A task for the class"),
		app.P().Text(says),
		app.P().ID("compose-of").Body(
			app.Text("Students begin with: "+models.Title(r)+" on "+r.Dataset.Title()+", "+number.Int(r.Steps)+" steps. To begin with others, set them on the "),
			app.A().Href(shell.Link(shell.Train)+"?"+r.Query()).OnClick(c.shell.OnFollow).Text("Train page"), app.Text(" and choose "), app.Elem("em").Text("Make a task of these settings"),
			app.Text(" under "), app.Elem("em").Text("Files and link"), app.Text(" there."),
		),
		c.words("task-title", "Title", &c.task.Title, task.MaxTitle, 1, ready),
		c.words("task-text", "What to do", &c.task.Text, task.MaxText, 4, ready),
		c.words("task-question", "Question, to be answered in words", &c.task.Question, task.MaxQuestion, 1, ready),
		app.Elem("details").ID("task-settings").Body(
			app.Elem("summary").Text("Which settings students can change: "+words.Labels(c.task.Free)), c.settings(ready),
		),
		app.If(given, func() app.UI {
			return app.Div().Class("field", "wide").Body(app.Div().Class("name").Body(app.Label().For("task-link").Text("The task’s link")),
				app.Input().ID("task-link").Type("text").ReadOnly(true).Value(c.link()))
		}),
		app.Div().Class("press").Body(
			app.Button().ID("task-copy").Type("button").Class("primary").Disabled(!ready).OnClick(c.copy).Text("Copy the link"),
			app.If(given, func() app.UI {
				to := shell.Link(shell.Train) + "?" + recipe.TaskName + "=" + c.task.String()
				return app.A().ID("task-open").Class("button").Href(to).OnClick(c.shell.OnFollow).Text("See it as a student")
			}),
		),
		app.P().ID("task-problem").Class("problem").Role("alert").Hidden(c.problem == "").Text(c.problem),
		app.P().ID("task-copied").Class("under").Role("status").Hidden(c.copied == "").Text(c.copied),
	}
	return app.Elem("section").ID("compose").Class("panel", "prose").Aria("labelledby", "compose-title").Body(parts...)
}

// words is a field of the task's words.
func (c *compose) words(id, label string, text *string, most, rows int, ready bool) app.UI {
	change := func(ctx app.Context, e app.Event) {
		*text = e.Get("target").Get("value").String()
		c.changed(ctx)
	}
	var input app.UI = app.Input().ID(id).Type("text").MaxLength(most).AutoComplete(false).Disabled(!ready).Value(*text).OnChange(change)
	if rows > 1 {
		input = app.Textarea().ID(id).Rows(rows).MaxLength(most).Disabled(!ready).Attr("value", *text).OnChange(change)
	}
	return app.Div().Class("field", "wide").Body(app.Div().Class("name").Body(app.Label().For(id).Text(label)), input)
}

// What a setting can be for students.
const (
	free   = "free"
	fixed  = "fixed"
	hidden = "hidden"
)

// settings are the task's settings, each with what it is for students.
func (c *compose) settings(ready bool) app.UI {
	var groups []app.UI
	for _, g := range recipe.Groups() {
		fields := []app.UI{app.Elem("legend").Text(g.Name)}
		for _, f := range g.Fields {
			if !f.Applies(c.task.Recipe) {
				continue
			}
			id, now := "task-"+f.Name, c.state(f.Name)
			var options []app.UI
			for _, choice := range []recipe.Choice{{Value: free, Label: "students choose"}, {Value: fixed, Label: "fixed, shown"}, {Value: hidden, Label: "hidden"}} {
				options = append(options, web.Option(choice.Value).Selected(choice.Value == now).Text(choice.Label))
			}
			fields = append(fields, app.Div().Class("field").Body(
				app.Div().Class("name").Body(app.Label().For(id).Text(f.Label)),
				app.Select().ID(id).Disabled(!ready).Aria("describedby", id+"-help").
					OnChange(func(ctx app.Context, e app.Event) { c.set(ctx, f.Name, web.Chosen(e)) }, app.EventScope(id)).Body(options...),
				app.P().ID(id+"-help").Class("under").Text(strings.TrimSpace(f.Words(c.task.Recipe)+" "+unit(f))),
			))
		}
		groups = append(groups, app.Elem("fieldset").Class("fields").Body(fields...))
	}
	return app.Div().Body(groups...)
}

// unit is that of a setting that is a number.
func unit(f *recipe.Field) string {
	if kind := f.Kind(); kind == recipe.Whole || kind == recipe.Real {
		return f.Unit
	}
	return ""
}

func (c *compose) state(name string) string {
	switch {
	case slices.Contains(c.task.Free, name):
		return free
	case c.task.IsHidden(name):
		return hidden
	}
	return fixed
}

// set makes a setting free, fixed or hidden.
func (c *compose) set(ctx app.Context, name, state string) {
	without := func(all []string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(other string) bool { return other == name })
	}
	c.task.Free, c.task.Hidden = without(c.task.Free), without(c.task.Hidden)
	switch state {
	case free:
		c.task.Free = append(c.task.Free, name)
	case hidden:
		c.task.Hidden = append(c.task.Hidden, name)
	}
	c.changed(ctx)
}
