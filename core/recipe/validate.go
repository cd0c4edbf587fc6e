package recipe

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"unpool/models/net"
)

// FieldError says which field of a recipe is wrong, and what would be right.
type FieldError struct {
	Field   string // the field's name
	Problem string
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Problem }

// Validate reports everything that is wrong with r, joined; each part is a *FieldError.
func (r Recipe) Validate() error {
	var errs []error
	if r.Version != Version {
		errs = append(errs, &FieldError{"version", fmt.Sprintf("%d is not known; this program reads versions up to %d", r.Version, Version)})
	}
	for i := range Fields {
		if problem := Fields[i].problem(r); problem != "" {
			errs = append(errs, &FieldError{Fields[i].Name, problem})
		}
	}
	return errors.Join(errs...)
}

// problem says what is wrong with the field in r, "" for nothing.
func (f *Field) problem(r Recipe) string {
	switch v := f.value(&r); {
	case !f.Applies(r):
		if !v.IsZero() {
			other, _ := Lookup(f.only.field)
			return fmt.Sprintf("applies only with %s; leave it out for %q", f.Only(), other.Text(r))
		}
	case f.check != nil:
		return f.check(f, r)
	case f.Choices != nil:
		return oneOf(f, r)
	case v.CanInt():
		return f.outside(float64(v.Int()), f.Text(r))
	case v.CanUint():
		return f.outside(float64(v.Uint()), f.Text(r))
	case v.CanFloat():
		return f.outside(v.Float(), f.Text(r))
	}
	return ""
}

// smallest is the smallest number that is exact to float32's 24 bits: below it some processors compute with 0.
const smallest = 0x1p-126

// outside says that a number is out of the field's range. NaN is in none.
func (f *Field) outside(x float64, text string) string {
	if x != 0 && math.Abs(x) < smallest {
		return fmt.Sprintf("%s is too small for float32, in which nets are trained; the smallest number is about 1.2e-38", text)
	}
	if x == 0 && f.OrZero || x > f.Low && x < f.High || x == f.Low && !f.LowOut || x == f.High && !f.HighOut {
		return ""
	}
	return fmt.Sprintf("%s is outside %s", text, f.Range())
}

func oneOf(f *Field, r Recipe) string {
	text := f.Text(r)
	var names []string
	for _, c := range f.Choices {
		if c.Value == text {
			return ""
		}
		if c.Value != "" {
			names = append(names, c.Value)
		}
	}
	return fmt.Sprintf("%q is not known; use one of %s", text, strings.Join(names, ", "))
}

// known checks the data set, which may be a folder of this machine.
func known(f *Field, r Recipe) string {
	path, ok := r.Dataset.Folder()
	switch {
	case !ok:
		return oneOf(f, r)
	case path == "":
		return folder + " must be followed by the path of a folder or zip"
	}
	return ""
}

// inRange checks a number by the field's range.
func inRange(f *Field, r Recipe) string {
	return f.outside(float64(f.value(&r).Int()), f.Text(r))
}

// shiftWithin checks a shift: one of more than half an image could move all of it out of sight.
func shiftWithin(f *Field, r Recipe) string { return within(f, r, r.Shift, r.Task().Height/2) }

func cutoutWithin(f *Field, r Recipe) string { return within(f, r, r.Cutout, r.Task().Height) }

// within checks a number of pixels by the size of the images, if that is known.
func within(f *Field, r Recipe, pixels, most int) string {
	if pixels > most && r.imagesKnown() {
		return fmt.Sprintf("%d is outside 0 to %d, for images of %d pixels", pixels, most, r.Task().Height)
	}
	return inRange(f, r)
}

// fits checks the net for the recipe's task, unless the task is wrong itself, which is another field's problem.
func fits(_ *Field, r Recipe) string {
	if r.Task().Check() != nil {
		return ""
	}
	if !r.imagesKnown() {
		if _, err := net.Parse(r.Net); err != nil {
			return err.Error()
		}
		return ""
	}
	if _, err := r.Plan(); err != nil {
		return err.Error()
	}
	return ""
}

// CheckLearningRate reports whether lr can be a learning rate.
func CheckLearningRate(lr float64) error {
	f, _ := Lookup("learning_rate")
	if problem := f.problem(Recipe{LearningRate: lr}); problem != "" {
		return &FieldError{f.Name, problem}
	}
	return nil
}
