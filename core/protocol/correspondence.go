package protocol

import (
	"fmt"
	"strings"
)

// Mark is a part of a test image.
type Mark struct {
	Image int    `json:"image"` // its number
	Part  [4]int `json:"part"`  // top, left, height and width, in pixels
}

// String writes a mark as links and commands have it: IMAGE:TOP.LEFT.HEIGHT.WIDTH, all counted from 0.
func (m Mark) String() string {
	return fmt.Sprintf("%d:%d.%d.%d.%d", m.Image, m.Part[0], m.Part[1], m.Part[2], m.Part[3])
}

// MarkOf reads what String writes; ok is false for anything else.
func MarkOf(text string) (m Mark, ok bool) {
	_, err := fmt.Sscanf(text, "%d:%d.%d.%d.%d", &m.Image, &m.Part[0], &m.Part[1], &m.Part[2], &m.Part[3])
	return m, err == nil && m.String() == text
}

// MarksOf reads marks with commas between them; nil where one of them is none.
func MarksOf(text string) (all []Mark) {
	for _, one := range strings.Split(text, ",") {
		m, ok := MarkOf(one)
		if !ok {
			return nil
		}
		all = append(all, m)
	}
	return all
}
