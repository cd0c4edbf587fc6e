package layers

import (
	"regexp"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/builder"
	"unpool/models/net"
)

func show(text string, chosen builder.Path, fixed bool) string {
	e := builder.New(text)
	e.Choose(chosen)
	return app.HTMLString(&Builder{
		Editor: e, Fixed: fixed, Task: net.Task{Height: 28, Width: 28, Channels: 1, Classes: 10},
		Total: func(*net.Plan) []Total { return []Total{{"12", "ms", "A step"}} },
	})
}

// Each layer is a line with its output, parameters and receptive field; the open one has its options and what can be done to it.
func TestRender(t *testing.T) {
	html := show("conv 3x3x8, residual(conv 3x3x8, relu)", builder.Path{1, 0}, false)
	for _, want := range []string{
		`id="layer-1"`, `id="layer-2"`, `id="layer-2-1"`, `id="layer-2-2"`, `id="layer-3"`, "28×28×8", "5×5 pixels", "the whole image",
		`id="option-height"`, `id="option-nobias"`, `id="option-init"`, `max="1024"`, "default: he", `aria-label="move conv 3x3x8 up"`,
		`aria-label="remove conv 3x3x8"`, "Add after layer 2.1", "A step",
	} {
		if n := strings.Count(html, want); n == 0 || strings.HasPrefix(want, "id=") && n > 1 {
			t.Errorf("%s is there %d times", want, n)
		}
	}
	if n := strings.Count(html, `aria-expanded`) - strings.Count(html, `aria-expanded="false"`); n != 1 {
		t.Errorf("%d layers are open", n)
	}
	if html := show("relu", builder.Path{1}, false); strings.Contains(html, "layer-remove") {
		t.Error("the last layer, which is always there, can be removed")
	}
	if html := show("residual(relu)", builder.Path{0}, false); !strings.Contains(html, "layer-add-inside") {
		t.Error("nothing can be added inside a group")
	}
}

// What is wrong with a layer is shown beside it, and only there.
func TestAWrongLayer(t *testing.T) {
	html := show("conv 3x3x8, dense 5000, relu", nil, false)
	problems := regexp.MustCompile(`(?s)id="layer-(\d)-problem"[^>]*>([^<]*)<`).FindAllStringSubmatch(html, -1)
	for _, p := range problems {
		if says := strings.TrimSpace(p[2]); (says != "") != (p[1] == "2") {
			t.Errorf("beside layer %s stands %q", p[1], says)
		}
	}
	if len(problems) != 4 {
		t.Errorf("%d layers", len(problems))
	}
}

// A fixed net can be viewed: its layers open, and nothing else can be pressed.
func TestFixed(t *testing.T) {
	html := show("conv 3x3x8, relu", builder.Path{0}, true)
	for _, control := range regexp.MustCompile(`<(?:button|select|input)[^>]*>`).FindAllString(html, -1) {
		opens := regexp.MustCompile(`id="layer-\d`).MatchString(control)
		if opens == regexp.MustCompile(` (aria-)?disabled[ >]`).MatchString(control) {
			t.Errorf("%s", control)
		}
	}
}
