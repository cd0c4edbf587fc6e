package main

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"unpool/app"
)

// element is one of a page's, with its attributes; one without a value has its name as that, as package xml reads it.
type element struct {
	name       string
	attributes map[string]string
}

// elementsOf reads a page as it comes from the server, and returns its elements and the text in its noscript.
func elementsOf(t *testing.T, address string) (all []element, noscript string) {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	d := xml.NewDecoder(r.Body)
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for unscripted := false; ; {
		token, err := d.Token()
		switch token := token.(type) {
		case xml.StartElement:
			e := element{token.Name.Local, map[string]string{}}
			for _, a := range token.Attr {
				e.attributes[a.Name.Local] = a.Value
			}
			all, unscripted = append(all, e), unscripted || e.name == "noscript"
		case xml.EndElement:
			unscripted = unscripted && token.Name.Local != "noscript"
		case xml.CharData:
			if unscripted {
				noscript += string(token)
			}
		}
		if errors.Is(err, io.EOF) {
			return all, noscript
		}
		if err != nil {
			t.Fatalf("%s cannot be read: %v", address, err)
		}
	}
}

// The pages show the same before their program runs, or without it, as then.
func TestTheFirstHTMLIsTrue(t *testing.T) {
	site := start(t)
	present := []string{"checked", "disabled", "hidden", "multiple", "open", "readonly", "required", "selected"} // true by being there
	for _, path := range app.Paths() {
		all, noscript := elementsOf(t, strings.TrimSuffix(site, "/")+path)
		if len(all) < 20 {
			t.Errorf("%s has %d elements", path, len(all))
		}
		if !strings.Contains(noscript, "needs JavaScript") {
			t.Errorf("%s says to those without JavaScript: %q", path, noscript)
		}
		for _, e := range all {
			for name, value := range e.attributes {
				if slices.Contains(present, name) && value != name && value != "" {
					t.Errorf("%s: <%s %s=%q> counts as true", path, e.name, name, value)
				}
				if strings.HasPrefix(name, "aria-") && value == name {
					t.Errorf("%s: <%s %s> says neither true nor false", path, e.name, name)
				}
			}
			_, checked := e.attributes["checked"]
			_, selected := e.attributes["selected"]
			_, alt := e.attributes["alt"]
			alt = alt || e.attributes["role"] == "presentation" // words beside it say the same
			switch {
			case e.name == "input" && checked != (e.attributes["id"] == "chart-loss-log"):
				t.Errorf("%s: the box %v is ticked: %v", path, e.attributes, checked)
			case e.name == "option" && path == "/" && selected != (e.attributes["value"] == "mnist-rnn-128"):
				t.Errorf("%s: the net %s is chosen: %v", path, e.attributes["value"], selected)
			case e.name == "img" && !alt:
				t.Errorf("%s: the picture %s has no alt", path, e.attributes["src"])
			case e.name == "meta" && slices.Contains([]string{"og:url", "og:image"}, e.attributes["property"]):
				if u, err := url.Parse(e.attributes["content"]); err != nil || u.Host == "" {
					t.Errorf("%s: %s is %q", path, e.attributes["property"], e.attributes["content"])
				}
			}
		}
	}
}
