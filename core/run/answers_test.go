package run

import (
	"reflect"
	"strings"
	"testing"
)

// three classes and two examples, of which the net answers one.
func someAnswers() *Answers {
	return &Answers{
		Step: 50, Classes: 3, Counts: []int{5, 1, 0, 0, 4, 2, 3, 0, 6},
		Examples: Examples{Height: 1, Width: 2, Channels: 1, Pixels: []byte{0, 255, 7, 8}, Labels: []int{2, 0}},
		Answers:  []int{1, Unasked},
	}
}

func TestAnswersAreRead(t *testing.T) {
	line, err := Marshal(someAnswers())
	if err != nil {
		t.Fatal(err)
	}
	got, err := Unmarshal(line)
	if err != nil || !reflect.DeepEqual(got, someAnswers()) {
		t.Errorf("%s became %+v, %v", line, got, err)
	}
	if Durable(got) {
		t.Error("answers are kept in logs")
	}
}

// What a page could not draw is refused, not drawn.
func TestAnswersThatCannotBe(t *testing.T) {
	for name, spoil := range map[string]func(*Answers){
		"classes":       func(a *Answers) { a.Classes = 0 },
		"counts":        func(a *Answers) { a.Counts = a.Counts[1:] },
		"below 0":       func(a *Answers) { a.Counts[4] = -1 },
		"answers about": func(a *Answers) { a.Answers = a.Answers[1:] },
		"class 3":       func(a *Answers) { a.Labels[0] = 3 },
		"or 3":          func(a *Answers) { a.Answers[0] = 3 },
		"or -2":         func(a *Answers) { a.Answers[0] = -2 },
		"bytes":         func(a *Answers) { a.Pixels = a.Pixels[1:] },
		"1x2x2":         func(a *Answers) { a.Channels = 2 },
		"0x2x1":         func(a *Answers) { a.Height = 0 },
	} {
		a := someAnswers()
		spoil(a)
		line, err := Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Unmarshal(line); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRightAnswers(t *testing.T) {
	a := someAnswers()
	if right, asked := a.Right(); right != 0 || asked != 1 {
		t.Errorf("%d of %d are right", right, asked)
	}
	if worst, ok := a.Worst(); !ok || worst != (Confusion{Class: 2, Answer: 0, N: 3, Of: 9}) {
		t.Errorf("the worst is %+v", worst)
	}
	a.Answers, a.Counts = []int{2, 1}, []int{5, 0, 0, 0, 4, 0, 0, 0, 6}
	if right, asked := a.Right(); right != 1 || asked != 2 {
		t.Errorf("%d of %d are right", right, asked)
	}
	if worst, ok := a.Worst(); ok {
		t.Errorf("of a net without mistakes the worst is %+v", worst)
	}
}

// A view has the latest answers of the run that it is of.
func TestAnswersOnView(t *testing.T) {
	v := Replay([]Record{{Event: &Start{}}, {Event: &Answers{Step: 1}}, {Event: &Answers{Step: 2}}})
	if v.Answers == nil || v.Answers.Step != 2 {
		t.Errorf("%+v", v.Answers)
	}
	if v.Apply(Record{Event: &Start{}}); v.Answers != nil {
		t.Error("a new run has the answers of the one before")
	}
}
