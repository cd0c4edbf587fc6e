package chapter

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"unpool/core/number"
	"unpool/core/recipe"
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

// totals are what there is to say of a net, and of the images that it learns from.
var totals = map[string]func(*net.Plan, recipe.Recipe) string{
	"parameters": func(p *net.Plan, _ recipe.Recipe) string { return number.Int(p.Parameters()) },
	"multiplies": func(p *net.Plan, _ recipe.Recipe) string { return number.Int(p.Forward()) },
	"training": func(_ *net.Plan, r recipe.Recipe) string {
		info, _ := r.Dataset.Info() // no chapter is about a folder
		return number.Int(info.Train)
	},
}

// Result is how many test images a net classifies correctly after the last step of training: of a net of the catalog the mean over its
// published runs, which differ in their seeds.
type Result struct {
	Accuracy float64 `json:"accuracy"` // from 0 to 1
	Images   int     `json:"images"`
	Runs     int     `json:"runs"`
}

// Results are by the name of a net of the catalog, or of a published run.
type Results map[string]Result

// said is what there is to say of a result.
var said = map[string]func(Result) string{
	"accuracy": Result.Share,
	"images":   func(r Result) string { return number.Int(r.Images) },
	"runs":     func(r Result) string { return number.Int(r.Runs) },
}

// Share writes the accuracy; "" where it is not known.
func (r Result) Share() string {
	if r.Images == 0 {
		return ""
	}
	return number.Share(r.Accuracy)
}

// fill puts numbers in the place of placeholders, {{what layer of net}}: what there is to say of a layer, or without one of all layers; of a
// net of the catalog, or without one of the chapter's. {{accuracy}}, {{images}} and {{runs}} are of the result of the
// chapter's run, or of a net's. {{step}} is the step after which the weights of the chapter's run are taken, and {{look view=weights}} the
// address of what Look inside shows of that run.
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
	switch {
	case what == "look":
		return c.look(layer)
	case what == "step" && c.Run != "":
		return number.Int(c.At), nil
	}
	if say := said[what]; say != nil {
		r, known := c.results[cmp.Or(of, c.Run)]
		if !known || layer != "" {
			return "", fmt.Errorf("no result is known")
		}
		return say(r), nil
	}
	r, plan := c.Recipe, c.Plan
	if of != "" {
		e, err := models.Find(of)
		if err != nil {
			return "", err
		}
		r = e.Recipe
		if plan, err = r.Plan(); err != nil {
			return "", err
		}
	}
	if plan == nil {
		return "", fmt.Errorf("the chapter has no net")
	}
	if layer == "" {
		if say := totals[what]; say != nil {
			return say(plan, r), nil
		}
		return "", fmt.Errorf("there is no such number of a net")
	}
	l, say := placed(plan, layer), figures[what]
	if l == nil || say == nil {
		return "", fmt.Errorf("there is no such layer, or no such number of it")
	}
	return say(l), nil
}

// Looked is the part of a link to the page Look inside that says which run and which step. The page puts another in its place where the
// reader has chosen a run of their own.
func Looked(run string, step int) string { return "run=" + run + "&amp;step=" + strconv.Itoa(step) }

// look is a link to the page Look inside, on the chapter's run: "view=origin layer=relu2 map=3" says what is shown there.
func (c *Chapter) look(what string) (string, error) {
	if c.Run == "" {
		return "", fmt.Errorf("the chapter has no run")
	}
	link := "./look/?" + Looked("published:"+c.Run, c.At)
	for _, word := range strings.Fields(what) {
		key, value, ok := strings.Cut(word, "=")
		if !ok || (key == "layer" || key == "weights") && c.layer(value) == nil {
			return "", fmt.Errorf("%q is no part of a link, or the net has no such layer", word)
		}
		link += "&amp;" + word
	}
	return link, nil
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
