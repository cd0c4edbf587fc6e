// Package protocol is the messages between a page and a trainer. A page asks: each request has a number, its call, and
// whatever the trainer says of it carries that number. A call is accepted or refused at once, may report progress, and
// ends with exactly one Result or Failure. Besides its answers a trainer sends what its run does, as the events of core/run,
// and at least once a second that it is alive.
//
// Neither side fails on a message of a kind that it does not know: a page and a trainer of two versions can meet.
//
// The package imports the standard library, core/recipe, core/control and core/run only. It knows nothing of how messages
// travel or of how anything is computed. Files travel beside a message, in whatever form the machine has.
package protocol

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Message is one message, of either side. It is written as two lines of JSON, a short head and a body, so that a reader with too
// many messages can tell from the heads which ones matter.
type Message struct {
	Head
	Body json.RawMessage // what the kind says, see the types of bodies
}

// Head says what a message is.
type Head struct {
	Kind Kind `json:"kind"`
	Call int  `json:"call,omitempty"` // the request that it is, or is about; 0 for none
	// Fold names a row of messages about the same call of which only the latest matters: a reader may skip those before
	// it. "" for a message that matters always.
	Fold string `json:"fold,omitempty"`
}

// Database is the name of the browser's database of runs, which the trainer writes and the page reads.
const Database = "unpool"

// What belongs to it: the folder of the browser's private file system that has the artifacts of those runs, and what is kept of the server's
// runs, see core/store/mirror.
const (
	DatabaseFiles = "runs"
	MirrorRuns    = "unpool-server" // a database, and a folder of that name
	MirrorNotes   = "unpool-server-notes"
)

// Kind is what a message is.
type Kind string

// Write makes a message. A body that is JSON already is left as it is. One that JSON cannot hold is a mistake in the
// program: Write panics.
func Write(head Head, body any) Message {
	if raw, ok := body.(json.RawMessage); ok {
		return Message{head, raw}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("protocol: message %s: %v", head.Kind, err))
	}
	return Message{head, raw}
}

// String is the message as it travels.
func (m Message) String() string {
	head, err := json.Marshal(m.Head)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return string(head) + "\n" + string(m.Body)
}

// Parse reads the head of a message. It leaves the body to Read.
func Parse(text string) (Message, error) {
	head, body, ok := strings.Cut(text, "\n")
	m := Message{Body: json.RawMessage(body)}
	if !ok {
		return m, errors.New("a message has two lines, a head and a body")
	}
	if err := json.Unmarshal([]byte(head), &m.Head); err != nil {
		return m, fmt.Errorf("the head of a message: %w", err)
	}
	if m.Kind == "" {
		return m, errors.New("a message without a kind")
	}
	return m, nil
}

// Read reads a message's body.
func Read[Body any](m Message) (Body, error) {
	var body Body
	err := m.Into(&body)
	return body, err
}

// Into reads the message's body into what a pointer points at. Code for all kinds of bodies is smaller with it than with Read.
func (m Message) Into(body any) error {
	if err := json.Unmarshal(m.Body, body); err != nil {
		return fmt.Errorf("a message of kind %s: %w", m.Kind, err)
	}
	return nil
}
