// Package browser opens a page in a real Chromium for a test and talks to it. It knows nothing of the page.
package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Patience is how long a tab lives: long enough for a busy machine, short enough that nothing hangs.
const Patience = 6 * time.Minute

// pollEvery is how often Wait looks: rarely enough to leave the page's thread alone.
const pollEvery = 100 * time.Millisecond

// chromiums are the names of Chromium's programs. The shell comes first: it is Chromium without a window or a user interface, and starts with a quarter of
// the work.
var chromiums = []string{"chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}

// Find returns the path of a Chromium. Without one it skips the test and says how to get one; where the environment
// has CI=true it fails the test instead, so that nobody takes a skip for a pass.
func Find(t testing.TB) string {
	t.Helper()
	noteSources()
	for _, name := range chromiums {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const advice = "no Chromium on the PATH; install it: apt-get install chromium (Debian), brew install --cask chromium (macOS)"
	if os.Getenv("CI") == "true" {
		t.Fatal(advice)
	}
	t.Skip(advice)
	return ""
}

// Tab is a page in a browser of its own. Its methods fail the test when the browser does.
type Tab struct {
	t   testing.TB
	ctx context.Context

	mu     sync.Mutex
	errors []string
}

// Open starts a Chromium with an empty profile and one empty tab. Both end with the test, or after Patience.
func Open(t testing.TB) *Tab {
	t.Helper()
	return OpenFor(t, Patience)
}

// OpenFor is Open with a patience of its own.
func OpenFor(t testing.TB, patience time.Duration) *Tab {
	t.Helper()
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(Find(t)),
		chromedp.Headless, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.NoSandbox,                           // containers forbid the sandbox, and only our own pages are opened
		chromedp.Flag("enable-crash-reporter", true), // without it, a trap in WebAssembly ends the shell's page
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), // small in containers
		chromedp.WSURLReadTimeout(time.Minute),
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithLogf(t.Logf), chromedp.WithErrorf(t.Logf))
	t.Cleanup(cancel)
	tab := &Tab{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, tab.listen); err != nil {
		t.Fatalf("cannot start Chromium: %v", err)
	}
	return tab
}

// listen keeps what the console calls an error: from console.error, from an exception, from the network.
func (tab *Tab) listen(event any) {
	text := ""
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var parts []string
			for _, a := range e.Args {
				parts = append(parts, string(a.Value)+a.Description)
			}
			text = strings.Join(parts, " ")
		}
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			text = e.Entry.Text + " " + e.Entry.URL
		}
	}
	if text == "" {
		return
	}
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.errors = append(tab.errors, text)
}

// ConsoleErrors returns the console's errors so far.
func (tab *Tab) ConsoleErrors() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return append([]string(nil), tab.errors...)
}

// run does something in a tab, or ends the test.
func run[T any](tab *Tab, what string, action chromedp.Action[T]) T {
	tab.t.Helper()
	v, err := chromedp.Run(tab.ctx, action)
	if err != nil {
		tab.t.Fatalf("cannot %s: %v\nconsole errors: %q", what, err, tab.ConsoleErrors())
	}
	return v
}

// command is an action that sends one command of the DevTools protocol.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[R] {
	return func(ctx context.Context, t *chromedp.Target) (R, error) { return cdp.Call(ctx, t, c, params) }
}

// Go opens a URL.
func (tab *Tab) Go(url string) {
	tab.t.Helper()
	run(tab, "open "+url, chromedp.Navigate(url))
}

// Before has a script run in every page before the page's own.
func (tab *Tab) Before(script string) {
	tab.t.Helper()
	run(tab, "prepare the page", command(page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: script}))
}

// WithoutScripts has pages that are opened from now on run no scripts.
func (tab *Tab) WithoutScripts() {
	tab.t.Helper()
	run(tab, "switch scripts off", command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
}

// Eval returns the value of a JavaScript expression. It waits for the elements that the expression reads.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	for end := time.Now().Add(drawn); ; time.Sleep(pollEvery) {
		v, err := chromedp.Run(tab.ctx, chromedp.Evaluate[T](expression))
		if err == nil {
			return v
		}
		if !early(err) || time.Now().After(end) {
			tab.t.Fatalf("cannot evaluate %s: %v\nconsole errors: %q", expression, err, tab.ConsoleErrors())
		}
	}
}

// drawn is how long a page may take to draw an element that an expression reads.
const drawn = time.Minute

