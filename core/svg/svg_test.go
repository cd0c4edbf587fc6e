package svg

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// A document is well-formed whatever its texts say, as large as what it shows, and breaks long captions into lines.
func TestDocument(t *testing.T) {
	d := Document{Width: 400, Height: 100, Title: `maps of "relu1" & <more>`, Says: strings.Repeat("a caption of many words ", 10)}
	d.Image(0, 0, 400, 100, "data:image/png;base64,AAAA")
	d.Text(3, 4, "−1 < 1")
	text := d.String()
	lines := 0
	for decoder := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "text" {
			lines++
		}
	}
	if lines < 5 || !strings.Contains(text, `width="432"`) || !strings.Contains(text, "−1 &lt; 1") {
		t.Errorf("%d lines in\n%s", lines, text)
	}
}
