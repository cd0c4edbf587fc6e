package learn

import (
	"encoding/json"
	"slices"

	"unpool/app/page/learn/chapter"
	"unpool/app/shell"
	"unpool/app/web"
)

// folder has the chapters, among the static files. A translation is a folder beside it.
const folder = "learn/en/"

// resultsFile has the results that chapters and figures name: what is published in public/results, in short. A test writes it.
const resultsFile = "learn/results.json"

// Static lists the page's static files, which are cached for times without a network.
func Static() (files []string) {
	for _, f := range chapter.Files {
		files = append(files, folder+f+".md")
	}
	return append(files, resultsFile)
}

// book is all chapters.
type book struct {
	shell *shell.Shell

	chapters []*chapter.Chapter // nil before they are there
	results  chapter.Results
	failed   error
	awaited  int
}

// load reads all chapters, once, and then calls done: they are short, and the list names them.
func (b *book) load(done func()) {
	if b.chapters != nil || b.awaited > 0 {
		return
	}
	files := Static()
	texts := make([]string, len(files))
	b.failed, b.awaited = nil, len(files)
	for i, file := range files {
		b.shell.Fetch(web.File(file), func(text string, err error) {
			texts[i] = text
			if err != nil {
				b.failed = err
			}
			if b.awaited--; b.awaited > 0 || b.failed != nil {
				return
			}
			if b.failed = b.parse(texts); b.failed == nil {
				done()
			}
		})
	}
}

// parse reads the texts of the chapters, and of the results after them.
func (b *book) parse(texts []string) error {
	last := len(texts) - 1
	if err := json.Unmarshal([]byte(texts[last]), &b.results); err != nil {
		return err
	}
	var all []*chapter.Chapter
	for i, text := range texts[:last] {
		c, err := chapter.Parse(chapter.Name(chapter.Files[i]), text, b.results)
		if err != nil {
			return err
		}
		all = append(all, c)
	}
	b.chapters = all
	return nil
}

// find is the chapter of a name; nil for none.
func (b *book) find(name string) *chapter.Chapter {
	if i := slices.IndexFunc(b.chapters, func(c *chapter.Chapter) bool { return c.Name == name }); i >= 0 {
		return b.chapters[i]
	}
	return nil
}

// beside is the chapter before or after another; nil for none.
func (b *book) beside(c *chapter.Chapter, by int) *chapter.Chapter {
	if at := slices.Index(b.chapters, c) + by; at >= 0 && at < len(b.chapters) {
		return b.chapters[at]
	}
	return nil
}
