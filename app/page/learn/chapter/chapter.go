// Package chapter reads the chapters of the Learn page: Markdown files, whose steps begin with headings of the second level, with figures
// by name and with placeholders for numbers that the models say. It knows nothing of how a figure is shown.
//
// A chapter begins with its title, and with lines of what it is about:
//
//	# LeNet-5
//	net: conv 5x5x6, relu, pool 2      the net that the steps are about, with an optional data set (mnist)
//	run: lenet5 3000                   a published run of it, and the step after which its weights are taken
//
//	What stands in the list of chapters.
//
//	## A step {conv1}                  its layer, if it is about one
//
// Within a step, {{parameters conv1}} is a number (see placeholder), and {{figure NAME words}} alone on a line is a figure. A figure that
// needs more has it in lines up to }}, see Figure.
package chapter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"unpool/core/markdown"
	"unpool/core/recipe"
	"unpool/models/net"
)

// Files are the chapters, in their order: names of files in each language's folder, without .md.
var Files = []string{"01-convolution", "02-pooling", "03-lenet5", "04-loss", "05-training", "06-batchnorm", "07-resnet", "08-rnn", "09-lstm", "10-gru", "11-zeiler-fergus"}

// Name is a chapter's name in links: that of its file without the number.
func Name(file string) string {
	_, name, _ := strings.Cut(file, "-")
	return name
}

// Chapter is a chapter.
type Chapter struct {
	Name   string // in links
	Title  string
	About  string // HTML
	Recipe recipe.Recipe
	Plan   *net.Plan // of the recipe's net; nil for a chapter about no net
	Run    string    // a published run of it; "" for none
	At     int       // the step after which its weights are taken
	Steps  []Step

	results Results
}

// Step is one idea.
type Step struct {
	Title string // HTML
	Layer string // of the chapter's net, which it is about; "" for none
	Parts []Part
}

// Part is a text or a figure.
type Part struct {
	HTML   string
	Figure *Figure // nil for a text
}

// Parse reads a chapter, with the results that its placeholders name. The error names the step and what is wrong there.
func Parse(name, text string, results Results) (*Chapter, error) {
	head, rest, _ := strings.Cut("\n"+strings.ReplaceAll(text, "\r", ""), "\n## ")
	c := &Chapter{Name: name, results: results}
	if err := c.head(strings.TrimSpace(head)); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for i, section := range strings.Split(rest, "\n## ") {
		s, err := c.step(section)
		if err != nil {
			return nil, fmt.Errorf("%s, step %d: %w", name, i+1, err)
		}
		c.Steps = append(c.Steps, s)
	}
	return c, nil
}

// head reads what stands before the first step.
func (c *Chapter) head(text string) error {
	top, about, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(top, "\n")
	title, ok := strings.CutPrefix(lines[0], "# ")
	if !ok {
		return fmt.Errorf("it begins with %q, not with a title", lines[0])
	}
	c.Title = title
	c.Recipe = recipe.Default()
	c.Recipe.Dataset = recipe.MNIST
	for _, l := range lines[1:] {
		key, value, _ := strings.Cut(l, ": ")
		switch key {
		case "net":
			c.Recipe.Net = value
			plan, err := c.Recipe.Plan()
			if err != nil {
				return err
			}
			c.Plan = plan
		case "run":
			name, at, _ := strings.Cut(value, " ")
			step, err := strconv.Atoi(at)
			if err != nil {
				return fmt.Errorf("the run %q has no step: %w", value, err)
			}
			c.Run, c.At = name, step
		default:
			return fmt.Errorf("unknown line %q", l)
		}
	}
	filled, err := c.fill(about)
	c.About = markdown.Inline(filled)
	return err
}

// step reads a step, from its heading on.
func (c *Chapter) step(section string) (Step, error) {
	heading, body, _ := strings.Cut(section, "\n")
	title, layer, about := strings.Cut(strings.TrimSuffix(heading, "}"), " {")
	s := Step{Title: markdown.Inline(title), Layer: layer}
	if about && c.layer(layer) == nil {
		return s, fmt.Errorf("the net has no layer %q", layer)
	}
	for body != "" {
		text, figure, more := strings.Cut(body, "\n{{figure ")
		filled, err := c.fill(text)
		if err != nil {
			return s, err
		}
		if html := markdown.HTML(filled); html != "" {
			if strings.Count(html, "<details") != strings.Count(html, "</details>") {
				return s, fmt.Errorf("a figure stands within <details>")
			}
			s.Parts = append(s.Parts, Part{HTML: html})
		}
		if !more {
			break
		}
		inside, rest, closed := strings.Cut(figure, "}}\n")
		if !closed {
			inside, closed = strings.CutSuffix(strings.TrimSpace(figure), "}}")
		}
		if !closed {
			return s, fmt.Errorf("a figure does not end")
		}
		f, err := parseFigure(inside)
		if err == nil {
			err = c.check(f, s)
		}
		if err != nil {
			return s, err
		}
		s.Parts = append(s.Parts, Part{Figure: f})
		body = "\n" + rest
		if rest == "" {
			break
		}
	}
	return s, nil
}

// check reports what a figure lacks at its place.
func (c *Chapter) check(f *Figure, s Step) error {
	switch {
	case slices.Contains([]string{"layer", "reading", "draw", "answer"}, f.Kind) && c.Run == "":
		return fmt.Errorf("the figure %s needs the chapter's run", f.Kind)
	case (f.Kind == "layer" || f.Kind == "reading") && s.Layer == "":
		return fmt.Errorf("the figure %s needs the step's layer", f.Kind)
	}
	return nil
}

// layer is a layer of the chapter's net; nil for none of that name.
func (c *Chapter) layer(name string) *net.Placed { return placed(c.Plan, name) }

func placed(p *net.Plan, name string) *net.Placed {
	if p == nil {
		return nil
	}
	for l := range p.All() {
		if l.Name == name {
			return l
		}
	}
	return nil
}

// Layer is that of the chapter's net which a step is about; nil for none.
func (c *Chapter) Layer(s Step) *net.Placed { return c.layer(s.Layer) }

// StepOf is the first step about a layer; -1 for none.
func (c *Chapter) StepOf(layer string) int {
	return slices.IndexFunc(c.Steps, func(s Step) bool { return s.Layer == layer })
}
