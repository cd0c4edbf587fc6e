package net

import (
	"slices"
	"strconv"
	"strings"
)

// maxText is the length of the longest text that Parse reads: a link carries no more.
const maxText = 4096

// Parse reads the text form of a net: layers with commas between, each a word, then a size where the kind has one, then
// options in any order:
//
//	conv 5x5x32                a convolution: window height x width x maps; options: stride 2, valid, nobias, an init
//	pool 2, avgpool 3          pooling by the largest or the mean of a square window; options: stride 2, valid
//	relu, tanh, sigmoid, leaky, gelu
//	batchnorm, layernorm
//	dropout 0.3                without a rate a half
//	dense 256                  fully connected; options: nobias, an init
//	mean                       the mean over all places of an image, or all steps of a sequence
//	lstm 128, gru 64, rnn 32   recurrent cells; options: sequence, columns, both, an init
//	residual(conv 3x3x64, …)   layers whose output is added to what they read
//	logits starter             the implied last layer, where its init is not the default
//
// where an init is starter, he, glorot or orthogonal. Case does not matter, nor do spaces around commas and parentheses.
// An error is an *Error that names the layer, or says that the text is empty, too long, or has a parenthesis too many.
func Parse(text string) (Net, error) {
	n, err := ParseDraft(text)
	if err == nil {
		err = n.check()
	}
	if err != nil {
		return nil, err
	}
	return n, nil
}

// ParseDraft is Parse for a net that is being edited: it leaves what can be written but not be to Draft, such as a window of
// 99.
func ParseDraft(text string) (Net, error) {
	if len(text) > maxText {
		return nil, problem("a net of %d characters is too long; the limit is %d", len(text), maxText)
	}
	return parseList(strings.ToLower(text))
}

func parseList(text string) (Net, error) {
	parts, err := split(text)
	if err != nil {
		return nil, err
	}
	var n Net
	for i, part := range parts {
		l, err := parseLayer(part)
		if err != nil {
			return nil, within(i, part, err)
		}
		n = append(n, l)
	}
	return n, nil
}

// split cuts a text at the commas that stand in no parentheses.
func split(text string) (parts []string, err error) {
	if strings.TrimSpace(text) == "" {
		return nil, problem(`a net needs layers, such as "dense 64, relu"; the smallest net is "logits"`)
	}
	depth, start := 0, 0
	for i, c := range text {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return nil, problem("unmatched closing parenthesis after %q", text[:i])
			}
		case ',':
			if depth == 0 {
				parts = append(parts, strings.TrimSpace(text[start:i]))
				start = i + 1
			}
		}
	}
	if depth > 0 {
		return nil, problem("unmatched opening parenthesis in %q", text)
	}
	return append(parts, strings.TrimSpace(text[start:])), nil
}

func parseLayer(text string) (Layer, error) {
	if group, ok := strings.CutPrefix(text, residualWord); ok {
		return parseResidual(group)
	}
	words := strings.Fields(text)
	if len(words) == 0 {
		return nil, problem("a layer is missing beside a comma")
	}
	k := slices.IndexFunc(kinds, func(k kind) bool { return k.word() == words[0] })
	if k < 0 {
		known := make([]string, len(kinds))
		for i := range kinds {
			known[i] = kinds[i].word()
		}
		return nil, problem("no layer is called %q; choose one of %s and %s", words[0], list(known), residualWord)
	}
	o := &options{words: words[1:], example: kinds[k].example}
	l := kinds[k].parse(o)
	if o.err == nil && len(o.words) > 0 {
		o.err = problem("unexpected %q", strings.Join(o.words, " "))
	}
	return l, o.err
}

// options are the words after a layer's first that are still to be read. The first error stays.
type options struct {
	words   []string
	example string // of such a layer
	err     error
}

// take removes the first word, "" when there is none.
func (o *options) take() (word string) {
	if len(o.words) > 0 {
		word, o.words = o.words[0], o.words[1:]
	}
	return word
}

// size takes the layer's size: so many whole numbers with x between.
func (o *options) size(n int) []int {
	sizes := make([]int, n)
	numbers := strings.Split(o.take(), "x")
	bad := len(numbers) != n
	for i := 0; i < n && !bad; i++ {
		var err error
		sizes[i], err = strconv.Atoi(numbers[i])
		bad = err != nil
	}
	if bad && o.err == nil {
		o.err = problem("needs a size, as in %q", o.example)
	}
	return sizes
}

// flag takes a word wherever it stands and reports whether it was there.
func (o *options) flag(word string) bool {
	i := slices.Index(o.words, word)
	if i < 0 {
		return false
	}
	o.words = slices.Delete(o.words, i, i+1)
	return true
}

// number takes a word and the whole number after it; without it, it is other.
func (o *options) number(word string, other int) int {
	i := slices.Index(o.words, word)
	if i < 0 {
		return other
	}
	if i+1 < len(o.words) {
		if v, err := strconv.Atoi(o.words[i+1]); err == nil {
			o.words = slices.Delete(o.words, i, i+2)
			return v
		}
	}
	if o.err == nil {
		o.err = problem("%s must be followed by a whole number", word)
	}
	return other
}

// init takes the name of an init, "" when there is none.
func (o *options) init() Init {
	for _, i := range Inits {
		if o.flag(string(i)) {
			return i
		}
	}
	return ""
}

// text joins a layer's word and what is not empty of the rest.
func text(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

// when is a word if it holds.
func when(holds bool, word string) string {
	if holds {
		return word
	}
	return ""
}
