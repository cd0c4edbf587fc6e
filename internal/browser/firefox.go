package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// firefox is a page by WebDriver BiDi: https://www.w3.org/TR/webdriver-bidi/.
type firefox struct {
	ctx   context.Context
	conn  *websocket.Conn
	frame string // the browsing context

	mu      sync.Mutex
	last    int
	answers map[int]chan bidiMessage
}

// bidiMessage is an answer or an event.
type bidiMessage struct {
	ID      int             `json:"id"`
	Type    string          `json:"type"` // success, error or event
	Result  json.RawMessage `json:"result"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
	Method  string          `json:"method"`
	Params  struct {
		Level string `json:"level"`
		Text  string `json:"text"`
	} `json:"params"`
}

// firefoxSettings keep Firefox from its first visits to the network.
const firefoxSettings = `
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
`

func openFirefox(t testing.TB) *Tab {
	t.Helper()
	path := find(t, "Firefox on the PATH; install it: apt-get install firefox-esr (Debian), brew install --cask firefox (macOS)", "firefox-esr", "firefox")
	profile := t.TempDir()
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(firefoxSettings), 0o644); err != nil {
		t.Fatal(err)
	}
	address := started(t, regexp.MustCompile(`WebDriver BiDi listening on (ws://\S+)`),
		exec.Command(path, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"))
	f := &firefox{ctx: patient(t), answers: map[int]chan bidiMessage{}}
	tab := &Tab{t: t, driver: f}
	var err error
	f.conn, _, err = websocket.Dial(f.ctx, address+"/session", nil)
	tab.must("connect to Firefox", err)
	t.Cleanup(func() { f.conn.CloseNow() })
	f.conn.SetReadLimit(-1)
	go f.listen(tab)
	tab.must("begin a session", f.send("session.new", map[string]any{"capabilities": map[string]any{}}, nil))
	tab.must("listen to the console", f.send("session.subscribe", map[string]any{"events": []string{"log.entryAdded"}}, nil))
	var created struct {
		Context string `json:"context"`
	}
	// In the first tab the address line has the keyboard.
	tab.must("open a tab", f.send("browsingContext.create", map[string]any{"type": "tab"}, &created))
	f.frame = created.Context
	return tab
}

// givenUp is what Firefox says of a request that ended with its page, before the service worker had answered.
const givenUp = "Failed to load ‘’. A ServiceWorker intercepted the request"

// listen passes on answers, and notes errors of the console.
func (f *firefox) listen(tab *Tab) {
	for {
		var m bidiMessage
		if err := wsjson.Read(f.ctx, f.conn, &m); err != nil {
			f.mu.Lock()
			defer f.mu.Unlock()
			for _, answer := range f.answers {
				answer <- bidiMessage{Type: "error", Error: "the connection ended", Message: err.Error()}
			}
			clear(f.answers)
			return
		}
		if m.Type == "event" {
			if m.Params.Level == "error" && !strings.HasPrefix(m.Params.Text, givenUp) {
				tab.note(m.Params.Text)
			}
			continue
		}
		f.mu.Lock()
		if answer, ok := f.answers[m.ID]; ok {
			answer <- m
			delete(f.answers, m.ID)
		}
		f.mu.Unlock()
	}
}

// send sends a command and reads its result.
func (f *firefox) send(method string, params map[string]any, result any) error {
	answer := make(chan bidiMessage, 1)
	f.mu.Lock()
	f.last++
	id := f.last
	f.answers[id] = answer
	f.mu.Unlock()
	if err := wsjson.Write(f.ctx, f.conn, map[string]any{"id": id, "method": method, "params": params}); err != nil {
		return err
	}
	select {
	case m := <-answer:
		if m.Type == "error" {
			return fmt.Errorf("%s: %s: %s", method, m.Error, m.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(m.Result, result)
	case <-f.ctx.Done():
		return fmt.Errorf("%s: %w", method, f.ctx.Err())
	}
}

func (f *firefox) before(script string) error {
	return f.send("script.addPreloadScript", map[string]any{"functionDeclaration": "() => {" + script + "}"}, nil)
}

func (f *firefox) navigate(url string) error {
	return f.send("browsingContext.navigate", map[string]any{"context": f.frame, "url": url, "wait": "complete"}, nil)
}

func (f *firefox) evaluate(expression string, await bool) (json.RawMessage, error) {
	script := "JSON.stringify(" + expression + ")"
	if await {
		script = "Promise.resolve(" + expression + ").then(JSON.stringify)"
	}
	var answer struct {
		Type   string `json:"type"`
		Result struct {
			Value string `json:"value"`
		} `json:"result"`
		Exception struct {
			Text string `json:"text"`
		} `json:"exceptionDetails"`
	}
	err := f.send("script.evaluate", map[string]any{
		"expression": script, "target": map[string]any{"context": f.frame}, "awaitPromise": await, "resultOwnership": "none",
	}, &answer)
	if err == nil && answer.Type == "exception" {
		err = fmt.Errorf("exception: %s", answer.Exception.Text)
	}
	return json.RawMessage(answer.Result.Value), err
}

func (f *firefox) click(selector string) error {
	value, err := f.evaluate(middle(selector), false)
	if err != nil {
		return err
	}
	at, err := decoded[[]float64](value)
	if err != nil {
		return err
	}
	return f.perform(clickAt(at))
}

func (f *firefox) key(key string) error { return f.perform(pressed(key)) }

func (f *firefox) perform(actions []any) error {
	return f.send("input.performActions", map[string]any{"context": f.frame, "actions": actions}, nil)
}
