package httpd

import (
	"bytes"
	"regexp"
	"slices"
)

// go-app writes an attribute that is true by its name alone, and one that is false with that value. HTML reads some attributes so that
// being there makes them true, whatever their value, and of others the words true and false.
var (
	elements   = regexp.MustCompile(`<[a-z](?:[^>"]|"[^"]*")*>`)
	attributes = regexp.MustCompile(` [a-zA-Z][a-zA-Z0-9:-]*(?:="[^"]*")?`)
	present    = regexp.MustCompile(`^(async|autofocus|checked|defer|disabled|hidden|multiple|open|readonly|required|selected)$`)
	worded     = regexp.MustCompile(`^(aria-[a-z]+|contenteditable|draggable|spellcheck)$`)
)

// corrected has the attributes of a rendered page mean what go-app meant, and stand in the order of their names: go-app writes them in another
// order each time.
func corrected(html []byte) []byte {
	return elements.ReplaceAllFunc(html, func(element []byte) []byte {
		all := attributes.FindAll(element, -1)
		slices.SortFunc(all, bytes.Compare)
		name, _, _ := bytes.Cut(bytes.Trim(element, "<>"), []byte(" "))
		rest := bytes.TrimPrefix(attributes.ReplaceAll(element, nil), append([]byte("<"), name...)) // what ends the element
		written := append([]byte("<"), name...)
		for _, attribute := range all {
			written = append(written, meant(attribute)...)
		}
		return append(written, rest...)
	})
}

// meant is an attribute as HTML reads it.
func meant(attribute []byte) []byte {
	name, value, _ := bytes.Cut(attribute[1:], []byte("="))
	switch {
	case present.Match(name) && string(value) == `"false"`:
		return nil
	case worded.Match(name) && value == nil:
		return append(bytes.Clone(attribute), `="true"`...)
	}
	return attribute
}
