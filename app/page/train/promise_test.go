package train

import (
	"regexp"
	"strings"
	"testing"

	"unpool/core/protocol"
	"unpool/core/recipe"
)

// promiseOf is the sentence under the headline.
var promiseOf = regexp.MustCompile(`(?s)<p class="promise lead">.*?</p>`)

// Before a run the page says how long it takes here and with which result, as far as it knows.
func TestPromise(t *testing.T) {
	p := newPage()
	says := func(words string, want bool) {
		t.Helper()
		if text := promiseOf.FindString(p.html()); strings.Contains(text, words) != want {
			t.Errorf("it says %q of %q: %t, want %t", words, text, !want, want)
		}
	}
	says("About", false)
	says("our own runs", false)
	p.measured(protocol.Engine{Threads: 2, Flops: 1.2e11})
	says("About 55 seconds here.", true) // 5,500 steps of 8.9 ms, and an eighth of that for evaluations
	p.published("mnist-rnn-128", 0.9747)
	says("About 55 seconds here; in our own runs, test accuracy reached about 97\u202f%.", true)
	p.write("learning_rate", "0.01") // which we have not run
	says("our own runs", false)
	p.write("steps", "550000")
	says("About 1 h 31 min here, during which the tab can stay in the background.", true)

	p = newPage() // the time of nets that are compared is that of all of them
	p.measured(protocol.Engine{Threads: 2, Flops: 1.2e11})
	p.published("mnist-rnn-128", 0.9747)
	r := standard
	r.Net = "rnn 127"
	p.visit(standard.QueryBeside([]recipe.Recipe{r}))
	says("About 2 minutes here for 2 nets.", true)
}
