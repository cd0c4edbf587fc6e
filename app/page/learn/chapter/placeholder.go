package chapter

import (
	"fmt"
	"strings"

	"unpool/core/number"
	"unpool/models"
	"unpool/models/net"
)

// figures are what there is to say of a layer.
var figures = map[string]func(*net.Placed) string{
	"parameters": func(l *net.Placed) string { return number.Int(l.Parameters()) },
	"multiplies": func(l *net.Placed) string { return number.Int(l.Forward) },
	"reads":      func(l *net.Placed) string { return Times(l.In) },
	"gives":      func(l *net.Placed) string { return Times(l.Out) },
	"numbers":    func(l *net.Placed) string { return number.Int(l.Out.Size()) },
	"sees":       Sees,
}

// totals are what there is to say of a net.
var totals = map[string]func(*net.Plan) string{
	"parameters": func(p *net.Plan) string { return number.Int(p.Parameters()) },
	"multiplies": func(p *net.Plan) string { return number.Int(p.Forward()) },
}

// fill puts numbers in the place of placeholders, {{what layer of net}}: what there is to say of a layer, or without one of all layers; of a
// net of the catalog, or without one of the chapter's.
func (c *Chapter) fill(text string) (string, error) {
	before, rest, some := strings.Cut(text, "{{")
	if !some {
		return text, nil
	}
	inside, after, _ := strings.Cut(rest, "}}")
	subject, of, _ := strings.Cut(inside, " of ")
	what, layer, _ := strings.Cut(subject, " ")
	value, err := c.value(what, layer, of)
	if err != nil {
		return "", fmt.Errorf("{{%s}}: %w", inside, err)
	}
	filled, err := c.fill(after)
	return before + value + filled, err
}

func (c *Chapter) value(what, layer, of string) (string, error) {
	plan := c.Plan
	if of != "" {
		e, err := models.Find(of)
		if err != nil {
			return "", err
		}
		if plan, err = e.Recipe.Plan(); err != nil {
			return "", err
		}
	}
	if plan == nil {
		return "", fmt.Errorf("the chapter has no net")
	}
	if layer == "" {
		if say := totals[what]; say != nil {
			return say(plan), nil
		}
		return "", fmt.Errorf("there is no such number of a net")
	}
	l, say := placed(plan, layer), figures[what]
	if l == nil || say == nil {
		return "", fmt.Errorf("there is no such layer, or no such number of it")
	}
	return say(l), nil
}

// Times writes a shape for people: 28×28×1.
func Times(s net.Shape) string { return strings.ReplaceAll(s.String(), "x", "×") }

// Sees is the part of the image that a value of a layer depends on.
func Sees(l *net.Placed) string {
	if l.Field.Height >= 28 && l.Field.Width >= 28 {
		return "the whole image"
	}
	return fmt.Sprintf("%d×%d pixels", l.Field.Height, l.Field.Width)
}
