package browser

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromiums are the names of Chromium's programs. The shell comes first: it is Chromium without a window or a user interface, and starts with a quarter of
// the work.
var chromiums = []string{"chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}

// Find returns the path of a Chromium, or ends the test.
func Find(t testing.TB) string {
	t.Helper()
	noteSources()
	return find(t, "Chromium on the PATH; install it: apt-get install chromium (Debian), brew install --cask chromium (macOS)", chromiums...)
}

// chromium is a page by Chromium's own protocol.
type chromium struct{ ctx context.Context }

func (c chromium) before(script string) error {
	_, err := chromedp.Run(c.ctx, command(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}))
	return err
}

func (c chromium) navigate(url string) error {
	_, err := chromedp.Run(c.ctx, chromedp.Navigate(url))
	return err
}

func (c chromium) evaluate(expression string, await bool) (json.RawMessage, error) {
	var options []chromedp.EvaluateOption
	if await {
		options = append(options, chromedp.EvalAwaitPromise)
	}
	return chromedp.Run(c.ctx, chromedp.Evaluate[[]byte](expression, options...))
}

func (c chromium) click(selector string) error {
	_, err := chromedp.Run(c.ctx, chromedp.Click(chromedp.CSS(selector)))
	return err
}

func (c chromium) key(key string) error {
	_, err := chromedp.Run(c.ctx, chromedp.KeyEvent(key))
	return err
}

// Open starts a Chromium with an empty profile and one empty tab. Both end with the test, or after Patience.
func Open(t testing.TB) *Tab {
	t.Helper()
	return OpenFor(t, Patience)
}

// OpenFor is Open with a patience of its own.
func OpenFor(t testing.TB, patience time.Duration) *Tab {
	t.Helper()
	return openChromium(t, Find(t), patience)
}

// openWhole starts a Chromium with its user interface, though unseen.
func openWhole(t testing.TB) *Tab {
	t.Helper()
	whole := slices.DeleteFunc(slices.Clone(chromiums), func(name string) bool { return strings.HasSuffix(name, "-shell") })
	return openChromium(t, find(t, "Chromium with a user interface on the PATH", whole...), Patience)
}

func openChromium(t testing.TB, path string, patience time.Duration, more ...chromedp.ExecAllocatorOption) *Tab {
	t.Helper()
	options := append([]chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.Headless, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.NoSandbox,                           // containers forbid the sandbox, and only our own pages are opened
		chromedp.Flag("enable-crash-reporter", true), // without it, a trap in WebAssembly ends the shell's page
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), // small in containers
		chromedp.WSURLReadTimeout(time.Minute),
	}, more...)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithLogf(t.Logf), chromedp.WithErrorf(t.Logf))
	t.Cleanup(cancel)
	tab := &Tab{t: t, ctx: ctx, driver: chromium{ctx}}
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
	if text != "" {
		tab.note(text)
	}
}

// run does something in a tab of Chromium, or ends the test.
func run[T any](tab *Tab, what string, action chromedp.Action[T]) T {
	tab.t.Helper()
	if tab.ctx == nil {
		tab.t.Fatalf("only in Chromium can a test %s", what)
	}
	v, err := chromedp.Run(tab.ctx, action)
	tab.must(what, err)
	return v
}

// command is an action that sends one command of the DevTools protocol.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[R] {
	return func(ctx context.Context, t *chromedp.Target) (R, error) { return cdp.Call(ctx, t, c, params) }
}

// WithoutScripts has pages that are opened from now on run no scripts.
func (tab *Tab) WithoutScripts() {
	tab.t.Helper()
	run(tab, "switch scripts off", command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
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

// ReduceMotion has pages hear that the user asks for less motion (prefers-reduced-motion), until the next Look.
func (tab *Tab) ReduceMotion() {
	tab.t.Helper()
	run(tab, "reduce motion", command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}},
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
