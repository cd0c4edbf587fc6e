package chart

import (
	"slices"
	"strconv"
	"strings"

	"unpool/core/number"
)

// Entry is one line of the legend: a name with its curves, what a band is, a reference or a break.
type Entry struct {
	Kind   Kind // kindCurve, kindBand, kindReference or kindBreak
	Name   string
	Lines  []Line // of curves
	Value  string // of a reference or a break
	Hidden bool
}

// Line is one curve of an entry, with its value.
type Line struct {
	Look  Look
	Faint bool
	Part  string
	Value string
}

// Legend names the curves, their bands, the reference and the breaks, in the order of the Spec. The values are those nearest to x, or each
// curve's latest.
func (p Plot) Legend(x float64, latest bool) (entries []Entry) {
	shown := p.curves // in the order of the series that are not hidden
	index := map[string]int{}
	for _, s := range p.Series {
		line := Line{Look: s.Look, Faint: s.Faint, Part: s.Part}
		if !s.Hidden {
			line.Value = p.value(shown[0], x, latest)
			shown = shown[1:]
		}
		i, ok := index[s.Name]
		if !ok {
			i = len(entries)
			index[s.Name] = i
			entries = append(entries, Entry{Kind: kindCurve, Name: s.Name, Hidden: s.Hidden})
		}
		entries[i].Lines = append(entries[i].Lines, line)
	}
	if slices.ContainsFunc(p.curves, func(c curve) bool { return c.upper != nil }) {
		entries = append(entries, Entry{Kind: kindBand, Name: "± standard deviation"})
	}
	if p.Reference != 0 {
		entries = append(entries, Entry{Kind: kindReference, Name: p.ReferenceName, Value: p.Unit.Format(p.Reference)})
	}
	for _, b := range p.Breaks {
		entries = append(entries, Entry{Kind: kindBreak, Name: b.Name, Value: "from step " + number.Round(b.Step)})
	}
	return entries
}

// value is a curve's value in words, with its spread where it has one; "" where there is no value.
func (p Plot) value(c curve, x float64, latest bool) string {
	i, ok := c.at(x)
	if latest {
		i, ok = len(c.raw)-1, len(c.raw) > 0
	}
	switch {
	case !ok:
		return ""
	case len(c.spreads) == 0:
		return p.Unit.Format(c.raw[i].y)
	}
	return p.Unit.Format(c.raw[i].y) + " ± " + p.Unit.Format(c.spreads[i].y)
}

// mostSpoken is how many entries of the legend are read out at each step: more would take longer than anyone listens.
const mostSpoken = 6

// Describe says in words what the curves are at x; only one of them where it has a name that is one of theirs.
func (p Plot) Describe(x float64, only string) string {
	words := []string{strings.TrimPrefix(p.X.where(x), "at ")}
	more := 0
	for _, e := range p.Legend(x, false) {
		if e.Hidden || e.Kind == kindBand || only != "" && e.Name != only {
			continue
		}
		if len(words) > mostSpoken {
			more++
			continue
		}
		words = append(words, e.words())
	}
	if more > 0 {
		words = append(words, "and "+strconv.Itoa(more)+" more")
	}
	return strings.Join(words, ", ")
}

// words are the entry with its values.
func (e Entry) words() string {
	words := []string{e.Name, e.Value}
	for _, l := range e.Lines {
		if l.Value != "" {
			words = append(words, l.Part, l.Value)
		}
	}
	return spaced(words...)
}
