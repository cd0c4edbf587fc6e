package builder

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"unpool/models/net"
	"unpool/models/net/nettest"
)

var mnist = net.Task{Height: 28, Width: 28, Channels: 1, Classes: 10}

// option finds an option of the chosen layer.
func option(t *testing.T, e *Editor, name string) net.Option {
	t.Helper()
	l, _ := e.Chosen()
	options := net.Options(l)
	i := slices.IndexFunc(options, func(o net.Option) bool { return o.Name == name })
	if i < 0 {
		t.Fatalf("%s has no option %s", l, name)
	}
	return options[i]
}

// Each change does to the layers what it says, and chooses the layer of the next one. One Undo reverses it.
func TestChanges(t *testing.T) {
	const group = "conv 3x3x8, residual(relu, tanh), pool 2"
	set := func(name, text string) func(*testing.T, *Editor) {
		return func(t *testing.T, e *Editor) { e.Set(option(t, e, name), text) }
	}
	do := func(f func(*Editor)) func(*testing.T, *Editor) { return func(_ *testing.T, e *Editor) { f(e) } }
	up, down := do(func(e *Editor) { e.Move(-1) }), do(func(e *Editor) { e.Move(1) })
	add := do(func(e *Editor) { e.Add(net.GELU) })
	for _, c := range []struct {
		name, text   string
		chosen       Path
		change       func(*testing.T, *Editor)
		want, choice string
	}{
		{"add at the end", "relu", nil, add, "relu, gelu", "2"},
		{"add before the last", "relu", Path{1}, add, "relu, gelu", "2"},
		{"add to nothing", "logits", nil, add, "gelu", "1"},
		{"add after", "relu, tanh", Path{0}, add, "relu, gelu, tanh", "2"},
		{"add in a group", group, Path{1, 0}, add, "conv 3x3x8, residual(relu, gelu, tanh), pool 2", "2.2"},
		{"add after a group", group, Path{1}, add, "conv 3x3x8, residual(relu, tanh), gelu, pool 2", "3"},
		{"add inside", group, Path{1}, do(func(e *Editor) { e.AddInside(net.GELU) }), "conv 3x3x8, residual(relu, tanh, gelu), pool 2", "2.3"},
		{"duplicate", group, Path{1, 1}, do((*Editor).Duplicate), "conv 3x3x8, residual(relu, tanh, tanh), pool 2", "2.3"},
		{"duplicate a group", "residual(relu)", Path{0}, do((*Editor).Duplicate), "residual(relu), residual(relu)", "2"},
		{"remove", "relu, tanh, gelu", Path{1}, do((*Editor).Remove), "relu, gelu", "2"},
		{"remove the last", "relu, tanh", Path{1}, do((*Editor).Remove), "relu", "1"},
		{"remove the only one", "relu", Path{0}, do((*Editor).Remove), "logits", "1"},
		{"remove in a group", group, Path{1, 0}, do((*Editor).Remove), "conv 3x3x8, residual(tanh), pool 2", "2.1"},
		{"remove the last of a group", group, Path{1, 1}, do((*Editor).Remove), "conv 3x3x8, residual(relu), pool 2", "2.1"},
		{"remove a group", group, Path{1}, do((*Editor).Remove), "conv 3x3x8, pool 2", "2"},
		{"up", "relu, tanh", Path{1}, up, "tanh, relu", "1"},
		{"down", "relu, tanh", Path{0}, down, "tanh, relu", "2"},
		{"down into a group", group, Path{0}, down, "residual(conv 3x3x8, relu, tanh), pool 2", "1.1"},
		{"up into a group", group, Path{2}, up, "conv 3x3x8, residual(relu, tanh, pool 2)", "2.3"},
		{"up in a group", group, Path{1, 1}, up, "conv 3x3x8, residual(tanh, relu), pool 2", "2.1"},
		{"up out of a group", group, Path{1, 0}, up, "conv 3x3x8, relu, residual(tanh), pool 2", "2"},
		{"down out of a group", group, Path{1, 1}, down, "conv 3x3x8, residual(relu), tanh, pool 2", "3"},
		{"a group", group, Path{1}, up, "residual(relu, tanh), conv 3x3x8, pool 2", "1"},
		{"a number", group, Path{0}, set("maps", "16"), "conv 3x3x16, residual(relu, tanh), pool 2", "1"},
		{"a word in a group", group, Path{1, 0}, set("kind", "gelu"), "conv 3x3x8, residual(gelu, tanh), pool 2", "2.1"},
		{"the implied layer", "relu", Path{1}, set("init", "starter"), "relu, logits starter", "2"},
		{"the implied layer, as usual", "relu, logits starter", Path{1}, set("init", ""), "relu", "2"},
		{"a text", "relu", Path{0}, do(func(e *Editor) { e.SetText("tanh, dense 5000") }), "tanh, dense 5000", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := New(c.text)
			e.Choose(c.chosen)
			c.change(t, e)
			if _, path := e.Chosen(); e.Text() != c.want || path.String() != c.choice {
				t.Errorf("the layers are %q and %s is chosen, want %q and %s", e.Text(), path, c.want, c.choice)
			}
			e.Undo()
			if _, path := e.Chosen(); e.Text() != c.text || path.String() != c.chosen.String() || e.CanUndo() || !e.CanRedo() {
				t.Errorf("undone: %q with %s chosen, want %q and %s", e.Text(), path, c.text, c.chosen)
			}
			e.Redo()
			if e.Text() != c.want || !e.CanUndo() || e.CanRedo() {
				t.Errorf("redone: %q, want %q", e.Text(), c.want)
			}
		})
	}
}

