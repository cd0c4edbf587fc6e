package form

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/recipe"
)

// Input is what a field of a recipe is changed with. Its description has its ID followed by "-help".
type Input struct {
	Field           *recipe.Field
	ID, Text        string
	Wrong, Disabled bool
	Offered         func(value string) bool // which choices there are, besides the one in use; nil for all
	Set             func(text string)
}

// Render draws the input.
func (i Input) Render() app.UI {
	scope := app.EventScope(i.ID)
	change := func(_ app.Context, e app.Event) { i.Set(e.Get("target").Get("value").String()) }
	help := i.ID + "-help"
	switch i.Field.Kind() {
	case recipe.One:
		var options []app.UI
		for _, c := range i.Field.Choices {
			if c.Value == i.Text || i.Offered == nil || i.Offered(c.Value) {
				options = append(options, web.Option(c.Value).Selected(c.Value == i.Text).Text(c.Label))
			}
		}
		choose := func(_ app.Context, e app.Event) { i.Set(web.Chosen(e)) }
		return app.Select().ID(i.ID).Disabled(i.Disabled).OnChange(choose, scope).Aria("describedby", help).Body(options...)
	case recipe.Truth:
		toggle := func(_ app.Context, e app.Event) {
			value := "false"
			if e.Get("target").Get("checked").Bool() {
				value = "true"
			}
			i.Set(value)
		}
		return app.Input().ID(i.ID).Type("checkbox").Checked(i.Text == "true").Disabled(i.Disabled).OnChange(toggle, scope).
			Aria("describedby", help)
	case recipe.Text:
		return app.Textarea().ID(i.ID).Rows(3).Spellcheck(false).Attr("value", i.Text).Disabled(i.Disabled).OnChange(change, scope).
			Aria("invalid", i.Wrong).Aria("describedby", help)
	}
	return app.Input().ID(i.ID).Type("text").Attr("inputmode", "decimal").AutoComplete(false).
		Value(i.Text).Disabled(i.Disabled).OnChange(change, scope).
		Aria("invalid", i.Wrong).Aria("describedby", help)
}
