package jobs

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"unpool/cmd/serve/internal/command"
	"unpool/core/markdown"
	"unpool/core/number"
	"unpool/core/outline"
	"unpool/models"
	"unpool/models/net"
)

// layered is the run's net as a list of layers.
func layered(x *insight) net.Net {
	n, _ := net.Parse(x.net.Recipe.Net) // it has been trained
	return n
}

func convolutional(x *insight) bool { return layered(x).Convolutional() }

func recurrent(x *insight) bool { return layered(x).Recurrent() }

// chapter writes a part of the report.
type chapter struct {
	about func(*insight) bool // the nets that it is about; nil for all
	write func(*insight, context.Context) error
}

var chapters = map[outline.Part]chapter{
	outline.Deconv:         {convolutional, (*insight).deconv},
	outline.Evolution:      {convolutional, (*insight).evolution},
	outline.Invariance:     {nil, (*insight).invariance},
	outline.Filters:        {nil, (*insight).filters},
	outline.Occlusion:      {nil, (*insight).occlusion},
	outline.Correspondence: {nil, (*insight).correspondence},
	outline.Probes:         {nil, (*insight).probes},
	outline.Transfer:       {func(x *insight) bool { return x.To != "" }, (*insight).transfer},
	outline.Rows:           {recurrent, (*insight).rows},
	outline.Embedding:      {nil, (*insight).embedding},
	outline.Mistakes:       {nil, (*insight).mistakes},
	outline.Statistics:     {nil, (*insight).stats},
}

// report writes all views of a run in the paper's order, each with its files in a folder of its own: as the folder's page, and as one file for a
// browser with all pictures in it.
func (x *insight) report(ctx context.Context) error {
	out, head := x.Out, x.page.String()
	x.page.Reset()
	x.Out = filepath.Join(out, "run")
	if err := os.Mkdir(x.Out, 0o755); err != nil {
		return err
	}
	x.say("%s, %s parameters, trained for %s steps with seed %d on %s.", models.Title(x.net.Recipe), number.Plain(x.net.Plan.Parameters()),
		number.Plain(x.view.Step), x.net.Recipe.Seed, x.net.Recipe.Dataset.Title())
	if m, ok := x.view.Latest(); ok {
		x.say("%s %% of %s test images are classified correctly.", number.Percent(m.Test.Accuracy), number.Plain(m.Test.N))
	}
	if err := errors.Join(x.draw("accuracy", "Accuracy through training", accuracies(x.view)), x.draw("loss", "Loss through training", losses(x.view))); err != nil {
		return err
	}
	texts := []string{within("run", "The run", x.page.String())}
	for _, part := range outline.Parts {
		c, name := chapters[part], string(part)
		if c.about != nil && !c.about(x) {
			continue
		}
		fmt.Fprintf(x.stderr, "report: %s\n", name)
		x.Out = filepath.Join(out, name)
		x.page.Reset()
		if err := os.Mkdir(x.Out, 0o755); err != nil {
			return err
		}
		err := c.write(x, ctx)
		if usage := new(command.UsageError); errors.As(err, usage) {
			x.say("This part is left out: %v.", err)
		} else if err != nil {
			return err
		}
		texts = append(texts, within(name, part.Title(), x.page.String()))
	}
	x.Out = out
	x.page.Reset()
	x.page.WriteString(head + "\n" + outline.Source + " " +
		"Its ablation (table 3) trains other nets: serve look RUN ablation writes the sweep for it.\n" + strings.Join(texts, ""))
	return x.html(ctx)
}

// links are those of a text to files beside it.
var links = regexp.MustCompile(`\]\(([^):]+)\)`)

// within is a chapter whose files are in a folder.
func within(folder, title, text string) string {
	text = strings.ReplaceAll(text, "\n## ", "\n### ")
	return "\n## " + title + "\n" + links.ReplaceAllString(text, "]("+folder+"/$1)")
}

// pictures are those of a text.
var pictures = regexp.MustCompile(`!\[([^\]]*)\]\(([^)]+)\)`)

// heads are the headings of chapters.
var heads = regexp.MustCompile(`(?m)^## (.*)$`)

// html writes the page as one file, with its pictures in it.
func (x *insight) html(ctx context.Context) error {
	var failed error
	text := pictures.ReplaceAllStringFunc(x.page.String(), func(picture string) string {
		m := pictures.FindStringSubmatch(picture)
		b, err := os.ReadFile(filepath.Join(x.Out, filepath.FromSlash(m[2])))
		failed = errors.Join(failed, err, ctx.Err())
		kind := map[string]string{".png": "image/png", ".svg": "image/svg+xml"}[path.Ext(m[2])]
		return fmt.Sprintf(`<figure><img alt="%s" src="data:%s;base64,%s"></figure>`, html.EscapeString(m[1]), kind, base64.StdEncoding.EncodeToString(b))
	})
	title, text, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n")
	text = heads.ReplaceAllString(text, "<h2>$1</h2>\n")
	page := fmt.Sprintf(frame, html.EscapeString(title), html.EscapeString(title), markdown.HTML(text))
	return errors.Join(failed, x.file("report.html", []byte(page)))
}

// frame is an HTML page of a title, which stands above its text, too. It can be read on a small screen, in the dark, and on paper.
const frame = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin: 3rem 0 1rem; border-top: 1px solid; padding-top: 1rem; break-before: page; }
figure { margin: 1rem 0; overflow-x: auto; break-inside: avoid; }
img { max-width: 100%%; background: white; }
table { border-collapse: collapse; display: block; overflow-x: auto; font-size: 0.9rem; }
th, td { padding: 0.25rem 0.75rem; border-bottom: 1px solid #8886; text-align: left; }
</style>
<h1>%s</h1>
%s</html>
`