// What makes no sense changes nothing, so that there is nothing to undo.
func TestNoChanges(t *testing.T) {
	for _, c := range []struct {
		name   string
		chosen Path
		change func(*Editor)
	}{
		{"remove nothing", nil, (*Editor).Remove},
		{"remove the implied layer", Path{2}, (*Editor).Remove},
		{"duplicate it", Path{2}, (*Editor).Duplicate},
		{"move it", Path{2}, func(e *Editor) { e.Move(-1) }},
		{"move the first up", Path{0}, func(e *Editor) { e.Move(-1) }},
		{"move the last down", Path{1}, func(e *Editor) { e.Move(1) }},
		{"add inside what is no group", Path{0}, func(e *Editor) { e.AddInside(net.ReLU) }},
		{"the same text", nil, func(e *Editor) { e.SetText("  RELU,conv 3x3x8 ") }},
		{"no text", nil, func(e *Editor) { e.SetText("relo") }},
		{"the same number", Path{1}, func(e *Editor) { e.Set(net.Options(net.Conv{})[2], "8") }},
		{"no number", Path{1}, func(e *Editor) { e.Set(net.Options(net.Conv{})[2], "many") }},
	} {
		e := New("relu, conv 3x3x8")
		e.Choose(c.chosen)
		if c.change(e); e.CanUndo() || e.Text() != "relu, conv 3x3x8" {
			t.Errorf("%s: %q", c.name, e.Text())
		}
	}
}

// An invalid text stays in its field with the reason, and a text that cannot be read is reported, until the next change.
func TestWhatCannotBeTaken(t *testing.T) {
	e := New("conv 3x3x8")
	e.Choose(Path{0})
	maps, stride := option(t, e, "maps"), option(t, e, "stride")
	e.Set(maps, "many")
	if text, problem := e.Field(maps); text != "many" || problem != `needs a whole number, not "many"` {
		t.Errorf("the field has %q: %q", text, problem)
	}
	if text, problem := e.Field(stride); text != "1" || problem != "" {
		t.Errorf("the other field has %q: %q", text, problem)
	}
	e.Set(maps, "16")
	if text, problem := e.Field(maps); text != "16" || problem != "" {
		t.Errorf("the field has %q: %q", text, problem)
	}
	e.SetText("conv 3x3x8, relo")
	if e.Unread() == "" || e.Text() != "conv 3x3x16" {
		t.Errorf("%q is not told of, the layers are %q", e.Unread(), e.Text())
	}
	e.Set(maps, "32")
	if e.Unread() != "" {
		t.Errorf("still %q", e.Unread())
	}
	e.Undo() // both numbers, set one after the other
	if e.Text() != "conv 3x3x8" {
		t.Errorf("undone: %q", e.Text())
	}
}

// The sheet says what each layer is, and what is wrong beside the layer that is wrong.
func TestSheet(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"conv 3x3x8, residual(conv 3x3x8, relu), pool 2", []string{
			"1 conv 3x3x8 28x28x8 80 3×3 pixels", "2 residual 28x28x8 584 5×5 pixels", "2.1 conv 3x3x8 28x28x8 584 5×5 pixels",
			"2.2 relu 28x28x8 0 5×5 pixels", "3 pool 2 14x14x8 0 6×6 pixels", "4 logits 10 15690 the whole image",
		}},
		{"relu, dense 5000, relu", []string{
			"1 relu 28x28x1 0 1 pixel", "2 dense 5000  0 : a number of units must be from 1 to 4096, not 5000", "3 relu  0 ", "4 logits  0 ",
		}},
		{"residual(mean, pool 2), relu", []string{
			"1 residual  0 ", "1.1 mean 1 0 the whole image", "1.2 pool 2  0 : its input is 1; it needs an image", "2 relu  0 ", "3 logits  0 ",
		}},
	} {
		s := New(c.text).Sheet(mnist)
		var got []string
		right := true
		for _, r := range s.Rows {
			line := fmt.Sprintf("%s %s %s %d %s", r.Path, r.Name, r.Out, r.Parameters, r.Sees)
			if r.Problem != "" {
				line += ": " + r.Problem
				right = false
			}
			if r.Words == "" {
				t.Errorf("%s has no words", line)
			}
			got = append(got, line)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s is\n%s, want\n%s", c.text, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
		if (s.Plan != nil) != right || s.Problem != "" {
			t.Errorf("%s: plan %v, problem %q", c.text, s.Plan, s.Problem)
		}
	}
	if s := New(strings.Repeat("relu, ", 64) + "relu").Sheet(mnist); s.Problem == "" || s.Plan != nil || len(s.Rows) != 66 {
		t.Errorf("%d rows, problem %q", len(s.Rows), s.Problem)
	}
}

