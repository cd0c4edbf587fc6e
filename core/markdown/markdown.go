// Package markdown writes tables as Markdown, and texts in the part of Markdown that the site uses as HTML. It knows nothing of what is in them.
package markdown

import "strings"

// Table is the text of a table: a head and its rows, each of as many cells. What would end a cell is escaped.
func Table(head []string, rows [][]string) string {
	var b strings.Builder
	row(&b, head)
	b.WriteString(strings.Repeat("| --- ", len(head)) + "|\n")
	for _, r := range rows {
		row(&b, r)
	}
	return b.String()
}

var safe = strings.NewReplacer("|", `\|`, "\n", " ")

func row(b *strings.Builder, cells []string) {
	for _, c := range cells {
		b.WriteString("| " + safe.Replace(c) + " ")
	}
	b.WriteString("|\n")
}
