// Package browser opens a page in a real browser for a test and talks to it: in Chromium, which can do most, in Firefox or in WebKit.
// It knows nothing of the page.
package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// Patience is how long a tab lives: long enough for a busy machine, short enough that nothing hangs.
const Patience = 10 * time.Minute

// pollEvery is how often Wait looks: rarely enough to leave the page's thread alone.
const pollEvery = 100 * time.Millisecond

// driver is what every browser can do with an open page.
type driver interface {
	before(script string) error // from now on runs first in every page
	navigate(url string) error
	evaluate(expression string, await bool) (json.RawMessage, error) // empty for what JSON does not have
	click(selector string) error
	key(key string) error // pressed where the keyboard's focus is
}

// Tab is a page in a browser of its own. Its methods fail the test when the browser does. Those that only Chromium has end a test that
// calls them of another browser's page.
type Tab struct {
	t      testing.TB
	ctx    context.Context // Chromium's
	driver driver

	mu     sync.Mutex
	errors []string
}

// find returns the path of a program by one of its names. Without one it skips the test and says how to get it; where the environment
// has CI=true it fails the test instead, so that nobody mistakes a skip for a pass.
func find(t testing.TB, advice string, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, "no "+advice)
	return ""
}

// missing ends a test that lacks a browser.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// note keeps an error of the page's console.
func (tab *Tab) note(text string) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.errors = append(tab.errors, text)
}

// must ends the test if the browser cannot do something.
func (tab *Tab) must(what string, err error) {
	tab.t.Helper()
	if err != nil {
		tab.t.Fatalf("cannot %s: %v\nconsole errors: %q", what, err, tab.ConsoleErrors())
	}
}

// decoded is the value of an expression.
func decoded[T any](value json.RawMessage) (v T, err error) {
	if len(value) == 0 || string(value) == "null" {
		switch reflect.TypeFor[T]().Kind() {
		case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface:
			return v, nil
		}
		return v, errors.New("it has no value")
	}
	err = json.Unmarshal(value, &v)
	return v, err
}

// ConsoleErrors returns the console's errors so far.
func (tab *Tab) ConsoleErrors() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return append([]string(nil), tab.errors...)
}

// Go opens a URL.
func (tab *Tab) Go(url string) {
	tab.t.Helper()
	tab.must("open "+url, tab.driver.navigate(url))
}

// Before has a script run in every page before the page's own. WebKit's driver cannot do that.
func (tab *Tab) Before(script string) {
	tab.t.Helper()
	tab.must("prepare the page", tab.driver.before(script))
}

// Eval returns the value of a JavaScript expression. It waits for the elements that the expression reads.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	for end := time.Now().Add(drawn); ; time.Sleep(pollEvery) {
		value, err := tab.driver.evaluate(expression, false)
		if err == nil {
			v, err := decoded[T](value)
			tab.must("read the value of "+expression, err)
			return v
		}
		if !early(err) || time.Now().After(end) {
			tab.t.Fatalf("cannot evaluate %s: %v\nconsole errors: %q", expression, err, tab.ConsoleErrors())
		}
	}
}

// drawn is how long a page may take to draw an element that an expression reads.
const drawn = 2 * time.Minute

// early tells that an expression failed because the page was not yet there: it was being loaded, or an element had not been drawn.
func early(err error) bool {
	for _, text := range []string{"navigated", "properties of null (", " is null", "null is not an object"} { // as each browser says it
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

// Await returns the value of a JavaScript expression that is a promise.
func Await[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	value, err := tab.driver.evaluate(expression, true)
	tab.must("wait for "+expression, err)
	v, err := decoded[T](value)
	tab.must("read the value of "+expression, err)
	return v
}

// Text returns what an element shows, "" if there is none.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	return Eval[string](tab, fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector))
}

// outsideBody is what an element beside the body has, even if it is folded: a page may say there why it has ended.
const outsideBody = "[...document.documentElement.children].filter((e) => e !== document.body && e !== document.head).map((e) => e.textContent).join()"

// Wait waits until a JavaScript expression is true, at most for the given time.
func (tab *Tab) Wait(expression string, most time.Duration) {
	tab.t.Helper()
	for end := time.Now().Add(most); ; time.Sleep(pollEvery) {
		yes, err := tab.driver.evaluate("Boolean("+expression+")", false)
		if string(yes) == "true" {
			return
		}
		if err != nil && !early(err) {
			tab.t.Fatalf("cannot evaluate %s: %v\nconsole errors: %q", expression, err, tab.ConsoleErrors())
		}
		if time.Now().After(end) {
			tab.t.Fatalf("after %v still not: %s\nthe page shows: %s\nbefore it: %s\nconsole errors: %q",
				most, expression, tab.Text("body"), Eval[string](tab, outsideBody), tab.ConsoleErrors())
		}
	}
}

// still is a condition: an element can be pressed, and is where it was when that was last asked. What loads above an element
// moves it away from under the mouse.
const still = `((selector) => {
	const e = document.querySelector(selector);
	if (!e?.matches('a[href], :enabled:not([aria-disabled=true])')) return false;
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
		tab.Wait(fmt.Sprintf(still, selector), drawn)
		Eval[any](tab, fmt.Sprintf(aim, selector))
		tab.must("press "+selector, tab.driver.click(selector))
		missed, err := tab.driver.evaluate("window.hit === false", false)
		if err != nil || string(missed) != "true" { // an error: the click has led to another page
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
	tab.Wait(focus, drawn)
	tab.must("press a key on "+selector, tab.driver.key(key))
}

// Key presses a key wherever the keyboard's focus is.
func (tab *Tab) Key(key string) {
	tab.t.Helper()
	tab.must("press a key", tab.driver.key(key))
}
