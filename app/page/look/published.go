package look

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/recipe"
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
	short       string // the net's title alone
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
						title: titled(e.Title, e.Recipe.Dataset, r.Last.Accuracy),
						short: e.Title,
						file:  r.File,
						steps: r.Steps,
					})
				}
			}
		}
	})
}

// seek looks for a run that is not among the results, as the chapters of Learn show some: a folder with its log, and with the weights after
// the step of a link.
func (p *published) seek(name, step string, done func(found bool)) {
	at, err := strconv.Atoi(step)
	if err != nil {
		p.shell.Dispatch(func(app.Context) { done(false) })
		return
	}
	file := name + "/events.jsonl"
	p.shell.Fetch(web.File(resultsFolder+file), func(text string, err error) {
		var log []run.Record
		if err == nil {
			log, _, err = run.ReadLog([]byte(text))
		}
		v := run.Replay(log)
		r, ok := v.Recipe()
		if err != nil || !ok || len(v.Metrics) == 0 || !slices.ContainsFunc(v.Snapshots, func(s run.Snapshot) bool { return s.Step == at }) {
			done(false)
			return
		}
		accuracy := v.Metrics[len(v.Metrics)-1].Test.Accuracy
		p.runs = append(p.runs, publishedRun{name: name, title: titled(models.Title(r), r.Dataset, accuracy), file: file, steps: []int{at}})
		p.version++
		done(true)
	})
}

// titled is what a run is called in the list.
func titled(title string, set recipe.Dataset, accuracy float64) string {
	return fmt.Sprintf("%s on %s, %s%s%%", title, set.Title(), number.Percent(accuracy), number.Thin)
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
