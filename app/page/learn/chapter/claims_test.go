package chapter

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"

	"unpool/core/lesson"
	"unpool/core/protocol"
	"unpool/core/run"
)

// asked is a figure whose claims are compared with what the model code says.
type asked struct {
	t *testing.T
	b compute.Backend
	*Figure
}

// must returns what the model code says.
func must[Answer any](t *testing.T) func(Answer, error) Answer {
	return func(a Answer, err error) Answer {
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
}

// at are the outputs of an example for a number of the reader's.
func (f asked) at(n float64) *protocol.Outputs {
	return must[*protocol.Outputs](f.t)(lesson.Layers(f.b, must[protocol.Example](f.t)(f.Example.With(n))))
}

// last are the numbers of the example's last layer, of width columns.
func (f asked) last(n float64) (values []float32, columns int) {
	layers := f.at(n).Layers
	l := layers[len(layers)-1]
	return l.Values, l.Shape[1]
}

func (f asked) softmax(n float64) *protocol.Loss {
	return must[*protocol.Loss](f.t)(lesson.Loss(f.b, must[protocol.Logits](f.t)(f.Softmax.With(n))))
}

func (f asked) descents(n float64) (sgd, adam []float64) {
	d := must[*protocol.Descents](f.t)(lesson.Descend(f.b, must[protocol.Descent](f.t)(f.Descent.With(n))))
	return d.Losses[0], d.Losses[1]
}

// arrives is which share of the gradient with respect to the last row arrives at the first.
func (f asked) arrives(n float64) float64 {
	back := f.at(n).Back
	size := func(row []float32) (sum float64) {
		for _, g := range row {
			sum += float64(g * g)
		}
		return math.Sqrt(sum)
	}
	return size(back[:f.Example.size]) / size(back[len(back)-f.Example.size:])
}

func count(values []float32, is func(float32) bool) (n int) {
	for _, v := range values {
		if is(v) {
			n++
		}
	}
	return n
}

func nonzero(v float32) bool { return v != 0 }

func near(a, b float64) bool { return math.Abs(a-b) < 0.01 }

// claims are what the figures' predictions say is right, by chapter and step, as conditions on the model's own numbers.
var claims = map[string]func(asked) bool{
	"convolution/1": func(f asked) bool { // nine equal pixels in the middle of the square; with 9 the bright area remains
		y, columns := f.last(8)
		more, _ := f.last(9)
		return y[2*columns+2] == 0 && more[2*columns+2] == 9
	},
	"convolution/2": func(f asked) bool { // the left edge remains, the right one does not
		layers := f.at(1).Layers
		before, after, columns := layers[0].Values, layers[1].Values, layers[0].Shape[1]
		return after[2*columns+1] > 0 && before[2*columns+columns-2] < 0 && after[2*columns+columns-2] == 0
	},
	"convolution/3": func(f asked) bool { // 4 in a corner, 6 along a side
		y, _ := f.last(1)
		return y[0] == 4 && y[1] == 6
	},
	"convolution/4": func(f asked) bool {
		y, columns := f.last(2)
		return columns == 4 && len(y) == 16
	},
	"pooling/1": func(f asked) bool {
		y, _ := f.last(2)
		return len(y) == 16 && y[0] == 5
	},
	"pooling/2": func(f asked) bool { // the first two dots fall into column 2, the third into the next
		y, columns := f.last(2)
		return y[1] == 9 && y[columns+1] == 9 && y[2*columns+2] == 9 && count(y, nonzero) == 4
	},
	"pooling/3": func(f asked) bool { return count(f.at(2).Back, nonzero) <= 16 },
	"loss/1":    func(f asked) bool { return near(float64(f.softmax(0).Probabilities[0]), 1./3) },
	"loss/2": func(f asked) bool {
		g := f.softmax(-4).Gradient
		return near(float64(g[0]+g[1]+g[2]), 0) && g[0] < 0 && g[1] > 0
	},
	"loss/3": func(f asked) bool { // −1 and 1
		y, _ := f.last(1)
		return count(y, func(v float32) bool { return near(float64(v), -1) }) == 32 && count(y, func(v float32) bool { return near(float64(v), 1) }) == 32
	},
	"loss/4": func(f asked) bool { // all that are not dropped are 4, and others are dropped in the next step
		y, _ := f.last(0)
		next, _ := f.last(1)
		return count(y, nonzero) == count(y, func(v float32) bool { return v == 4 }) && !slices.Equal(y, next)
	},
	"training/1": func(f asked) bool {
		return f.at(0.5).Gradients["fc1/weights"][6] < 0 && f.at(0.6).Loss < f.at(0.5).Loss
	},
	"training/2": func(f asked) bool { // ReLU stops what comes back to your weight
		out := f.at(0)
		return out.Layers[1].Values[0] == -0.5 && out.Gradients["fc1/weights"][6] == 0
	},
	"training/3": func(f asked) bool { // neither the weights that read a 0 nor those of the unit that ReLU holds back get anything
		g := f.at(0.5).Gradients["fc1/weights"]
		return g[4] == 0 && g[5] == 0 && g[1] == 0 && g[3] == 0 && g[7] == 0 && count(g, nonzero) == 3
	},
	"training/4": func(f asked) bool { // at 0.1 gradient descent jumps up before it falls, and Adam ends lower
		slow, _ := f.descents(-2)
		sgd, adam := f.descents(-1)
		end := len(sgd) - 1
		return slow[1] < slow[0] && slices.Max(sgd) > 1.5*sgd[0] && sgd[end] < sgd[0] && adam[end] < sgd[end] && slices.Max(adam)-adam[0] < slices.Max(sgd)-sgd[0]
	},
	"training/5": func(f asked) bool { // after step 2000 the training accuracy rises five times as much as the test accuracy, which does not fall
		text := must[[]byte](f.t)(os.ReadFile(filepath.Join(public, "results", f.Words[0]+".jsonl")))
		log, _, err := run.ReadLog(text)
		if err != nil {
			f.t.Fatal(err)
		}
		all := run.Replay(log).Metrics
		i := slices.IndexFunc(all, func(m run.Evaluation) bool { return m.Step == 2000 })
		then, last := all[i], all[len(all)-1]
		test, train := last.Test.Accuracy-then.Test.Accuracy, last.Train.Accuracy-then.Train.Accuracy
		return test >= 0 && train > 5*test && float64(last.Step) == f.Number.Most
	},
	"training/6": func(f asked) bool { // each of five steps back halves it
		by := func(n float64, layer string) float64 { return float64(f.at(n).Gradients[layer][0]) }
		return near(by(0.5, "fc6"), 100) && near(by(0.5, "fc1"), 3.125) && near(by(1, "fc1"), 100) && by(1.5, "fc1") > 700
	},
	"rnn/5":  func(f asked) bool { return f.arrives(0.5) < 0.01 && near(f.arrives(0.5), math.Pow(0.5, 7)) },
	"lstm/3": func(f asked) bool { return near(f.arrives(1), 0.11) && near(f.arrives(4), 0.88) },
	"zeiler-fergus/4": func(f asked) bool { // each number that comes back is where it was
		in := must[protocol.Example](f.t)(f.Example.With(2)).Input
		for i, v := range f.at(2).Back {
			if v != 0 && v != in[i] {
				return false
			}
		}
		return true
	},
}

// Where a figure lets the reader predict what it computes, the answer that it calls right is what the model code says.
func TestClaims(t *testing.T) {
	b := backend(t)
	for _, language := range languages(t) {
		checked := 0
		for _, c := range chapters(t, language) {
			for i, s := range c.Steps {
				for _, p := range s.Parts {
					if p.Figure == nil || p.Figure.Question == "" || p.Figure.Kind == "reading" { // whose questions are about the equations
						continue
					}
					at := fmt.Sprintf("%s/%d", c.Name, i+1)
					claim, known := claims[at]
					switch {
					case !known:
						t.Errorf("%s: nothing checks what its prediction calls right", at)
					case !claim(asked{t, b, p.Figure}):
						t.Errorf("%s: the model says otherwise than %q", at, p.Figure.Choices[p.Figure.Right])
					}
					checked++
				}
			}
		}
		if checked != len(claims) {
			t.Errorf("%d predictions were checked, and %d are claimed", checked, len(claims))
		}
	}
}

// The derivative that the English chapter works out by hand is the model's, number by number.
func TestByHand(t *testing.T) {
	all := chapters(t, "en")
	i := slices.IndexFunc(all, func(c *Chapter) bool { return c.Name == "training" })
	text := strings.ReplaceAll(string(must[[]byte](t)(os.ReadFile(filepath.Join(public, "learn", "en", Files[i]+".md")))), "−", "-")
	b := backend(t)
	for _, p := range all[i].Steps[1].Parts {
		if p.Figure == nil {
			continue
		}
		out := asked{t, b, p.Figure}.at(0.5)
		softmax := must[*protocol.Loss](t)(lesson.Loss(b, protocol.Logits{Logits: out.Layers[3].Values}))
		p, g := softmax.Probabilities, out.Gradients
		for _, says := range []string{
			fmt.Sprintf("3·0.5 = %g.", out.Layers[1].Values[0]),
			fmt.Sprintf("probabilities %.2f and %.2f", p[0], p[1]),
			fmt.Sprintf("-ln %.2f = %.2f.", p[0], out.Loss),
			fmt.Sprintf("%.2f - 1 = %.2f and %.2f - 0 = %.2f.", p[0], g["logits"][0], p[1], g["logits"][1]),
			fmt.Sprintf("%.2f·1 + %.2f·(-1) = %.2f.", g["logits"][0], g["logits"][1], g["relu1"][0]),
			fmt.Sprintf("above zero, so it is %.2f, too.", g["fc1"][0]),
			fmt.Sprintf("3·(%.2f) = %.2f.", g["fc1"][0], g["fc1/weights"][6]),
		} {
			if !strings.Contains(text, says) {
				t.Errorf("the chapter does not say %q", says)
			}
		}
	}
}

// inWords are what the English chapters say of their nets in words, and the layers that it is true of.
var inWords = []struct{ chapter, says, layer, is string }{
	{"lenet5", "six kernels of 5×5 weights", "conv1", "conv 5x5x6"},
	{"lenet5", "Each of the six kernels has 25 weights and a bias", "conv1", "conv 5x5x6"},
	{"lenet5", "each of its sixteen kernels has 5×5 weights", "conv2", "conv 5x5x16 valid"},
	{"lenet5", "sixteen maps of 5×5 are left", "pool2", "pool 2"},
	{"lenet5", "The next layer has 120 *units*", "fc1", "dense 120"},
	{"lenet5", "with 84 units", "fc2", "dense 84"},
	{"batchnorm", "Thirty-two kernels of 5×5 weights", "conv1", "conv 5x5x32 starter"},
	{"batchnorm", "It has 64 kernels, each with 3×3 weights for each of the 32 maps", "conv2", "conv 3x3x64 starter"},
	{"batchnorm", "64 maps of 4×4 are left", "norm3", "batchnorm"},
	{"batchnorm", "A layer of 256 units", "fc1", "dense 256 starter"},
	{"resnet", "two convolutions of 16 maps", "conv2", "conv 3x3x16 nobias"},
	{"resnet", "the mean of each of its 32 maps", "conv6", "conv 3x3x32 nobias"},
	{"rnn", "a state of 128 numbers, computed by 128 *units*", "rnn", "rnn 128"},
}

func TestInWords(t *testing.T) {
	all := chapters(t, "en")
	for _, w := range inWords {
		i := slices.IndexFunc(all, func(c *Chapter) bool { return c.Name == w.chapter })
		text := must[[]byte](t)(os.ReadFile(filepath.Join(public, "learn", "en", Files[i]+".md")))
		if !strings.Contains(string(text), w.says) {
			t.Errorf("%s does not say %q", w.chapter, w.says)
		}
		if l := all[i].layer(w.layer); l == nil || l.Layer.String() != w.is {
			t.Errorf("%s says %q, and has other layers", w.chapter, w.says)
		}
	}
}
