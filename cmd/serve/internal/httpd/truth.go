package httpd

import (
	"bytes"
	"regexp"
)

// go-app writes an attribute that is true by its name alone, and one that is false with that value. HTML reads some attributes so that
// being there makes them true, whatever their value, and of others the words true and false.
var (
	elements   = regexp.MustCompile(`<[a-z](?:[^>"]|"[^"]*")*>`)
	attributes = regexp.MustCompile(` ([a-zA-Z:-]+)(="[^"]*")?`)
	present    = regexp.MustCompile(`^(async|autofocus|checked|defer|disabled|hidden|multiple|open|readonly|required|selected)$`)
	worded     = regexp.MustCompile(`^(aria-[a-z]+|contenteditable|draggable|spellcheck)$`)
)

// corrected has the attributes of a rendered page mean what go-app meant.
func corrected(html []byte) []byte {
	return elements.ReplaceAllFunc(html, func(element []byte) []byte {
		return attributes.ReplaceAllFunc(element, func(attribute []byte) []byte {
			name, value, _ := bytes.Cut(attribute[1:], []byte("="))
			switch {
			case present.Match(name) && string(value) == `"false"`:
				return nil
			case worded.Match(name) && value == nil:
				return append(bytes.Clone(attribute), `="true"`...)
			}
			return attribute
		})
	})
}
