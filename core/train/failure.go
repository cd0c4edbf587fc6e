package train

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/gomlx/compute"

	"unpool/core/recipe"
	"unpool/models"
)

// stepError is a step or an evaluation that failed inside the backend.
type stepError struct {
	step       int
	evaluating bool
	good       int // the step whose weights are still there
	err        error
}

func (e *stepError) Error() string {
	what := fmt.Sprintf("step %d", e.step)
	if e.evaluating {
		what = "the evaluation after " + what
	}
	return fmt.Sprintf("%s failed in the backend: %v", what, e.err)
}

func (e *stepError) Unwrap() error { return e.err }

// divergedError is a loss or a weight that is no longer a number.
type divergedError struct {
	what  string
	value float64
	from  int     // the first step at which it may have happened
	step  int     // the last
	rate  float64 // the learning rate that led there
	good  int     // as in stepError
}

func (e *divergedError) Error() string {
	became := "infinite"
	if math.IsNaN(e.value) {
		became = "NaN (not a number)"
	}
	if e.from < e.step {
		return fmt.Sprintf("%s became %s between steps %d and %d", e.what, became, e.from, e.step)
	}
	return fmt.Sprintf("%s became %s at step %d", e.what, became, e.step)
}

// unsupportedError is a net that the backend lacks an operation for.
type unsupportedError struct {
	backend string
	net     string // in words
	op      string // "" when the backend does not say which
	err     error
}

func (e *unsupportedError) Error() string {
	op := e.op
	if op == "" {
		op = "operation that the net needs"
	}
	return fmt.Sprintf("the %q backend cannot train %s: it has no %s", e.backend, e.net, op)
}

func (e *unsupportedError) Unwrap() error { return e.err }

// cannotTrain explains why a graph did not compile.
func cannotTrain(backend string, r recipe.Recipe, err error) error {
	if compute.IsNotImplemented(err) {
		return &unsupportedError{backend, models.Title(r), missingOp(err), err}
	}
	return fmt.Errorf("the %q backend cannot compile %s: %w", backend, models.Title(r), err)
}

// missingOp finds the name of an operation in a backend's message, where it is in quotes.
func missingOp(err error) string {
	for _, part := range strings.Split(err.Error(), `"`) {
		if _, err := compute.OpTypeString(part); err == nil {
			return part
		}
	}
	return ""
}

// hint says what to try after a failure.
func hint(err error) string {
	var diverged *divergedError
	var failed *stepError
	var unsupported *unsupportedError
	switch {
	case errors.As(err, &diverged):
		return fmt.Sprintf("Lower the learning rate: it was %.3g, try a tenth of that. The weights of step %d were stored, and the run can be resumed from there.",
			diverged.rate, diverged.good)
	case errors.As(err, &failed):
		return fmt.Sprintf("The weights of step %d were stored, and the run can be resumed from there.", failed.good)
	case errors.As(err, &unsupported):
		return "Choose a net without such layers or a backend that has the operation."
	}
	return "Train again; if that fails too, try another net or backend."
}

// oneLine is an error's message without line breaks.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
