package task

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"unpool/core/recipe"
	"unpool/core/run"
)

// How many characters there may be, and how many bytes a file has at most.
const (
	MaxName   = 80
	MaxAnswer = 3000
	MaxFile   = 2 << 20
)

// FileType is the media type of a hand-in.
const FileType = "application/json"

// format begins a hand-in's file.
const format = `{"format":"unpool hand-in",`

// HandIn is what a student hands in: a run that has ended, a name and an answer. Nothing proves that the run was made: whoever doubts it trains its
// recipe again (Again).
type HandIn struct {
	Task         Task
	Name, Answer string
	Run          *run.View // its start, evaluations, changes of the learning rate and end
}

// body is a HandIn in its file.
type body struct {
	Task    string       `json:"task"` // as Task.String
	Name    string       `json:"name"`
	Answer  string       `json:"answer,omitempty"`
	Start   *run.Start   `json:"start"`
	Metrics []run.Metric `json:"metrics"`
	Rates   []run.Rate   `json:"rates,omitempty"`
	End     *run.End     `json:"end"`
}

// Encode returns the hand-in as a file. An error says what the student is to change.
func (h HandIn) Encode() ([]byte, error) {
	if err := h.check(); err != nil {
		return nil, err
	}
	start := *h.Run.Start
	start.After, start.Step, start.Host, start.Reading = 0, 0, "", nil // it reads like an uninterrupted run's, and names no machine
	b := body{Task: h.Task.String(), Name: h.Name, Answer: h.Answer, Start: &start, Rates: h.Run.Rates, End: h.Run.End}
	for _, m := range h.Run.Metrics {
		b.Metrics = append(b.Metrics, m.Metric)
	}
	raw, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	file := fmt.Appendf(nil, "%s\"version\":%d,\"sha256\":%q,\"body\":%s}\n", format, version, hex.EncodeToString(sum[:]), raw)
	if len(file) > MaxFile {
		return nil, fmt.Errorf("the run has %d evaluations, too many to hand in; evaluate less often", len(b.Metrics))
	}
	return file, nil
}

// check refuses what no student can hand in.
func (h HandIn) check() error {
	v := h.Run
	switch {
	case strings.TrimSpace(h.Name) == "":
		return errors.New("enter a name")
	case v == nil || v.Start == nil || v.End == nil || len(v.Metrics) == 0:
		return errors.New("the run has not ended; train to its end, or stop it")
	}
	for _, m := range v.Metrics {
		for _, measure := range m.Measures(v.Splits()) {
			if measure.Accuracy < 0 || measure.Accuracy > 1 || measure.Loss < 0 {
				return fmt.Errorf("the evaluation after step %d has an accuracy or a loss that there is not", m.Step)
			}
		}
	}
	return errors.Join(text("name", h.Name, MaxName, false), text("answer", h.Answer, MaxAnswer, true), h.Task.Check(), v.Start.Recipe.Validate())
}

// Errors of Decode for files that are no hand-in, or not as they were saved.
var (
	ErrOther   = errors.New("this is not a file that the button Hand in saves")
	ErrDamaged = errors.New("the file is damaged: it is not as it was saved")
)

// Decode reads what Encode writes. The file may be anybody's. The digest in it shows damage only: who changes a file on purpose can write
// another digest.
func Decode(file []byte) (h HandIn, err error) {
	if !bytes.HasPrefix(file, []byte(format)) || len(file) > MaxFile {
		return h, ErrOther
	}
	var wire struct {
		Version int
		SHA256  string
		Body    json.RawMessage
	}
	if json.Unmarshal(file, &wire) != nil {
		return h, ErrDamaged
	}
	if sum := sha256.Sum256(wire.Body); wire.SHA256 != hex.EncodeToString(sum[:]) {
		return h, ErrDamaged
	}
	if wire.Version != version {
		return h, fmt.Errorf("the file is of version %d, this program reads version %d: reload the page", wire.Version, version)
	}
	var b body
	if err := json.Unmarshal(wire.Body, &b); err != nil {
		return h, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	h.Name, h.Answer = b.Name, b.Answer
	if h.Task, err = Parse(b.Task); err != nil {
		return h, err
	}
	if h.Run, err = b.view(); err != nil {
		return h, err
	}
	return h, h.check()
}

// maxMetrics bounds the evaluations of a run: more than a file has room for, if it has all that belongs to one.
const maxMetrics = 20_000

// inOrder refuses evaluations that no run has: too many, or not one after the other.
func inOrder(all []run.Metric) error {
	if len(all) > maxMetrics {
		return fmt.Errorf("the run has %d evaluations, more than %d", len(all), maxMetrics)
	}
	before := -1
	for _, m := range all {
		if m.Step <= before || m.Step > recipe.MaxSteps {
			return fmt.Errorf("the evaluation after step %d is not in its place", m.Step)
		}
		before = m.Step
	}
	return nil
}

// view is the run of a file.
func (b *body) view() (*run.View, error) {
	if b.Start == nil || b.End == nil || b.Start.Version != run.Version {
		return nil, errors.New("the file has no run that this program reads")
	}
	if _, own := b.Start.Recipe.Dataset.Folder(); own {
		return nil, errors.New("the run is on pictures that are not here")
	}
	if err := b.Start.Recipe.Validate(); err != nil {
		return nil, err
	}
	if err := inOrder(b.Metrics); err != nil { // a view of evaluations in no order takes very long
		return nil, err
	}
	b.Start.After, b.Start.Step = 0, 0
	log := []run.Event{b.Start}
	for _, m := range b.Metrics {
		log = append(log, &m)
	}
	for _, r := range b.Rates {
		log = append(log, &r)
	}
	v := &run.View{}
	for _, e := range append(log, b.End) {
		v.Apply(run.Record{Event: e})
	}
	return v, nil
}
