package words

import (
	"errors"
	"fmt"

	"unpool/core/number"
	"unpool/core/run"
)

// Proven says how far a run of the settings of a link agrees with the result that the link carries. v is that run, nil before it begins.
func Proven(p run.Proof, v *run.View) string {
	if v == nil {
		return "This link carries the result of an exact run. Train it to see whether this computer gets the same weights, bit for bit."
	}
	a, marks := p.Check(v), len(p.Marks)
	switch {
	case a.Identical:
		return fmt.Sprintf("Identical: this computer got the weights of the link’s run, bit for bit (SHA-256 %s…), and the same result at %s.",
			p.Weights[:8], compared(marks))
	case a.Parted && a.Same == marks:
		return "Not identical: " + compared(marks) + " gave the same result as in the link’s run, but the weights at the end differ. " + because(v)
	case a.Parted:
		says := fmt.Sprintf("Not identical: the result after step %s differs from that of the link’s run. ", number.Int(p.Marks[a.Same].Step))
		if a.Same > 0 {
			says = fmt.Sprintf("Not identical: after step %s the result was still that of the link’s run, after step %s it differs. ",
				number.Int(p.Marks[a.Same-1].Step), number.Int(p.Marks[a.Same].Step))
		}
		return says + because(v)
	}
	return fmt.Sprintf("Compared with the result that the link carries: identical at %d of %s so far.", a.Same, compared(marks))
}

// compared is a number of evaluations that are compared with a proof.
func compared(n int) string {
	if n == 1 {
		return "1 evaluation"
	}
	return number.Int(n) + " evaluations"
}

// because says why a run has another result than an exact run of the same settings.
func because(v *run.View) string {
	switch _, err := v.Proof(); {
	case errors.Is(err, run.ErrOtherBits):
		return "It was computed by " + v.Start.Where.String() + ", which rounds in its own way: train it in a tab or with Unpool’s own backend."
	case errors.Is(err, run.ErrByHand):
		return "The learning rate was changed by hand."
	case errors.Is(err, run.ErrResumed):
		return "This run was trained further after it had ended, and measured on all test images in between: train it from the start."
	}
	return "The link may be of another version of Unpool, of other images, or not what that run gave."
}

// Carries says what a link to the settings of a run promises to whoever opens it.
func Carries(v *run.View) string {
	_, err := v.Proof()
	if err == nil {
		return "The link carries the result: whoever opens it and trains sees whether the weights are the same, bit for bit."
	}
	says := "Whoever opens the link and trains gets nearly the same result, not exactly: " + err.Error() + "."
	if errors.Is(err, run.ErrNotExact) {
		says += " Set Exact in All settings, train, and copy the link again: then the page can compare."
	}
	return says
}
