package words

import (
	"strings"

	"unpool/core/run"
)

// Failure is a failed run in words.
type Failure struct {
	What    string // what happened and why, in one sentence
	Hint    string // what to do about it
	Details string // the rest, for those who want to know more
}

// FailureOf returns what went wrong, or nil. The first line of an End's error is the sentence, the rest are details.
func FailureOf(v *run.View) *Failure {
	if v.Phase != run.Failed {
		return nil
	}
	what, details, _ := strings.Cut(strings.TrimSpace(v.End.Error), "\n")
	if what == "" {
		what = "The run failed without giving a reason."
	}
	hint := v.End.Hint
	if hint == "" {
		hint = "Train again; what was learnt up to here stays on the page until then."
	}
	return &Failure{What: AsSentence(what), Hint: AsSentence(hint), Details: strings.TrimSpace(details)}
}

// AsSentence gives s, which may be a Go error, a capital and a full stop.
func AsSentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return s
	}
	if !strings.ContainsAny(s[len(s)-1:], ".!?)") {
		s += "."
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
