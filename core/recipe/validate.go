package recipe

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Limits that keep a recipe from a stranger's link within what a tab can do.
const (
	MaxBatch  = 4096
	MaxUnits  = 1024
	MaxSteps  = 10_000_000
	MaxShift  = 14 // half an image: a larger one could move all of it out of sight
	MaxCutout = 28
)

// Archs, Datasets, Optimizers, Schedules and Evals list the known names in the order a menu shows them.
var (
	Archs      = []Arch{RNN, LSTM, GRU, LeNet5, BNCNN, VGG, VGGWide}
	Datasets   = []Dataset{MNIST, CIFAR10Report, CIFAR10, CIFAR10RGB}
	Optimizers = []Optimizer{Adam, SGD, Momentum, RMSProp}
	Schedules  = []Schedule{Constant, Cosine}
	Evals      = []Eval{EvalSample, EvalFull}
)

// FieldError says which field of a recipe is wrong, and what would be right.
type FieldError struct {
	Field   string // the field's JSON name
	Problem string
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Problem }

// Validate reports everything that is wrong with r, joined; each part is a *FieldError.
func (r Recipe) Validate() error {
	var errs []error
	bad := func(field, format string, args ...any) {
		errs = append(errs, &FieldError{field, fmt.Sprintf(format, args...)})
	}
	if r.Version != Version {
		bad("version", "%d is not known; this program reads version %d", r.Version, Version)
	}
	if err := oneOf("arch", r.Arch, Archs); err != nil {
		errs = append(errs, err)
	}
	if path, ok := r.Dataset.Folder(); !ok {
		if err := oneOf("dataset", r.Dataset, Datasets); err != nil {
			errs = append(errs, err)
		}
	} else if path == "" {
		bad("dataset", "%s wants the path of a directory or zip after it", folder)
	}
	if err := oneOf("optimizer", r.Optimizer, Optimizers); err != nil {
		errs = append(errs, err)
	}
	if err := oneOf("schedule", r.Schedule, Schedules); err != nil {
		errs = append(errs, err)
	}
	if err := oneOf("eval", r.Eval, Evals); err != nil {
		errs = append(errs, err)
	}
	switch {
	case r.Arch.Recurrent() && (r.Units < 1 || r.Units > MaxUnits):
		bad("units", "%d is outside 1 to %d", r.Units, MaxUnits)
	case !r.Arch.Recurrent() && r.Units != 0:
		bad("units", "only recurrent nets have units; leave it out for %q", r.Arch)
	}
	if err := CheckLearningRate(r.LearningRate); err != nil {
		errs = append(errs, err)
	}
	switch {
	case r.Optimizer == Momentum && !(r.Momentum >= 0 && r.Momentum < 1):
		bad("momentum", "%v is outside 0 to 1 (1 excluded)", r.Momentum)
	case r.Optimizer != Momentum && r.Momentum != 0:
		bad("momentum", "only the momentum optimiser has one; leave it out for %q", r.Optimizer)
	}
	if r.NoDropout && !r.Arch.Dropout() {
		bad("no_dropout", "%q has no dropout; leave it out", r.Arch)
	}
	inRange := func(field string, v, lo, hi int) {
		if v < lo || v > hi {
			bad(field, "%d is outside %d to %d", v, lo, hi)
		}
	}
	inRange("batch", r.Batch, 1, MaxBatch)
	inRange("steps", r.Steps, 1, MaxSteps)
	inRange("eval_every", r.EvalEvery, 1, MaxSteps)
	if r.Holdout < 0 {
		bad("holdout", "%d is negative", r.Holdout)
	}
	inRange("shift", r.Shift, 0, MaxShift)
	inRange("cutout", r.Cutout, 0, MaxCutout)
	if r.Seed > MaxSeed {
		bad("seed", "%d is above %d, the largest whole number JSON carries exactly", r.Seed, uint64(MaxSeed))
	}
	return errors.Join(errs...)
}

// MaxSeed is the largest seed: every JSON reader keeps whole numbers up to it exactly.
const MaxSeed = 1<<53 - 1

// CheckLearningRate reports whether lr can be a learning rate.
func CheckLearningRate(lr float64) error {
	if math.IsNaN(lr) || lr <= 0 || lr > 10 {
		return &FieldError{"learning_rate", fmt.Sprintf("%v is outside 0 (excluded) to 10", lr)}
	}
	return nil
}

func oneOf[T ~string](field string, v T, known []T) error {
	if slices.Contains(known, v) {
		return nil
	}
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	return &FieldError{field, fmt.Sprintf("%q is not known; use one of %s", string(v), strings.Join(names, ", "))}
}
