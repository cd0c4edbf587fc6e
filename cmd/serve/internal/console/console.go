// Package console shows a person at a terminal a run's events, in one line that updates itself, or in plain lines where
// the output is not a terminal; and lists of runs, sweeps, machines and nets. It knows what it shows, not where that comes from.
package console

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"unpool/core/number"
	"unpool/core/run"
	"unpool/models"
)

// quietFor is how many seconds of training a plain display may leave without a line.
const quietFor = 15

// Progress shows one run.
type Progress struct {
	w       io.Writer
	live    bool // the line can be overwritten
	width   int  // of the line that stands there
	steps   int  // of the recipe
	now     run.Progress
	metric  *run.Metric // the last one
	end     *run.End
	spokeAt float64 // seconds of the run
}

// New returns a display on w. If w is a terminal, it uses one line.
func New(w io.Writer) *Progress { return &Progress{w: w, live: isTerminal(w)} }

func isTerminal(w io.Writer) bool {
	if t, ok := w.(text); ok {
		w = t.to
	}
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Show takes in one event.
func (p *Progress) Show(e run.Event) {
	switch e := e.(type) {
	case *run.Start:
		p.steps = e.Recipe.Steps
		p.plain("%s on %s: %s parameters, %s images to train on, %s to test on", models.Title(e.Recipe), e.Recipe.Dataset,
			number.Plain(e.Parameters), number.Plain(e.TrainSize), number.Plain(e.TestSize))
	case *run.State:
		switch {
		case e.Phase == run.Compiling:
			p.passing("compiling the training step")
		case e.Phase == run.Evaluating && e.Total > 0:
			p.passing("%s  evaluating, image %s of %s", p.position(), number.Plain(int(e.Done)), number.Plain(int(e.Total)))
		}
	case *run.Progress:
		p.now = *e
		if p.live {
			p.passing("%s", p.line())
		} else if e.Seconds-p.spokeAt >= quietFor {
			p.spokeAt = e.Seconds
			p.plain("%s", p.line())
		}
	case *run.Rate:
		p.plain("learning rate %g from step %d on", e.LearningRate, e.Step+1)
	case *run.Move:
		p.plain("resumed with %[2]s from step %[1]d on; before: %[3]s", e.Step+1, e.To, e.From)
	case *run.Missed:
		p.plain("the weights after step %s could not be stored to look inside: %s; training continues", number.Plain(e.Step), e.Error)
	case *run.Metric:
		p.metric = e
		p.now.Step, p.now.Loss = e.Step, e.Train.Loss
		if e.Final {
			p.now.SecondsLeft = 0
		}
		if p.live {
			p.passing("%s", p.line())
		} else {
			p.spokeAt = e.Seconds
			p.plain("%s", p.line())
		}
	case *run.End:
		p.end = e
		p.clear()
	}
}

// line says how far the run is.
func (p *Progress) line() string {
	parts := []string{p.position()}
	if p.now.Step > 0 {
		parts = append(parts, "loss "+number.Loss(p.now.Loss))
	}
	if p.metric != nil {
		parts = append(parts, "test accuracy "+percent(p.metric.Test.Accuracy))
	}
	if p.now.MsPerStep > 0 {
		parts = append(parts, number.Loss(p.now.MsPerStep)+" ms/step", number.Clock(p.now.SecondsLeft)+" left")
	}
	return strings.Join(parts, "  ")
}

func (p *Progress) position() string {
	return fmt.Sprintf("step %s of %s", number.Plain(p.now.Step), number.Plain(p.steps))
}

// Summary writes the table that ends a run.
func (p *Progress) Summary(w io.Writer) error {
	if p.end == nil {
		return nil
	}
	if p.metric != nil {
		t := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
		fmt.Fprintf(t, "after step %s\tloss\taccuracy\timages\t\n", number.Plain(p.metric.Step))
		row := func(name string, m run.Measure) {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t\n", name, number.Loss(m.Loss), percent(m.Accuracy), number.Plain(m.N))
		}
		row("train", p.metric.Train)
		if p.metric.Validation != nil {
			row("validation", *p.metric.Validation)
		}
		row("test", p.metric.Test)
		if err := t.Flush(); err != nil {
			return err
		}
	}
	if p.end.Reason != "" {
		fmt.Fprintf(w, "ended early: %s\n", p.end.Reason)
	}
	_, err := fmt.Fprintf(w, "%s: %s steps in %s, %s ms/step, backend %s\n",
		p.end.Status, number.Plain(p.end.Steps), number.Clock(p.end.Seconds), number.Loss(p.end.MsPerStep), p.end.Backend)
	return err
}

// plain writes a line that stays.
func (p *Progress) plain(format string, args ...any) {
	p.clear()
	fmt.Fprintf(p.w, format+"\n", args...)
}

// passing writes a line that the next one replaces. Where that cannot be, it is left out.
func (p *Progress) passing(format string, args ...any) {
	if !p.live {
		return
	}
	text := fmt.Sprintf(format, args...)
	width := utf8.RuneCountInString(text)
	fmt.Fprintf(p.w, "\r%s%s", text, strings.Repeat(" ", max(0, p.width-width)))
	p.width = width
}

// clear makes room for a line that stays.
func (p *Progress) clear() {
	if p.width > 0 {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.width))
		p.width = 0
	}
}

func percent(share float64) string { return number.Percent(share) + " %" }
