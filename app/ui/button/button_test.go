package button

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// A button that is off can have the focus, so it is not disabled.
func TestAButtonThatIsOffIsNotDisabled(t *testing.T) {
	do := func(app.Context, app.Event) {}
	if html := app.HTMLString(New("b", true, do)); !strings.Contains(html, " aria-disabled ") && !strings.Contains(html, " aria-disabled>") || strings.Contains(html, " disabled") {
		t.Errorf("off it is %s", html)
	}
	if html := app.HTMLString(New("b", false, do)); strings.Contains(html, "disabled>") {
		t.Errorf("on it is %s", html)
	}
}
