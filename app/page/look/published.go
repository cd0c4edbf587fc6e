package look

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"unpool/app/shell"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/results"
	"unpool/core/run"
	"unpool/models"
)

// published are the site's results whose weights lie with them, as serve reproduce writes them.
type published struct {
	shell *shell.Shell

	runs    []publishedRun
	version int // grows when they come; a site without any works as well
	begun   bool
}

// resultsFolder is where they lie.
const resultsFolder = "results/"

type publishedRun struct {
	name, title string
	file        string // of its events
	steps       []int
}

// load gets the list.
func (p *published) load() {
	if p.begun {
		return
	}
	p.begun = true
	p.shell.Fetch(web.File(resultsFolder+"results.json"), func(text string, err error) {
		p.version++
		var rows []results.Row
		if err != nil || json.Unmarshal([]byte(text), &rows) != nil {
			return // this build has none, or there is no connection
		}
		for _, row := range rows {
			e, err := models.Find(row.Name)
			if err != nil {
				continue // of a later version
			}
			for _, r := range row.Runs {
				if len(r.Steps) > 0 {
					p.runs = append(p.runs, publishedRun{
						name:  strings.TrimSuffix(r.File, path.Ext(r.File)),
						title: fmt.Sprintf("%s on %s, %s%s%%", e.Title, e.Recipe.Dataset.Title(), number.Percent(r.Last.Accuracy), number.Thin),
						file:  r.File,
						steps: r.Steps,
					})
				}
			}
		}
	})
}

// read reads the events of one. Where they cannot be read there is no curve, and the net can be looked into all the same.
func (p *published) read(r publishedRun, done func(*run.View)) {
	p.shell.Fetch(web.File(resultsFolder+r.file), func(text string, err error) {
		if err != nil {
			return
		}
		if log, _, err := run.ReadLog([]byte(text)); err == nil {
			done(run.Replay(log))
		}
	})
}
