package recipe

import (
	"slices"
	"strconv"
	"strings"
)

// Field describes one field of a recipe.
type Field struct {
	Name    string // in JSON, links, sweeps and errors
	Label   string // for people
	Group   string // what it is for, with others
	Help    string // one line
	Unit    string // of a number, "" for none; of a text, what it consists of
	Default string // as Set reads it

	Choices         []Choice // nil where anything goes
	Low, High       float64  // of a number
	LowOut, HighOut bool     // the end itself is outside
	OrZero          bool     // 0 is inside, wherever the range begins

	extent bool // how long a run is, or how it is measured: no step depends on it
	own    bool // nets that are trained on the same batches may differ in it

	flag  string                      // on the command line, where it is not the name with hyphens
	only  condition                   // when it applies
	clean func(text string) string    // gives a text its one form; nil for none
	check func(*Field, Recipe) string // what is wrong, in place of the check by choices and range
	at    func(*Recipe) any           // points to the field
}

// Choice is one value that a field can have.
type Choice struct{ Value, Label string }

// condition is that another field has a value, or one that begins with it where it ends with a colon.
type condition struct {
	field, value string

	met   func(text string) bool // decides in place of the value; nil where that does
	words string                 // for met: with what it holds
}

func (c condition) holds(text string) bool {
	if c.met != nil {
		return c.met(text)
	}
	return text == c.value || strings.HasSuffix(c.value, ":") && strings.HasPrefix(text, c.value)
}

// Group is fields that serve one purpose.
type Group struct {
	Name   string
	Fields []*Field
}

// Groups returns the fields by their purposes, in the order of the table.
func Groups() (all []Group) {
	for i := range Fields {
		f := &Fields[i]
		if len(all) == 0 || all[len(all)-1].Name != f.Group {
			all = append(all, Group{Name: f.Group})
		}
		last := &all[len(all)-1]
		last.Fields = append(last.Fields, f)
	}
	return all
}

// Kind says what a field's values are.
type Kind string

// The kinds of fields.
const (
	Text  Kind = "text"
	One   Kind = "choice" // of Choices
	Whole Kind = "whole number"
	Real  Kind = "number"
	Truth Kind = "true or false"
)

// Lookup finds a field by its name.
func Lookup(name string) (f *Field, ok bool) {
	i := slices.IndexFunc(Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return nil, false
	}
	return &Fields[i], true
}

// Kind returns what the field's values are.
func (f *Field) Kind() Kind {
	switch f.at(&Recipe{}).(type) {
	case *int, *uint64:
		return Whole
	case *float64:
		return Real
	case *bool:
		return Truth
	}
	if f.Choices != nil {
		return One
	}
	return Text
}

// Flag is the field's name on the command line.
func (f *Field) Flag() string {
	if f.flag != "" {
		return f.flag
	}
	return strings.ReplaceAll(f.Name, "_", "-")
}

// Applies reports whether the field has a meaning beside the others of r. Where it has none it is zero.
func (f *Field) Applies(r Recipe) bool {
	other, ok := Lookup(f.only.field)
	return !ok || f.only.holds(other.Text(r))
}

// Only says with what the field has a meaning, such as "optimizer momentum"; "" for with everything.
func (f *Field) Only() string {
	if f.only.words != "" {
		return f.only.words
	}
	return strings.TrimSpace(f.only.field + " " + f.only.value)
}

// Depends reports whether another field decides if this one applies.
func (f *Field) Depends(name string) bool { return f.only.field == name && name != "" }

// Range is the field's range in words, "" for what is no number.
func (f *Field) Range() string {
	if f.High == 0 {
		return ""
	}
	text := number(f.Low)
	if f.LowOut {
		text += " (excluded)"
	}
	text += " to " + number(f.High)
	if f.OrZero {
		text = "0, or " + text
	}
	if f.HighOut {
		text += " (" + number(f.High) + " excluded)"
	}
	return text
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
