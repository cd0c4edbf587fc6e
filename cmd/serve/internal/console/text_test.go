package console

import (
	"fmt"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"serve: 猫 🐱\u200d👤: 97.1 %\tof\r\n":    "serve: 猫 🐱\u200d👤: 97.1 %\tof\r\n",
		"\x1b]0;title\x07x\x1b[31m\x7f":        `\x1b]0;title\x07x\x1b[31m\x7f`,
		"8-bit \x9b31m and \u009b31m":          `8-bit \x9b31m and \u009b31m`,
		"folder/\u202egnp.exe\u2066 has no \b": `folder/\u202egnp.exe\u2066 has no \x08`,
	} {
		var b strings.Builder
		n, err := fmt.Fprint(Text(&b), text)
		if b.String() != want || n != len(text) || err != nil {
			t.Errorf("%q is written as %q, %d bytes, %v", text, b.String(), n, err)
		}
	}
}
