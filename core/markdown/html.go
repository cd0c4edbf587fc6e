package markdown

import (
	"html"
	"strings"
)

// HTML is a text as HTML: paragraphs, headings, lists, tables, fenced code, emphasis, code and links of Markdown. A block that begins with
// a tag is left as it is, and so are tags within a line: texts are the site's own.
func HTML(text string) string {
	var b strings.Builder
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for len(lines) > 0 {
		n := block(&b, lines)
		lines = lines[n:]
	}
	return b.String()
}

// block writes the block that lines begin with, and returns how many lines it has.
func block(b *strings.Builder, lines []string) int {
	first := strings.TrimSpace(lines[0])
	write := paragraph
	switch {
	case first == "":
		return 1
	case strings.HasPrefix(first, "```"):
		n := count(lines, func(l string) bool { return !strings.HasPrefix(l, "```") })
		code(b, lines[:n])
		return min(len(lines), n+1) // with the line that ends it
	case strings.HasPrefix(first, "### "):
		heading(b, first)
		return 1
	case strings.HasPrefix(first, "<"):
		write = func(b *strings.Builder, lines []string) { b.WriteString(strings.Join(lines, "\n") + "\n") }
	case strings.HasPrefix(first, "|"):
		write = table
	case item(first) > 0:
		write = list
	}
	n := count(lines, filled)
	write(b, lines[:n])
	return n
}

// count is how many lines there are of a block: the first, and those after it that continue with it.
func count(lines []string, goesOn func(line string) bool) int {
	n := 1
	for n < len(lines) && goesOn(lines[n]) {
		n++
	}
	return n
}

func filled(line string) bool { return strings.TrimSpace(line) != "" }

func paragraph(b *strings.Builder, lines []string) {
	b.WriteString("<p>" + Inline(strings.Join(lines, "\n")) + "</p>\n")
}

func heading(b *strings.Builder, line string) {
	b.WriteString("<h3>" + Inline(strings.TrimLeft(line, "# ")) + "</h3>\n")
}

func code(b *strings.Builder, lines []string) {
	b.WriteString("<pre><code>" + html.EscapeString(strings.Join(lines[1:], "\n")) + "</code></pre>\n")
}

// item is the length of what begins an item of a list, "- " or "1. "; 0 where a line begins none.
func item(line string) int {
	digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
	switch {
	case strings.HasPrefix(line, "- "):
		return 2
	case digits > 0 && strings.HasPrefix(line[digits:], ". "):
		return digits + 2
	}
	return 0
}

// list writes the items of a list; a line that begins none continues with the one before.
func list(b *strings.Builder, lines []string) {
	tag := "ol"
	if strings.HasPrefix(strings.TrimSpace(lines[0]), "-") {
		tag = "ul"
	}
	var items []string
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if n := item(l); n > 0 {
			items = append(items, l[n:])
		} else {
			items[len(items)-1] += "\n" + l
		}
	}
	b.WriteString("<" + tag + ">\n")
	for _, i := range items {
		b.WriteString("<li>" + Inline(i) + "</li>\n")
	}
	b.WriteString("</" + tag + ">\n")
}

// table writes a table whose second line separates its head from its rows.
func table(b *strings.Builder, lines []string) {
	b.WriteString("<table>\n")
	for i, l := range lines {
		if i == 1 {
			continue
		}
		tag := "td"
		if i == 0 {
			tag = "th"
		}
		b.WriteString("<tr>")
		for _, cell := range strings.Split(strings.Trim(strings.TrimSpace(l), "|"), "|") {
			b.WriteString("<" + tag + ">" + Inline(strings.TrimSpace(cell)) + "</" + tag + ">")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</table>\n")
}

// Inline is what stands within a block as HTML.
func Inline(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		n, html := mark(text[i:])
		b.WriteString(html)
		i += n
	}
	return b.String()
}

// mark is what a text begins with as HTML, and how long it is: something marked, or a single byte.
func mark(text string) (n int, written string) {
	switch c := text[0]; {
	case c == '`':
		if inside, _, ok := strings.Cut(text[1:], "`"); ok && inside != "" {
			return len(inside) + 2, "<code>" + html.EscapeString(inside) + "</code>"
		}
	case strings.HasPrefix(text, "**"):
		if inside, _, ok := strings.Cut(text[2:], "**"); ok && inside != "" {
			return len(inside) + 4, "<strong>" + Inline(inside) + "</strong>"
		}
	case c == '*':
		if inside, _, ok := strings.Cut(text[1:], "*"); ok && inside != "" && inside[0] != ' ' {
			return len(inside) + 2, "<em>" + Inline(inside) + "</em>"
		}
	case c == '[':
		words, rest, ok := strings.Cut(text[1:], "](")
		address, _, closed := strings.Cut(rest, ")")
		if ok && closed && !strings.ContainsAny(words, "[]") && !strings.ContainsAny(address, " \n") {
			return len(words) + len(address) + 4, `<a href="` + address + `">` + Inline(words) + "</a>"
		}
	case c == '<' && (len(text) == 1 || !letter(text[1]) && text[1] != '/'):
		return 1, "&lt;"
	case c == '<': // a tag
		if end := strings.IndexByte(text, '>'); end > 0 {
			return end + 1, text[:end+1]
		}
	case c == '&' && (len(text) == 1 || !letter(text[1]) && text[1] != '#'):
		return 1, "&amp;"
	}
	return 1, text[:1]
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
