// Package task is a task that a class is given as a link, and what a student hands in as a file: which settings a student may change, what to find
// out, and then the run, a name and an answer.
//
// It imports the standard library, core/recipe, core/run and core/number only. It knows nothing of pages, nor of how nets are trained.
package task

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"unpool/core/recipe"
)

// version is that of a task's text and of a hand-in's file.
const version = 1

// How many characters there may be.
const (
	MaxTitle    = 80
	MaxText     = 1500
	MaxQuestion = 300
)

// maxCode bounds the bytes of a task's text: more than one of these sizes has.
const maxCode = 20_000

// Task is what a class is to do. The settings that are neither free nor hidden are shown, and fixed.
type Task struct {
	Title    string        `json:"title"`
	Text     string        `json:"text,omitempty"`     // what to do; it may have several lines
	Question string        `json:"question,omitempty"` // to be answered in words; "" for none
	Recipe   recipe.Recipe `json:"recipe"`             // what students begin with
	Free     []string      `json:"free,omitempty"`     // names of the settings that a student may change
	Hidden   []string      `json:"hidden,omitempty"`   // names of the settings that a student does not see
}

// Check refuses a task that no link may have; the error says what to change.
func (t Task) Check() error {
	if strings.TrimSpace(t.Title) == "" {
		return errors.New("give the task a title")
	}
	if _, own := t.Recipe.Dataset.Folder(); own {
		return errors.New("a task cannot be on pictures of your own: a link has none of them")
	}
	seen := map[string]bool{}
	for _, name := range slices.Concat(t.Free, t.Hidden) {
		if _, ok := recipe.Lookup(name); !ok || seen[name] {
			return fmt.Errorf("%.40q is not a setting, or is named twice", name)
		}
		seen[name] = true
	}
	return errors.Join(
		text("title", t.Title, MaxTitle, false), text("task", t.Text, MaxText, true), text("question", t.Question, MaxQuestion, false), t.Recipe.Validate(),
	)
}

// text refuses a text that is too long, or has control characters: but for line breaks, where it may have lines.
func text(what, s string, most int, lines bool) error {
	if n := utf8.RuneCountInString(s); n > most {
		return fmt.Errorf("the %s has %d characters, %d too many", what, n, n-most)
	}
	control := func(r rune) bool {
		return unicode.IsControl(r) && !(lines && (r == '\n' || r == '\t')) || r == utf8.RuneError
	}
	if strings.ContainsFunc(s, control) {
		return fmt.Errorf("the %s has control characters; leave them out", what)
	}
	return nil
}

// String is the task as the value of recipe.TaskName in a link: JSON in base64url.
func (t Task) String() string {
	body, err := json.Marshal(struct {
		Version int `json:"version"`
		Task
	}{version, t.sorted()})
	if err != nil {
		panic(err) // a recipe that is valid has only numbers that JSON can hold
	}
	return base64.RawURLEncoding.EncodeToString(body)
}

// sorted has the names in the order of recipe.Fields, so that the same task has the same text.
func (t Task) sorted() Task {
	names := func(all []string) (sorted []string) {
		for i := range recipe.Fields {
			if name := recipe.Fields[i].Name; slices.Contains(all, name) {
				sorted = append(sorted, name)
			}
		}
		return sorted
	}
	t.Free, t.Hidden = names(t.Free), names(t.Hidden)
	return t
}

// Parse reads what String writes.
func Parse(code string) (Task, error) {
	damaged := errors.New("the task that the link carries is damaged: copy the whole link")
	if len(code) > maxCode {
		return Task{}, damaged
	}
	body, err := base64.RawURLEncoding.Strict().DecodeString(code)
	if err != nil {
		return Task{}, damaged
	}
	var wire struct {
		Version int
		Task
		Recipe json.RawMessage `json:"recipe"`
	}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&wire); err != nil {
		return Task{}, damaged
	}
	if wire.Version != version {
		return Task{}, fmt.Errorf("the task that the link carries is of version %d, this program reads version %d: reload the page, or ask for its newer address", wire.Version, version)
	}
	t := wire.Task
	if t.Recipe, err = recipe.Unmarshal(wire.Recipe); err != nil {
		return Task{}, err
	}
	if err := t.Check(); err != nil {
		return Task{}, err
	}
	return t.sorted(), nil
}

// ID tells the task from others, in 16 hexadecimal digits.
func (t Task) ID() string {
	sum := sha256.Sum256([]byte(t.String()))
	return hex.EncodeToString(sum[:8])
}

// IsFree reports whether a student may change a setting. One that does not apply to the task's recipe is as free as the one that decides if it does.
func (t Task) IsFree(name string) bool {
	f, ok := recipe.Lookup(name)
	if !ok || slices.Contains(t.Free, name) {
		return ok
	}
	return !f.Applies(t.Recipe) && slices.ContainsFunc(t.Free, f.Depends)
}

// IsHidden reports whether a student does not see a setting.
func (t Task) IsHidden(name string) bool { return slices.Contains(t.Hidden, name) }

// Within returns r with all settings that are not free as in the task.
func (t Task) Within(r recipe.Recipe) recipe.Recipe {
	was := r
	for i := range recipe.Fields { // those that decide come first
		f := &recipe.Fields[i]
		from := r
		switch {
		case !f.Applies(r):
			from = recipe.Recipe{}
		case f.Applies(t.Recipe) && (!t.IsFree(f.Name) || !f.Applies(was)):
			from = t.Recipe
		}
		if err := f.Set(&r, f.Text(from)); err != nil {
			panic(err) // a recipe's own text
		}
	}
	return r
}

// Outside returns the settings that are not free and differ in r from the task's.
func (t Task) Outside(r recipe.Recipe) (names []string) {
	for _, d := range recipe.Differences(t.Within(r), r) {
		names = append(names, d.Name)
	}
	return names
}
