package chapter

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/models"
	"unpool/models/net"
)

// Figure is a figure by name, with the words after its name. What it needs more stands in lines "key: value" below; a question for
// the reader, who answers before the figure shows its result, in lines of its own:
//
//	predict: What comes out?
//	- a wrong answer
//	* the right one
//	because: why
type Figure struct {
	Kind   string
	Words  []string
	Title  string
	Number Number // that the reader changes; the zero value for none
	Predict
	Example *Example // of an example
	Softmax *Softmax // of a softmax
	Descent *Descent // of a descent
}

// Number is one that the reader changes. In the figure it stands for {n}.
type Number struct {
	Label                    string
	Least, Most, Step, First float64
}

// Predict is a question before a result is shown; "" for none.
type Predict struct {
	Question string
	Choices  []string
	Right    int
	Because  string
}

// Example is an example of layers, with {n} where the reader's number stands.
type Example struct {
	net     string
	weights map[string][]string
	input   []float32
	size    int // of the side of the input
	train   bool
	step    string
	label   *int
	Show    []Show
}

// Show is one of the arrays of numbers that an example shows: "input", "back", "fade" (the gradient's size by each row), "loss", the path of
// weights, the name of a layer, or one of the last two after "grad ": the loss's gradient with respect to it.
type Show struct{ Title, What string }

// Softmax are the logits of some classes, with {n} where the reader's number stands.
type Softmax struct {
	Classes []string
	logits  []string
	Label   int
}

// kinds are the figures that there are, with the lines that each needs besides title and prediction.
var kinds = map[string][]string{
	"example": {"net", "input", "show", "number"},
	"softmax": {"classes", "logits", "right", "number"},
	"layer":   nil,                                           // how the step's layer computes one of its values
	"descent": {"net", "input", "labels", "steps", "number"}, // training methods beside each other; the number is the learning rate's power of ten
	"curve":   {"number"},                                    // how a published run went, up to the step that the reader chooses
	"reading": {"number"},                                    // how the step's recurrent layer reads the digit, row by row; with the word "gradients" those too
	"nets":    nil,                                           // nets of the catalog by their names: what each costs, and how many digits it classifies correctly
	"draw":    nil,                                           // a digit for the net: of the test images, or the reader's own
	"answer":  nil,                                           // the net's, for that digit
	"source":  nil,                                           // of a file of models/nn, and a declaration in it
	"table":   nil,                                           // of the chapter's net: what each layer outputs and costs
}

// parseFigure reads a figure: its name, words and lines.
func parseFigure(text string) (*Figure, error) {
	first, lines, _ := strings.Cut(strings.TrimSpace(text), "\n")
	words := strings.Fields(first)
	if len(words) == 0 {
		return nil, fmt.Errorf("a figure has no name")
	}
	f := &Figure{Kind: words[0], Words: words[1:]}
	needs, known := kinds[f.Kind]
	if !known {
		return nil, fmt.Errorf("there is no figure %q", f.Kind)
	}
	fields := map[string]string{}
	for l := range strings.Lines(lines) {
		l = strings.TrimSpace(l)
		if answer, is := strings.CutPrefix(l, "- "); is {
			f.Choices = append(f.Choices, answer)
			continue
		}
		if answer, is := strings.CutPrefix(l, "* "); is {
			f.Right = len(f.Choices)
			f.Choices = append(f.Choices, answer)
			continue
		}
		key, value, ok := strings.Cut(l, ": ")
		if !ok {
			return nil, fmt.Errorf("figure %s: the line %q has no key", f.Kind, l)
		}
		fields[key] = value
	}
	take := func(key string) string {
		defer delete(fields, key)
		return fields[key]
	}
	for _, key := range needs {
		if fields[key] == "" {
			return nil, fmt.Errorf("figure %s: there is no line %q", f.Kind, key)
		}
	}
	f.Title, f.Question, f.Because = take("title"), take("predict"), take("because")
	if (f.Question == "") != (len(f.Choices) == 0) || (f.Question == "") != (f.Because == "") {
		return nil, fmt.Errorf("figure %s: a prediction has a question, choices and a reason", f.Kind)
	}
	var err error
	switch f.Kind {
	case "example":
		f.Example, err = parseExample(take, fields)
	case "softmax":
		f.Softmax, err = parseSoftmax(take)
	case "descent":
		f.Descent, err = parseDescent(take, fields)
	case "curve":
		if len(f.Words) != 1 {
			err = fmt.Errorf("a published run is wanted")
		}
	case "source":
		if len(f.Words) != 2 {
			err = fmt.Errorf("a file and a declaration are wanted")
		}
	case "nets":
		for _, name := range f.Words {
			if _, err = models.Find(name); err != nil {
				break
			}
		}
	}
	if number := take("number"); err == nil && number != "" {
		f.Number, err = parseNumber(number)
	}
	for key := range fields {
		if err != nil {
			break
		}
		err = fmt.Errorf("unknown line %q", key)
	}
	if err != nil {
		return nil, fmt.Errorf("figure %s: %w", f.Kind, err)
	}
	return f, nil
}

