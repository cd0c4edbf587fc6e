package words

import "strings"

// ForSheet keeps a spreadsheet from taking a text, which may be anybody's, for a formula: an apostrophe in front says that it is a text.
func ForSheet(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
