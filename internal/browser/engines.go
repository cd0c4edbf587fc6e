package browser

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"
)

// Engine is a kind of browser.
type Engine string

// Firefox and WebKit are those that a test can open beside Chromium. GTK is WebKit's port to Linux with its own defaults: its threads share no
// memory. WebKit is the same with shared memory, as in Safari. Whole is Chromium with its user interface, which alone installs sites.
const (
	Chromium Engine = "Chromium"
	Whole    Engine = "whole Chromium"
	Firefox  Engine = "Firefox"
	WebKit   Engine = "WebKit"
	GTK      Engine = "WebKitGTK"
)

// Open starts a browser with an empty profile and one empty tab. Both end with the test.
func (e Engine) Open(t testing.TB) *Tab {
	t.Helper()
	noteSources()
	switch e {
	case Whole:
		return openWhole(t)
	case Firefox:
		return openFirefox(t)
	case WebKit:
		return openWebKit(t, "JSC_useSharedArrayBuffer=1")
	case GTK:
		return openWebKit(t)
	}
	return Open(t)
}

// starting is how long a program may take to say where it listens.
const starting = time.Minute

// started starts a program with a home folder of its own, until the test ends. If it is to say something that matches a pattern, on either of its
// outputs, started waits for that and returns the pattern's group.
func started(t testing.TB, says *regexp.Regexp, cmd *exec.Cmd, env ...string) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	cmd.Stdout, cmd.Stderr = w, w
	cmd.Env = append(append(os.Environ(), "HOME="+home, "XDG_RUNTIME_DIR="+home), env...)
	err = cmd.Start()
	w.Close()
	if err != nil {
		t.Fatalf("cannot start %s: %v", cmd.Path, err)
	}
	found := make(chan string, 1)
	go func() {
		defer r.Close()
		for lines := bufio.NewScanner(r); lines.Scan(); { // to the end: a program whose pipe is full waits
			if says == nil {
				continue
			}
			if m := says.FindStringSubmatch(lines.Text()); m != nil {
				select {
				case found <- m[1]:
				default:
				}
			}
		}
		close(found)
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	if says == nil {
		return ""
	}
	select {
	case text, ok := <-found:
		if !ok {
			t.Fatalf("%s ended without output that matches %s", cmd.Path, says)
		}
		return text
	case <-time.After(starting):
		t.Fatalf("%s has not said %s in %v", cmd.Path, says, starting)
	}
	return ""
}

// patient is a context for all that is asked of a browser.
func patient(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	t.Cleanup(cancel)
	return ctx
}

// middle is an expression: where the middle of an element is on view, to which it is scrolled.
func middle(selector string) string {
	return fmt.Sprintf(`((e) => {
		e.scrollIntoView({ block: 'nearest', behavior: 'instant' });
		const { x, y, width, height } = e.getBoundingClientRect();
		return [Math.round(x + width / 2), Math.round(y + height / 2)];
	})(document.querySelector(%q))`, selector)
}

// clickAt describes a click in the terms of https://www.w3.org/TR/webdriver2/#actions, which both protocols take.
func clickAt(at []float64) []any {
	const left = 0
	return []any{map[string]any{"type": "pointer", "id": "mouse", "parameters": map[string]any{"pointerType": "mouse"}, "actions": []any{
		map[string]any{"type": "pointerMove", "x": at[0], "y": at[1], "duration": 0},
		map[string]any{"type": "pointerDown", "button": left},
		map[string]any{"type": "pointerUp", "button": left},
	}}}
}

// pressed describes a key that is pressed and released.
func pressed(key string) []any {
	if code, ok := keyCodes[key]; ok {
		key = code
	}
	return []any{map[string]any{"type": "key", "id": "keyboard", "actions": []any{
		map[string]any{"type": "keyDown", "value": key},
		map[string]any{"type": "keyUp", "value": key},
	}}}
}

// keyCodes are the keys that write nothing: https://www.w3.org/TR/webdriver2/#keyboard-actions.
var keyCodes = map[string]string{
	Enter: "\uE007", ArrowUp: "\uE013", ArrowDown: "\uE015", ArrowLeft: "\uE012", ArrowRight: "\uE014", TabKey: "\uE004",
}
