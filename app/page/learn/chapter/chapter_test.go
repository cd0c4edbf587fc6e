package chapter

import (
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/gomlx/compute"

	"unpool/core/lesson"
	"unpool/core/run"
	"unpool/models"
	"unpool/wasm"
	"unpool/wasm/host"
)

// public is the folder of static files.
var public = filepath.Join("..", "..", "..", "..", "public")

// chapters are all chapters of a language.
func chapters(t *testing.T, language string) (all []*Chapter) {
	t.Helper()
	for _, file := range Files {
		text, err := os.ReadFile(filepath.Join(public, "learn", language, file+".md"))
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(Name(file), string(text), results(t))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

// languages are the folders of chapters.
func languages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(public, "learn", "*", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range found {
		language, name := filepath.Base(filepath.Dir(f)), strings.TrimSuffix(filepath.Base(f), ".md")
		if !slices.Contains(Files, name) {
			t.Errorf("%s is not listed", f)
		}
		if !slices.Contains(all, language) {
			all = append(all, language)
		}
	}
	return all
}

// Every chapter can be read: figures and numbers are known, links lead to steps that there are, and published weights lie where they are
// looked for.
func TestChapters(t *testing.T) {
	for _, language := range languages(t) {
		all := chapters(t, language)
		for _, c := range all {
			if c.About == "" || len(c.Steps) == 0 {
				t.Fatalf("%s has nothing to say", c.Name)
			}
			if last := c.Steps[len(c.Steps)-1].Parts; !strings.Contains(last[len(last)-1].HTML, "<details><summary>") {
				t.Errorf("%s does not end with a question", c.Name)
			}
			if c.Run != "" {
				if _, err := os.Stat(filepath.Join(public, "results", c.Run, run.SnapshotName(c.At))); err != nil {
					t.Errorf("%s: %v", c.Name, err)
				}
			}
			for i, s := range c.Steps {
				if len(s.Parts) == 0 {
					t.Errorf("%s, step %d is empty", c.Name, i+1)
				}
				for _, p := range s.Parts {
					for _, link := range strings.Split(p.HTML, `href="`)[1:] {
						link, _, _ = strings.Cut(link, `"`)
						if name, is := strings.CutPrefix(link, "./learn/#"); is && !leads(all, name) {
							t.Errorf("%s, step %d leads to %s", c.Name, i+1, link)
						}
					}
					if p.Figure != nil && p.Figure.Kind == "curve" {
						if _, known := results(t)[p.Figure.Words[0]]; !known {
							t.Errorf("%s, step %d: no run %q is published", c.Name, i+1, p.Figure.Words[0])
						}
					}
					if p.Figure != nil && p.Figure.Kind == "source" {
						if _, err := os.Stat(filepath.Join(public, "..", "models", "nn", p.Figure.Words[0])); err != nil {
							t.Errorf("%s, step %d: %v", c.Name, i+1, err)
						}
					}
				}
			}
		}
	}
}

// The paper is retold in ten steps, and each opens what it is about in Look inside.
func TestTenSteps(t *testing.T) {
	for _, language := range languages(t) {
		all := chapters(t, language)
		c := all[len(all)-1]
		if len(c.Steps) != 10 {
			t.Errorf("%s has %d steps", c.Name, len(c.Steps))
		}
		for i, s := range c.Steps {
			if !slices.ContainsFunc(s.Parts, func(p Part) bool { return strings.Contains(p.HTML, `href="./look/?`) }) {
				t.Errorf("%s, step %d opens nothing in Look inside", c.Name, i+1)
			}
		}
	}
}

// Each symbol of an equation is explained in its step, and lights up with its explanation: both have the same data-part.
func TestSymbols(t *testing.T) {
	for _, language := range languages(t) {
		for _, c := range chapters(t, language) {
			for i, s := range c.Steps {
				text := ""
				for _, p := range s.Parts {
					text += p.HTML
				}
				outside := maths.ReplaceAllString(text, "")
				for _, equation := range maths.FindAllString(text, -1) {
					for _, symbol := range symbols(t, equation) {
						if !strings.Contains(outside, `data-part="`+symbol+`"`) {
							t.Errorf("%s, step %d: nothing explains the symbol %s", c.Name, i+1, symbol)
						}
					}
				}
			}
		}
	}
}

// maths finds equations.
var maths = regexp.MustCompile(`(?s)<math.*?</math>`)

// functions are identifiers that are no symbols: those of functions, and of Euler's number.
var functions = []string{"max", "tanh", "ln", "e", "σ", "∂"}

// symbols are the data-parts of an equation; an identifier that has none, and is no index or function, is among them by itself.
func symbols(t *testing.T, equation string) (all []string) {
	var inside []bool // of the open elements: within a part, or an index
	d := xml.NewDecoder(strings.NewReader(equation))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("%v: %s", err, equation)
		}
		within := len(inside) > 0 && inside[len(inside)-1]
		switch token := token.(type) {
		case xml.StartElement:
			for _, a := range token.Attr {
				if a.Name.Local == "data-part" {
					all, within = append(all, a.Value), true
				}
			}
			inside = append(inside, within || slices.Contains([]string{"munder", "mtext"}, token.Name.Local))
		case xml.EndElement:
			inside = inside[:len(inside)-1]
		case xml.CharData:
			text := strings.TrimSpace(string(token))
			if letter, _ := utf8.DecodeRuneInString(text); !within && unicode.IsLetter(letter) && !slices.Contains(functions, text) {
				all = append(all, text)
			}
		}
	}
}

