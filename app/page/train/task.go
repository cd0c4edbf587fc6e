package train

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/ui/words"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/run"
	"unpool/core/task"
)

// assigned is the task that the page's link carries, and what is handed in.
type assigned struct {
	setup   *setup
	trainer *client.Trainer
	link    *link
	shell   *shell.Shell

	name, answer string
	saved        *run.End // of the run that was handed in last
	problem      string
}

// render says what the task is; nothing where there is none.
func (a *assigned) render(ready bool) app.UI {
	t := a.setup.task
	return app.Elem("section").ID("task").Class("task", "panel").Aria("labelledby", "task-title").Hidden(t == nil).Body(app.If(t != nil, func() app.UI {
		return app.Div().Class("prose").Body(
			app.Elem("h1").ID("task-title").Text(t.Title),
			app.P().Class("task-text").Text(t.Text),
			app.P().Class("task-text").Hidden(t.Question == "").Body(app.Elem("b").Text("Question: "), app.Text(t.Question)),
			app.P().Class("under").Body(
				app.Text(a.free()+" "),
				app.Button().ID("task-leave").Type("button").Class("quiet").Disabled(!ready || a.trainer.View.Phase.Active()).OnClick(a.leave).Text("Leave the task"),
			),
		)
	}))
}

// leave makes the settings the user's own.
func (a *assigned) leave(ctx app.Context, _ app.Event) {
	r, _ := a.setup.recipe()
	a.setup.assign(nil)
	a.link.put(ctx, r.Query())
	a.shell.AfterDrawing(func() { shell.Focus("status") })
}

// free says what the student may change.
func (a *assigned) free() string {
	labels := words.Labels(a.setup.task.Free)
	if labels == "" {
		return "All settings are fixed: press Train."
	}
	return "You can change: " + labels + ". Find them in All settings."
}

// handIn is the run on show with a name and an answer, to be saved as a file.
func (a *assigned) handIn() app.UI {
	v, t := &a.trainer.View, a.setup.task
	section := app.Elem("section").ID("hand-in").Class("panel", "hand-in").Aria("labelledby", "hand-in-title")
	title := app.H2().ID("hand-in-title").Text("Hand in")
	if says := a.notYet(); says != "" {
		return section.Body(title, app.P().Class("under").Text(says))
	}
	m, _ := v.Latest()
	question := t.Question
	if question == "" {
		question = "A remark, if you like"
	}
	field := func(id, label string, input app.UI) app.UI {
		return app.Div().Class("field", "wide").Body(app.Div().Class("name").Body(app.Label().For(id).Text(label)), input)
	}
	says := "The button saves one file, with this run, your name and your answer. Give it to your teacher; nothing is sent."
	if v.Phase != run.Done {
		says = "This run was stopped early, so your teacher cannot check it by training it again. " + says
	}
	if a.saved == v.End {
		says = "Saved as " + a.file() + ". Give this file to your teacher. To change something, change it and hand in again."
	}
	return section.Body(
		title,
		app.P().Text(fmt.Sprintf("This run: %s of %s test images correct after step %s.", number.Share(m.Test.Accuracy), number.Int(m.Test.N), number.Int(m.Step))),
		field("hand-in-name", "Your name", app.Input().ID("hand-in-name").Type("text").MaxLength(task.MaxName).AutoComplete(false).Value(a.name).
			OnChange(func(_ app.Context, e app.Event) { a.write(&a.name, e) })),
		field("hand-in-answer", question, app.Textarea().ID("hand-in-answer").Rows(4).MaxLength(task.MaxAnswer).Attr("value", a.answer).
			OnChange(func(_ app.Context, e app.Event) { a.write(&a.answer, e) })),
		app.Div().Class("press").Body(app.Button().ID("hand-in-save").Type("button").Class("primary").OnClick(a.save).Text("Hand in")),
		app.P().ID("hand-in-problem").Class("problem").Role("alert").Hidden(a.problem == "").Text(a.problem),
		app.P().ID("hand-in-said").Class("under").Role("status").Text(says),
	)
}

// notYet says why there is nothing to hand in; "" where there is.
func (a *assigned) notYet() string {
	v := &a.trainer.View
	if v.End == nil || v.Phase.Active() || len(v.Metrics) == 0 {
		return "When a run has ended, you can hand it in here, with your name and your answer."
	}
	if outside := a.setup.task.Outside(v.Start.Recipe); len(outside) > 0 {
		return "This run was not made for this task: it differs in " + words.Labels(outside) + ". Train again to hand in."
	}
	return ""
}

// write takes what was typed.
func (a *assigned) write(to *string, e app.Event) {
	*to, a.saved, a.problem = e.Get("target").Get("value").String(), nil, ""
}

// file is the name of the file that is saved.
func (a *assigned) file() string {
	plain := strings.FieldsFunc(a.name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return "hand-in-" + strings.Join(plain, "-") + ".json"
}

// save has the browser save the file.
func (a *assigned) save(app.Context, app.Event) {
	v := &a.trainer.View
	file, err := task.HandIn{Task: *a.setup.task, Name: strings.TrimSpace(a.name), Answer: a.answer, Run: v}.Encode()
	if err != nil {
		a.problem = words.AsSentence(err.Error())
		return
	}
	a.saved, a.problem = v.End, ""
	web.Download(a.file(), task.FileType, string(file))
}
