package httpd

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// A site can lie under any path of a host: all its addresses are relative to its root, which each page names as the base of
// them. This is the one place that knows how far a page is from the root.

// located makes a rendered file one of a site that can lie anywhere.
func located(at, contentType string, body []byte) []byte {
	if strings.HasPrefix(contentType, "text/html") {
		up := strings.Repeat("../", strings.Count(at, "/")-1)
		body = unlocated.ReplaceAll(body, nil)
		body = corrected(body)
		return bytes.Replace(body, []byte("<head>"), fmt.Appendf(nil, "<head><base href=%q>", "./"+up), 1)
	}
	return body
}

// unlocated are the descriptions of a page that have the address of its host, which nobody knows when it is rendered.
var unlocated = regexp.MustCompile(`<meta [^>]*"og:(url|image)"[^>]*>`)
