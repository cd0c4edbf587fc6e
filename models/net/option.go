package net

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Option is a field of a layer as people set it: a number, a truth value, or one of some words. With knows it by its name.
type Option struct {
	Name      string   // such as "maps"
	Label     string   // for people
	Help      string   // one line, "" where the label says all
	Low, High float64  // of a number
	Choices   []string // of a word; "" among them leaves it to the kind of layer
	Usual     string   // the choice that "" stands for

	what    string // a number, in a problem: "a stride"
	unknown string // what to say of a word that is no choice, and of the list of choices
}

// Sort says what an option's values are.
type Sort string

// The sorts of options.
const (
	Whole Sort = "a whole number"
	Real  Sort = "a number"
	Truth Sort = "true or false"
	Word  Sort = "a word"
)

// sorts are those of Go's kinds of values.
var sorts = map[reflect.Kind]Sort{reflect.Int: Whole, reflect.Float64: Real, reflect.Bool: Truth, reflect.String: Word}

// Options lists what a layer can be given, in the order a form shows it; nil for a layer that is what it is.
func Options(l Layer) []Option { return l.options() }

// Sort is what the option's values are in a layer that has it.
func (o Option) Sort(l Layer) Sort { return sorts[o.in(reflect.ValueOf(l)).Kind()] }

// Text returns the option's value in a layer as Set reads it.
func (o Option) Text(l Layer) string { return textOf(o.in(reflect.ValueOf(l))) }

func textOf(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	default:
		return v.String()
	}
}

// Set returns a layer with the option set from a text. It refuses what is not a value of the option's kind; whether the value
// is in range and fits the net is said by Draft.
func (o Option) Set(l Layer, text string) (Layer, error) {
	changed := reflect.New(reflect.TypeOf(l)).Elem()
	changed.Set(reflect.ValueOf(l))
	v := o.in(changed)
	var err error
	switch v.Kind() {
	case reflect.Int:
		var n int
		n, err = strconv.Atoi(text)
		v.SetInt(int64(n))
	case reflect.Float64:
		var x float64
		x, err = strconv.ParseFloat(text, 64)
		v.SetFloat(x)
	case reflect.Bool:
		var b bool
		b, err = strconv.ParseBool(text)
		v.SetBool(b)
	default:
		v.SetString(text)
	}
	if err != nil {
		return nil, problem("needs %s, not %.40q", sorts[v.Kind()], text)
	}
	return changed.Interface().(Layer), nil // as it was before
}

// in finds the option in a layer. An activation is a word, and its only option the layer itself.
func (o Option) in(layer reflect.Value) reflect.Value {
	if layer.Kind() == reflect.String {
		return layer
	}
	for i, t := 0, layer.Type(); i < t.NumField(); i++ { // FieldByNameFunc takes several times as long, and a page that opens waits for it
		if strings.EqualFold(t.Field(i).Name, o.Name) {
			return layer.Field(i)
		}
	}
	return reflect.Value{}
}

// check reports whether the option has a value in range.
func (o Option) check(l Layer) error {
	v := o.in(reflect.ValueOf(l))
	var x float64
	switch {
	case v.CanInt():
		x = float64(v.Int())
	case v.CanFloat():
		x = v.Float()
	case o.Choices != nil && !slices.Contains(o.Choices, v.String()):
		return problem(o.unknown, v.String(), strings.Join(slices.DeleteFunc(slices.Clone(o.Choices), func(c string) bool { return c == "" }), ", "))
	default:
		return nil
	}
	if !(x >= o.Low && x <= o.High) { // so that NaN is refused too
		return problem("%s must be from %v to %v, not %s", o.what, o.Low, o.High, textOf(v))
	}
	return nil
}

// checkOptions reports what is wrong with a layer whatever its place.
func checkOptions(l Layer) error {
	for _, o := range l.options() {
		if err := o.check(l); err != nil {
			return err
		}
	}
	return nil
}

// whole is a whole number of at least 1.
func whole(name, label, what string, most int) Option {
	return Option{Name: name, Label: label, Low: 1, High: float64(most), what: what}
}

// flag is a truth value.
func flag(name, label, help string) Option { return Option{Name: name, Label: label, Help: help} }

// word is one of some words.
func word[T ~string](name, label, unknown string, choices []T) Option {
	o := Option{Name: name, Label: label, unknown: unknown}
	for _, c := range choices {
		o.Choices = append(o.Choices, string(c))
	}
	return o
}

// initOption is how weights begin, as usual like that.
func initOption(usual string) Option {
	o := word("init", "Initial weights", "no initialisation is called %q; choose one of %s", append([]Init{""}, Inits...))
	o.Usual = usual
	return o
}