// leads reports whether there is a step.
func leads(all []*Chapter, fragment string) bool {
	name, step, _ := strings.Cut(fragment, "/")
	for _, c := range all {
		for i := range c.Steps {
			if c.Name == name && step == strconv.Itoa(i+1) {
				return true
			}
		}
	}
	return false
}

// backend is what the trainer computes with.
func backend(t *testing.T) compute.Backend {
	t.Helper()
	engine, err := host.New(host.Options{Tier: wasm.Tier(true)})
	if err != nil {
		t.Fatal(err)
	}
	b := wasm.New(engine)
	t.Cleanup(b.Finalize)
	return b
}

// Every figure shows what the model code computes, for each number that the reader can choose.
func TestFiguresAreComputed(t *testing.T) {
	b := backend(t)
	seen := 0
	for _, language := range languages(t) {
		for _, c := range chapters(t, language) {
			for i, s := range c.Steps {
				for _, p := range s.Parts {
					if f := p.Figure; f != nil && (f.Example != nil || f.Softmax != nil || f.Descent != nil) {
						seen++
						for n := f.Number.Least; n <= f.Number.Most; n += f.Number.Step {
							if err := computed(b, f, n); err != nil {
								t.Errorf("%s, step %d, at %g: %v", c.Name, i+1, n, err)
							}
						}
					}
				}
			}
		}
	}
	if seen < 8 {
		t.Errorf("there are only %d figures", seen)
	}
}

// computed has the model code compute a figure, and checks that all that it shows is there.
func computed(b compute.Backend, f *Figure, n float64) error {
	if f.Softmax != nil {
		with, err := f.Softmax.With(n)
		if err == nil {
			_, err = lesson.Loss(b, with)
		}
		return err
	}
	if f.Descent != nil {
		with, err := f.Descent.With(n)
		if err == nil {
			_, err = lesson.Descend(b, with)
		}
		return err
	}
	with, err := f.Example.With(n)
	if err != nil {
		return err
	}
	out, err := lesson.Layers(b, with)
	if err != nil {
		return err
	}
	for _, s := range f.Example.Show {
		known := slices.Contains([]string{"input", "back", "fade"}, s.What) || s.What == "loss" && with.Label != nil || with.Weights[s.What] != nil
		if of, is := strings.CutPrefix(s.What, "grad "); is {
			known = out.Gradients[of] != nil
		}
		for _, l := range out.Layers {
			known = known || l.Layer == s.What && (len(l.Shape) == 3 && l.Shape[2] == 1 || len(l.Shape) == 1)
		}
		if !known {
			return &unknown{s.What}
		}
	}
	_, err = f.Example.Plan(n)
	return err
}

