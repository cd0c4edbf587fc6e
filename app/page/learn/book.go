package learn

import (
	"slices"

	"unpool/app/page/learn/chapter"
	"unpool/app/shell"
	"unpool/app/web"
)

// folder has the chapters, among the static files. A translation is a folder beside it.
const folder = "learn/en/"

// Static lists the page's static files, which are cached for times without a network.
func Static() (files []string) {
	for _, f := range chapter.Files {
		files = append(files, folder+f+".md")
	}
	return files
}

// book is all chapters.
type book struct {
	shell *shell.Shell

	chapters []*chapter.Chapter // nil before they are there
	failed   error
	awaited  int
}

// load reads all chapters, once, and then calls done: they are short, and the list names them.
func (b *book) load(done func()) {
	if b.chapters != nil || b.awaited > 0 {
		return
	}
	b.failed, b.awaited = nil, len(chapter.Files)
	all := make([]*chapter.Chapter, len(chapter.Files))
	for i, file := range chapter.Files {
		b.shell.Fetch(web.File(folder+file+".md"), func(text string, err error) {
			if err == nil {
				all[i], err = chapter.Parse(chapter.Name(file), text)
			}
			if err != nil {
				b.failed = err
			}
			if b.awaited--; b.awaited == 0 && b.failed == nil {
				b.chapters = all
				done()
			}
		})
	}
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
