package recipe

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"unpool/core/jsontext"
)

// Text returns the field's value in r as Set reads it.
func (f *Field) Text(r Recipe) string {
	v := f.value(&r)
	if v.CanFloat() {
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	}
	return fmt.Sprint(v)
}

// Words returns the field's value in r for people; a number without its unit.
func (f *Field) Words(r Recipe) string {
	text := f.Text(r)
	for _, c := range f.Choices {
		if c.Value == text {
			return c.Label
		}
	}
	if v := f.value(&r); v.CanFloat() {
		return number(v.Float())
	}
	return text
}

// Difference is a field in which two recipes differ, and its values as texts, "" for zero.
type Difference struct{ Name, A, B string }

// Decides reports whether a run with one value cannot be resumed with the other: true of all fields but a run's length, when and how
// much it evaluates, and the folder of the user's own pictures, which are identified by their content.
func (d Difference) Decides() bool {
	_, was := Dataset(d.A).Folder()
	_, is := Dataset(d.B).Folder()
	f, _ := Lookup(d.Name)
	return !f.extent && !(d.Name == "dataset" && was && is)
}

// Differences lists the fields in which two recipes differ.
func Differences(a, b Recipe) (all []Difference) {
	text := func(f *Field, r Recipe) string {
		if f.IsZero(r) {
			return ""
		}
		return f.Text(r)
	}
	for i := range Fields {
		f := &Fields[i]
		if d := (Difference{f.Name, text(f, a), text(f, b)}); d.A != d.B {
			all = append(all, d)
		}
	}
	return all
}

// IsZero reports whether the field is zero in r: what is not there in its JSON.
func (f *Field) IsZero(r Recipe) bool { return f.value(&r).IsZero() }

// Set sets the field in r from a text. It refuses what is not a value of the field's kind; Validate does the rest.
func (f *Field) Set(r *Recipe, text string) error {
	var err error
	switch v := f.at(r).(type) {
	case *int, *uint64:
		err = f.setJSON(r, json.RawMessage(text))
	case *float64:
		*v, err = strconv.ParseFloat(text, 64)
	case *bool:
		*v, err = strconv.ParseBool(text)
	default:
		f.value(r).SetString(text)
	}
	if err != nil {
		return f.refuse(strconv.Quote(text))
	}
	f.tidy(r)
	return nil
}

// setJSON sets the field in r from a JSON value.
func (f *Field) setJSON(r *Recipe, value json.RawMessage) error {
	ok := false
	switch v := f.at(r).(type) {
	case *int:
		var n int64
		n, ok = jsontext.Whole(value)
		*v = int(n)
	case *uint64:
		var n int64
		n, ok = jsontext.Whole(value)
		ok = ok && n >= 0
		*v = uint64(n)
	default:
		ok = json.Unmarshal(value, v) == nil
	}
	if !ok {
		return f.refuse(string(value))
	}
	f.tidy(r)
	return nil
}

// mustSet sets the field to a text of the table's own.
func (f *Field) mustSet(r *Recipe, text string) {
	if err := f.Set(r, text); err != nil {
		panic(err) // a mistake in the table, which every test would see
	}
}

func (f *Field) refuse(value string) error {
	kind := "a " + string(f.Kind())
	switch f.Kind() {
	case Truth:
		kind = string(Truth)
	case One:
		kind = "a " + string(Text)
	case Whole:
		if f.Low >= 0 {
			kind += " of at least " + number(f.Low)
		}
	}
	problem := fmt.Sprintf("%.40s is not %s", value, kind)
	if point := strings.Replace(strings.Trim(value, `"`), ",", ".", 1); f.Kind() == Real && point != value {
		if _, err := strconv.ParseFloat(point, 64); err == nil {
			problem += "; write " + point + ", with a point"
		}
	}
	return &FieldError{f.Name, problem}
}

func (f *Field) tidy(r *Recipe) {
	if f.clean != nil {
		v := f.value(r)
		v.SetString(f.clean(v.String()))
	}
}

func (f *Field) value(r *Recipe) reflect.Value { return reflect.ValueOf(f.at(r)).Elem() }
