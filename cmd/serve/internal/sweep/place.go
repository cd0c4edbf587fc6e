package sweep

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"unpool/core/jsontext"
	"unpool/core/recipe"
)

// placed is an error about a member of an object.
type placed struct {
	name string
	err  error
}

func (p *placed) Error() string { return fmt.Sprintf("%.40s: %v", p.name, p.err) }

func (p *placed) Unwrap() error { return p.err }

// within says which member an error is about.
func within(name string, err error) error {
	if err == nil {
		return nil
	}
	return &placed{name, err}
}

// located is an error in one line, after the line and column of the innermost member that it is about. A name that the text does not have, such
// as a setting that has its default, leaves the place of the one around it.
func located(text []byte, err error) error {
	said := strings.ReplaceAll(err.Error(), "\n", "; ")
	var names []string
	var field *recipe.FieldError
	for p := (*placed)(nil); errors.As(err, &p); err = p.err {
		names = append(names, p.name)
	}
	if errors.As(err, &field) {
		names = append(names, field.Field)
	}
	at, found := 0, false
	for _, name := range names {
		if i := member(text[at:], name); i >= 0 {
			at, found = at+i, true
		}
	}
	if found {
		said = jsontext.Place(text, at) + ": " + said
	}
	return errors.New(said)
}

// member finds the first name of a member in a text: a name in quotes before a colon. -1 for none.
func member(text []byte, name string) int {
	quoted, err := json.Marshal(name)
	if err != nil {
		panic(err) // a string always marshals
	}
	for at := 0; ; {
		i := bytes.Index(text[at:], quoted)
		if i < 0 {
			return -1
		}
		at += i + len(quoted)
		if bytes.HasPrefix(bytes.TrimLeft(text[at:], " \t\r\n"), []byte(":")) {
			return at - len(quoted)
		}
	}
}
