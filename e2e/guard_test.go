package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"unpool/internal/browser"
)

// ready is a JavaScript condition: the page's program runs, and Train can be pressed.
const ready = "document.querySelector('#train')?.matches(':enabled')"

// tells waits until an element shows all of the words.
func tells(tab *browser.Tab, selector string, words ...string) {
	for _, w := range words {
		tab.Wait(fmt.Sprintf("document.querySelector(%q)?.innerText.includes(%q)", selector, w), soon)
	}
}

// A browser that lacks something essential is told so, by name, instead of a progress of 0 %.
func TestWhatABrowserLacksIsNamed(t *testing.T) {
	site := start(t)
	for lack, without := range map[string]string{
		"WebAssembly":         "delete window.WebAssembly",
		"Web Workers":         "delete window.Worker",
		"DecompressionStream": "delete window.DecompressionStream",
		"AbortSignal.timeout": "delete AbortSignal.timeout",
	} {
		t.Run(lack, func(t *testing.T) {
			tab := browser.Open(t)
			tab.Before(without)
			tab.Go(site)
			tells(tab, "#stopped", "lacks what this page is made with", lack, "Firefox", "Reload")
			if browser.Eval[bool](tab, "document.querySelector('#app-wasm-loader')?.checkVisibility() ?? false") {
				t.Error("the page still says that it loads its program")
			}
			if lack == "WebAssembly" {
				everybody(t, tab, "without "+lack)
			}
		})
	}
}

// The page works without what is not essential: it starts, trains and remembers as long as the tab.
func TestThePageDoesWithout(t *testing.T) {
	site := start(t)
	for name, without := range map[string]string{
		"what is not there": `
			for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { configurable: true, value: null });
			Object.defineProperty(window, 'indexedDB', { configurable: true, value: undefined });
			for (const name of ['clipboard', 'locks', 'serviceWorker', 'storage']) delete Navigator.prototype[name];`,
		"what is forbidden": `
			const no = () => { throw new DOMException('The operation is insecure.', 'SecurityError'); };
			for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { configurable: true, get: no });
			Object.defineProperty(navigator, 'serviceWorker', { get: no });
			StorageManager.prototype.persisted = StorageManager.prototype.persist = StorageManager.prototype.estimate = no;
			IDBFactory.prototype.open = no;
			history.replaceState = no;`, // as some browsers do when it is called often
		"storage that is full": `Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab := browser.Open(t)
			tab.Before(without)
			tab.Go(address(t, site, 20, 10))
			tab.Click("#train")
			tab.Wait(stateIs("done"), later)
			if name == "what is forbidden" {
				everybody(t, tab, name)
			}
			tab.Click(".theme")
			tab.Wait("document.documentElement.dataset.theme === 'light'", soon)
			if text := tab.Text("#stopped"); text != "" {
				t.Errorf("the page says that its program has ended: %s", text)
			}
		})
	}
}

// "Copied" is shown only when it was; otherwise the link is there to be copied by hand.
func TestCopyingALink(t *testing.T) {
	site := start(t)
	const refused = `navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));`
	for name, c := range map[string]struct {
		before string
		copied bool
	}{
		"without a clipboard":                      {`delete Navigator.prototype.clipboard;`, true}, // in the old way
		"without a clipboard, nor in the old way":  {`delete Navigator.prototype.clipboard; document.execCommand = () => false;`, false},
		"without a clipboard, nor any way":         {`delete Navigator.prototype.clipboard; Document.prototype.execCommand = undefined;`, false},
		"with a clipboard that refuses":            {refused + `document.execCommand = () => false;`, false},
		"with a clipboard that is asked correctly": {`navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); };`, true},
	} {
		t.Run(name, func(t *testing.T) {
			tab := browser.Open(t)
			tab.Before(c.before)
			tab.Go(site)
			tab.Click("#fold-export")
			tab.Click("#copy-link")
			if c.copied {
				tells(tab, ".exports", "Copied.")
			} else {
				tells(tab, ".exports", "does not let the page copy")
				if link := browser.Eval[string](tab, "document.querySelector('#link').value"); !strings.HasPrefix(link, site+"?") {
					t.Errorf("the link to copy is %q", link)
				}
			}
			if strings.Contains(name, "correctly") {
				if text := browser.Eval[string](tab, "window.copied"); !strings.Contains(text, "net=rnn+128") {
					t.Errorf("it copied %q", text)
				}
			}
			tab.Click("#fold-settings") // the page still works
			tab.Wait("document.querySelector('#setting-batch')", soon)
		})
	}
}

// When the program ends, by a panic or by what a script throws in it, the page says so and can be reloaded.
func TestAProgramThatEndsIsTold(t *testing.T) {
	site := start(t)
	for name, transfer := range map[string]string{
		"by an exception": "get() { throw new Error('provoked'); }", // of a property that is read, which no Go program can catch
		"by a panic":      "value: { types: {} }",                   // which has no method includes
	} {
		t.Run(name, func(t *testing.T) {
			tab := browser.Open(t)
			tab.Go(site)
			tab.Wait(ready, soon)
			browser.Eval[bool](tab, "window.dispatchEvent(Object.defineProperty(new Event('dragenter'), 'dataTransfer', { "+transfer+" }))")
			tells(tab, "#stopped", "The page’s program has stopped", "Reload")
			browser.Eval[bool](tab, "(document.querySelector('#stopped summary').click(), true)")
			tab.Wait("document.querySelector('#stopped pre').innerText.length > 10", soon)
			if name == "by a panic" {
				everybody(t, tab, "the program has panicked")
			}
			tab.Click("#stopped button")
			tab.Wait(ready+" && !document.querySelector('#stopped')", later)
		})
	}
}

// Without JavaScript the page says what it needs, and does not say that it loads.
func TestWithoutJavaScript(t *testing.T) {
	tab := browser.Open(t)
	tab.WithoutScripts()
	tab.Go(start(t))
	tells(tab, "noscript", "needs JavaScript and WebAssembly", "reload")
	if browser.Eval[bool](tab, "document.querySelector('#app-wasm-loader').checkVisibility()") {
		t.Error("the page says that it loads its program")
	}
}

// Over plain http the page works with less, and says so.
func TestPlainHTTP(t *testing.T) {
	site, err := url.Parse(start(t, "-addr", "0.0.0.0:0"))
	if err != nil {
		t.Fatal(err)
	}
	site.Host = "0.0.0.0:" + site.Port() // an address that no browser trusts, and that needs no name
	tab := browser.Open(t)
	tab.Go(site.String())
	tells(tab, ".notices", "plain http", "one thread")
	if browser.Eval[bool](tab, "isSecureContext || 'clipboard' in navigator || crossOriginIsolated") {
		t.Fatal("the browser trusts the connection")
	}
	tab.Click("#fold-export")
	tab.Click("#copy-link")
	tells(tab, ".exports", "Copied.")
	everybody(t, tab, "over plain http")
	tab.Go(address(t, "http://"+site.Host+"/", 20, 10))
	tab.Click("#train")
	tab.Wait(stateIs("done"), later)
}