// A group from the menu keeps the shape of its place.
func TestMenu(t *testing.T) {
	for _, c := range []struct {
		text   string
		chosen Path
		want   string
	}{
		{"conv 3x3x8, mean", Path{0}, "residual(conv 3x3x8, relu)"},
		{"conv 3x3x8, mean", nil, "residual(dense 8, relu)"},
		{"conv 3x3x8, mean", Path{2}, "residual(dense 8, relu)"},
		{"logits", nil, "residual(conv 3x3x1, relu)"},
		{"mean, pool 2, relu", Path{2}, "residual(relu)"},
	} {
		e := New(c.text)
		e.Choose(c.chosen)
		menu := e.Sheet(mnist).Menu()
		if got := menu[len(menu)-1].Layer.String(); got != c.want {
			t.Errorf("%s, %s chosen: %s, want %s", c.text, c.chosen, got, c.want)
		}
	}
}

// Whatever is done to whatever net, its text means its layers, undoing all of it restores the net, and redoing restores
// the last state.
func TestUndoRestores(t *testing.T) {
	for seed := range uint64(300) {
		n, task := nettest.Random(seed)
		r := rand.New(rand.NewPCG(seed, 2))
		e := New(n.String())
		var texts []string
		for range 40 {
			before := e.Text()
			was := len(e.past)
			random(r, e, task)
			if len(e.past) > was {
				texts = append(texts, before)
			}
			if again := New(e.Text()); again.Text() != e.Text() && !slices.ContainsFunc(e.Sheet(task).Rows, emptyGroup) {
				t.Fatalf("seed %d: %q is read as %q", seed, e.Text(), again.Text())
			}
			if l, path := e.Chosen(); path != nil && l == nil {
				t.Fatalf("seed %d: %s is chosen of %q", seed, path, e.Text())
			}
		}
		last := e.Text()
		for i := len(texts) - 1; i >= 0; i-- {
			if e.Undo(); e.Text() != texts[i] {
				t.Fatalf("seed %d: %d changes undone it is %q, want %q", seed, len(texts)-i, e.Text(), texts[i])
			}
		}
		for e.CanUndo() {
			t.Fatalf("seed %d: more can be undone than was done", seed)
		}
		for e.CanRedo() {
			e.Redo()
		}
		if e.Text() != last {
			t.Fatalf("seed %d: all redone it is %q, want %q", seed, e.Text(), last)
		}
	}
}

// emptyGroup reports whether a row is a group without layers, which has no text that can be read.
func emptyGroup(r Row) bool {
	group, ok := r.Layer.(net.Residual)
	return ok && len(group.Layers) == 0
}

// random does something to an editor.
func random(r *rand.Rand, e *Editor, task net.Task) {
	s := e.Sheet(task)
	if r.IntN(2) == 0 {
		e.Choose(s.Rows[r.IntN(len(s.Rows))].Path)
	}
	menu := s.Menu()
	switch r.IntN(7) {
	case 0:
		e.Add(menu[r.IntN(len(menu))].Layer)
	case 1:
		e.AddInside(menu[r.IntN(len(menu))].Layer)
	case 2:
		e.Remove()
	case 3:
		e.Duplicate()
	case 4:
		e.Move(1)
	case 5:
		e.Move(-1)
	case 6:
		if l, _ := e.Chosen(); l != nil {
			if options := net.Options(l); len(options) > 0 {
				o := options[r.IntN(len(options))]
				e.editing = "" // each by itself
				switch o.Sort(l) {
				case net.Truth:
					e.Set(o, fmt.Sprint(r.IntN(2) == 0))
				case net.Word:
					e.Set(o, o.Choices[r.IntN(len(o.Choices))])
				default:
					e.Set(o, fmt.Sprint(r.IntN(20)))
				}
			}
		}
	}
}