// early tells that an expression failed because the page was not yet there: it was being loaded, or an element had not been drawn.
func early(err error) bool {
	return strings.Contains(err.Error(), "navigated") || strings.Contains(err.Error(), "properties of null (")
}

// Await returns the value of a JavaScript expression that is a promise.
func Await[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	return run(tab, "wait for "+expression, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Text returns what an element shows, "" if there is none.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	return Eval[string](tab, fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector))
}

// Wait waits until a JavaScript expression is true, at most for the given time.
func (tab *Tab) Wait(expression string, most time.Duration) {
	tab.t.Helper()
	for end := time.Now().Add(most); ; time.Sleep(pollEvery) {
		yes, err := chromedp.Run(tab.ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		if yes {
			return
		}
		if err != nil && !early(err) {
			tab.t.Fatalf("cannot evaluate %s: %v\nconsole errors: %q", expression, err, tab.ConsoleErrors())
		}
		if time.Now().After(end) {
			tab.t.Fatalf("after %v still not: %s\nthe page shows: %s\nconsole errors: %q",
				most, expression, tab.Text("body"), tab.ConsoleErrors())
		}
	}
}

// still is a condition: an element can be pressed, and stands where it stood when that was last asked. What loads above an element
// moves it away from under the mouse.
const still = `((selector) => {
	const e = document.querySelector(selector);
	if (!e?.matches(':enabled:not([aria-disabled=true])')) return false;
	e.scrollIntoView({ block: 'nearest' });
	const { x, y, width, height } = e.getBoundingClientRect();
	const before = window.stoodAt;
	window.stoodAt = [selector, x, y, width, height].join();
	return window.stoodAt === before;
})(%q)`

// aim has the page note in window.hit whether the next click is on an element, true or false; null before it comes.
const aim = `((selector) => {
	window.hit = null;
	document.addEventListener('click', (e) => { window.hit = Boolean(e.target.closest(selector)); }, { capture: true, once: true });
})(%q)`

// Click waits until an element can be pressed, and presses it: again where it has moved away from under the mouse at that moment.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	for {
		tab.Wait(fmt.Sprintf(still, selector), time.Minute)
		Eval[any](tab, fmt.Sprintf(aim, selector))
		run(tab, "press "+selector, chromedp.Click(chromedp.CSS(selector)))
		missed, err := chromedp.Run(tab.ctx, chromedp.Evaluate[bool]("window.hit === false"))
		if err != nil || !missed { // an error: the click has led to another page
			return
		}
	}
}

// The keys for Press.
const (
	Enter      = kb.Enter
	Space      = " "
	ArrowUp    = kb.ArrowUp
	ArrowDown  = kb.ArrowDown
	ArrowLeft  = kb.ArrowLeft
	ArrowRight = kb.ArrowRight
	TabKey     = kb.Tab
)

// Press waits until an element is there that can have the keyboard's focus and is not switched off, gives it that, and presses a key.
func (tab *Tab) Press(selector, key string) {
	tab.t.Helper()
	focus := fmt.Sprintf("(() => { const e = document.querySelector(%q); e?.focus(); return e && e === document.activeElement && e.ariaDisabled !== 'true'; })()", selector)
	tab.Wait(focus, time.Minute)
	run(tab, "press a key on "+selector, chromedp.KeyEvent(key))
}

// Key presses a key wherever the keyboard's focus is.
func (tab *Tab) Key(key string) {
	tab.t.Helper()
	run(tab, "press a key", chromedp.KeyEvent(key))
}

// Look sets the size of the page in CSS pixels, and light or dark.
func (tab *Tab) Look(width, height int64, dark bool) {
	tab.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	run(tab, "set the size", chromedp.EmulateViewport(width, height))
	run(tab, "set the colour scheme", command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}))
}

// ForceColours has the page drawn in the few colours of a reader who has chosen them (forced-colors), until the next Look.
func (tab *Tab) ForceColours() {
	tab.t.Helper()
	run(tab, "force the colours", command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}},
	}))
}

// Viewport returns the part of the page that is on view as a PNG.
func (tab *Tab) Viewport() []byte {
	tab.t.Helper()
	return run(tab, "take a screenshot", chromedp.CaptureScreenshot())
}

// Screenshot returns the whole page as a PNG.
func (tab *Tab) Screenshot() []byte {
	tab.t.Helper()
	return run(tab, "take a screenshot", chromedp.FullScreenshot(100))
}
