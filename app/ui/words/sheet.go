package words

import (
	"strconv"
	"strings"
)

// ForSheet keeps a spreadsheet from taking a text, which may be anybody's, for a formula: an apostrophe in front says that it is a text. A number
// stays one.
func ForSheet(text string) string {
	if _, err := strconv.ParseFloat(text, 64); err != nil && text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
