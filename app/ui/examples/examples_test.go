package examples

import (
	"regexp"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/run"
)

func some() *run.Answers {
	return &run.Answers{
		Step: 50, Classes: 2, Counts: []int{8, 2, 0, 1005},
		Examples: run.Examples{Height: 1, Width: 1, Channels: 1, Pixels: []byte{0, 128, 255}, Labels: []int{0, 1, 1}},
		Answers:  []int{1, 1, run.Unasked},
	}
}

// A wrong answer is marked by a cross and by words, not by its colour alone.
func TestAnswered(t *testing.T) {
	a := some()
	html := app.HTMLString(Answered(Of(a.Examples), a, []string{"cat", "dog"}))
	for _, want := range []string{"✗ dog", "cat: wrong, classified as dog", "dog: correct", "dog: not classified yet", `class="example wrong"`, `class="example unasked"`} {
		if !strings.Contains(html, want) {
			t.Errorf("there is no %q in %s", want, html)
		}
	}
	if n := len(regexp.MustCompile(`src="data:image/bmp;base64,[^"]+"`).FindAllString(html, -1)); n != 3 {
		t.Errorf("%d pictures", n)
	}
}

// Images are shown at whole multiples of their size, about as large whatever that is; of a sheet each shows its part.
func TestPictures(t *testing.T) {
	for side, want := range map[int]int{8: 56, 28: 56, 32: 64, 64: 64, 96: 96} {
		if got := OfSheet("a.png", 3, side).side; got != want {
			t.Errorf("images of %d pixels are %d wide, want %d", side, got, want)
		}
	}
	html := app.HTMLString(Plain("three", OfSheet("a.png", 3, 28)))
	for _, want := range []string{"0.000% 0", "50.000% 0", "100.000% 0", `aria-label="three"`} {
		if !strings.Contains(html, want) {
			t.Errorf("there is no %q in %s", want, html)
		}
	}
}

func TestConfusion(t *testing.T) {
	html := app.HTMLString(Confusion(some(), []string{"cat"}, nil))
	for _, want := range []string{"1\u202f015 test images after step 50", "--share:0.20", ">1\u202f005<", `scope="row"`, ">cat<", ">1<"} {
		if !strings.Contains(html, want) {
			t.Errorf("there is no %q in %s", want, html)
		}
	}
}

// Where cells can be pressed, those with images are buttons.
func TestConfusionPressed(t *testing.T) {
	a := some()
	html := app.HTMLString(Confusion(a, []string{"cat"}, func(int, int) {}))
	filled := 0
	for _, n := range a.Counts {
		if n > 0 {
			filled++
		}
	}
	if n := strings.Count(html, "<button"); n != filled || strings.Contains(app.HTMLString(Confusion(a, nil, nil)), "<button") {
		t.Errorf("%d buttons for %d cells with images", n, filled)
	}
}

func TestChances(t *testing.T) {
	best, table := Chances([]string{"a", "b", "c", "d", "e", "f"}, []float32{0.1, 0.5, 0.2, 0.05, 0.11, 0.04})
	html := app.HTMLString(table)
	if order := regexp.MustCompile(`row">(.)<`).FindAllStringSubmatch(html, -1); best != 1 || len(order) != probable || order[0][1] != "b" || order[4][1] != "d" {
		t.Errorf("the best is %d, in the order %v", best, order)
	}
	if !strings.Contains(html, "50.0\u202f%") {
		t.Errorf("%s", html)
	}
}