type unknown struct{ what string }

func (u *unknown) Error() string { return "nothing to show is called " + u.what }

// Numbers in the text are those of the models.
func TestPlaceholders(t *testing.T) {
	e, err := models.Find("mnist-cnn")
	if err != nil {
		t.Fatal(err)
	}
	head := "# T\nnet: " + e.Recipe.Net + "\nrun: r 1\n\nAbout.\n\n## S {conv1}\n"
	for text, want := range map[string]string{
		"{{parameters conv1}}":                  "832", // 5·5·32 + 32
		"{{multiplies conv1}}":                  "627\u202f200",
		"{{gives pool1}} {{reads conv2}}":       "14×14×32 14×14×32",
		"{{numbers pool2}}":                     "3\u202f136",
		"{{sees pool2}}":                        "16×16 pixels",
		"{{look view=origin layer=conv1}}":      "./look/?run=published:r&amp;step=1&amp;view=origin&amp;layer=conv1",
		"{{parameters of mnist-rnn-32}}":        "2\u202f282", // 28·32 + 32·32 + 32, and 32·10 + 10
		"{{parameters logits of mnist-rnn-32}}": "330",
		"{{accuracy}} {{accuracy of r}}":        "98.8\u202f% 98.8\u202f%",
		"{{step}} {{training of cifar-lenet5}}": "1 10\u202f000",
	} {
		c, err := Parse("t", head+text, Results{"r": {Accuracy: 0.9876, Images: 10000}})
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := c.Steps[0].Parts[0].HTML; got != "<p>"+want+"</p>\n" {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"{{parameters conv9}}", "{{weight conv1}}", "{{parameters of nothing}}", "{{ parameters }}", "{{gives}}", "{{accuracy of s}}", "{{accuracy conv1}}", "{{look layer=conv9}}", "{{look map}}"} {
		if _, err := Parse("t", head+text, Results{"r": {Accuracy: 0.9876, Images: 10000}}); err == nil {
			t.Errorf("%s is no mistake", text)
		}
	}
}

// What is wrong in a chapter is said, with its step.
func TestMistakes(t *testing.T) {
	const head = "# T\n\nAbout.\n\n## S\n\n"
	example := func(line string) string {
		return head + "{{figure example\nnet: pool 2\ninput: " + strings.Repeat("00000000/", 7) + "00000000\nshow: In = input\nnumber: N, 0 to 2 by 1, 0\n" + line + "\n}}\n"
	}
	if _, err := Parse("t", example("title: A figure"), nil); err != nil {
		t.Error(err)
	}
	for says, text := range map[string]string{
		"not with a title":        "T\n",
		"unknown line \"by: me\"": "# T\nby: me\n\n## S\n",
		"no layer \"conv1\"":      "# T\n\n## S {conv1}\nText\n",
		"no figure \"nothing\"":   head + "{{figure nothing}}\n",
		"does not end":            head + "{{figure layer\n",
		"within <details>":        head + "<details><summary>Q</summary>\n\n{{figure source a b}}\n\n</details>\n",
		"needs the chapter's run": head + "{{figure draw}}\n",
		"there is no line":        head + "{{figure example\nnet: pool 2\n}}\n",
		"unknown line \"colour\"": example("colour: red"),
		"a prediction has":        example("predict: What?"),
		"has no key":              example("what"),
		"of the form":             strings.Replace(example("title: A"), "0 to 2", "3 to 2", 1),
		"7 digits":                strings.Replace(example("title: A"), "/00000000\n", "/0000000\n", 1),
		"t, step 1":               head + "{{unknown}}\n",
	} {
		if _, err := Parse("t", text, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("# T\nnet: relu\n\nAbout.\n\n## S {relu1}\n\n{{figure layer}}\n\n{{parameters relu1}}\n")
	f.Fuzz(func(t *testing.T, text string) { Parse("t", text, nil) })
}