// parseNumber reads "The middle weight, -4 to 12 by 1, 8".
func parseNumber(text string) (n Number, err error) {
	label, rest, _ := strings.Cut(text, ", ")
	least, rest, _ := strings.Cut(rest, " to ")
	most, rest, _ := strings.Cut(rest, " by ")
	step, first, _ := strings.Cut(rest, ", ")
	n.Label = label
	parts := []string{least, most, step, first}
	for i, to := range []*float64{&n.Least, &n.Most, &n.Step, &n.First} {
		if err == nil {
			*to, err = strconv.ParseFloat(parts[i], 64)
		}
	}
	if err != nil || n.Step <= 0 || n.First < n.Least || n.First > n.Most {
		return n, fmt.Errorf("the number %q is not of the form \"label, least to most by step, first\"", text)
	}
	return n, nil
}

// parseExample reads an example. Its input is a square of digits, row by row with / between; a line whose key has a / gives weights.
func parseExample(take func(string) string, fields map[string]string) (*Example, error) {
	e := &Example{net: take("net"), weights: map[string][]string{}, train: take("train") == "yes", step: take("step")}
	for _, image := range strings.Fields(take("input")) {
		rows := strings.Split(image, "/")
		e.size = len(rows)
		for _, row := range rows {
			if len(row) != e.size {
				return nil, fmt.Errorf("the input row %q has %d digits; there are %d rows", row, len(row), e.size)
			}
			for _, digit := range row {
				e.input = append(e.input, float32(digit-'0'))
			}
		}
	}
	if label := take("label"); label != "" {
		class, err := strconv.Atoi(label)
		if err != nil {
			return nil, err
		}
		e.label = &class
	}
	for _, show := range strings.Split(take("show"), "; ") {
		if show == "" {
			continue // a descent shows its losses
		}
		title, what, _ := strings.Cut(show, " = ")
		e.Show = append(e.Show, Show{title, what})
		what = strings.TrimPrefix(what, "grad ")
		if strings.Contains(what, "/") && fields[what] == "" {
			return nil, fmt.Errorf("%q is shown, and not given", what)
		}
	}
	for key := range maps.Clone(fields) {
		if strings.Contains(key, "/") {
			e.weights[key] = strings.Fields(take(key))
		}
	}
	return e, nil
}

// With is what the trainer is asked for a number of the reader's.
func (e *Example) With(n float64) (protocol.Example, error) {
	ask := protocol.Example{
		Net: with(e.net, n), Height: e.size, Width: e.size, Channels: 1, Input: e.input, Weights: map[string][]float32{}, Train: e.train, Label: e.label,
		Back: slices.ContainsFunc(e.Show, func(s Show) bool { return s.What == "back" || s.What == "fade" }),
	}
	var err error
	if e.step != "" {
		ask.Step, err = strconv.Atoi(with(e.step, n))
	}
	for path, texts := range e.weights {
		if err == nil {
			ask.Weights[path], err = numbers(texts, n)
		}
	}
	return ask, err
}

// Plan is the example's net for a number of the reader's.
func (e *Example) Plan(n float64) (*net.Plan, error) {
	layers, err := net.Parse(with(e.net, n))
	if err != nil {
		return nil, err
	}
	return layers.Plan(net.Task{Height: e.size, Width: e.size, Channels: 1, Classes: net.MinClasses})
}

// Descent is a small problem for training methods.
type Descent struct {
	example *Example
	labels  []int
	steps   int
}

// Optimizers are the methods that are compared.
var Optimizers = []recipe.Optimizer{recipe.SGD, recipe.Adam}

// parseDescent reads a descent. Its input is one image after the other, each with a label, 0 or 1.
func parseDescent(take func(string) string, fields map[string]string) (*Descent, error) {
	example, err := parseExample(take, fields)
	if err != nil {
		return nil, err
	}
	d := &Descent{example: example}
	for _, label := range strings.Fields(take("labels")) {
		class, err := strconv.Atoi(label)
		if err != nil {
			return nil, err
		}
		d.labels = append(d.labels, class)
	}
	d.steps, err = strconv.Atoi(take("steps"))
	return d, err
}

// With is what the trainer is asked for a number of the reader's.
func (d *Descent) With(n float64) (protocol.Descent, error) {
	example, err := d.example.With(n)
	return protocol.Descent{Example: example, Labels: d.labels, Optimizers: Optimizers, Rate: math.Pow(10, n), Steps: d.steps}, err
}

// parseSoftmax reads a softmax.
func parseSoftmax(take func(string) string) (*Softmax, error) {
	s := &Softmax{Classes: strings.Split(take("classes"), ", "), logits: strings.Fields(take("logits"))}
	s.Label = slices.Index(s.Classes, take("right"))
	if s.Label < 0 || len(s.logits) != len(s.Classes) {
		return nil, fmt.Errorf("each class needs a logit, and one class is right")
	}
	return s, nil
}

// With is what the trainer is asked for a number of the reader's.
func (s *Softmax) With(n float64) (protocol.Logits, error) {
	logits, err := numbers(s.logits, n)
	return protocol.Logits{Logits: logits, Label: s.Label}, err
}

func with(text string, n float64) string {
	return strings.ReplaceAll(text, "{n}", strconv.FormatFloat(n, 'g', -1, 64))
}

func numbers(texts []string, n float64) (all []float32, err error) {
	for _, t := range texts {
		v, err := strconv.ParseFloat(with(t, n), 32)
		if err != nil {
			return nil, err
		}
		if v == 0 {
			v = 0 // not −0
		}
		all = append(all, float32(v))
	}
	return all, nil
}
