package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// webkit is a page by WebDriver: https://www.w3.org/TR/webdriver2/.
type webkit struct {
	ctx     context.Context
	session string // its address
}

// miniBrowsers is where Debian has WebKit's smallest browser, which is not on the PATH.
const miniBrowsers = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"

func openWebKit(t testing.TB, env ...string) *Tab {
	t.Helper()
	const install = "; install it: apt-get install webkit2gtk-driver xvfb (Debian)"
	driver, screen := find(t, "WebKitWebDriver on the PATH"+install, "WebKitWebDriver"), find(t, "Xvfb on the PATH"+install, "Xvfb")
	browsers, _ := filepath.Glob(miniBrowsers)
	if len(browsers) == 0 {
		missing(t, "no "+miniBrowsers+install)
	}
	display := started(t, regexp.MustCompile(`^(\d+)$`), exec.Command(screen, "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"))
	address := freeAddress(t)
	started(t, nil, exec.Command(driver, "--host=127.0.0.1", "--port="+strconv.Itoa(address.Port)), append(env, "DISPLAY=:"+display, "LIBGL_ALWAYS_SOFTWARE=1")...)
	w := &webkit{ctx: patient(t), session: "http://" + address.String() + "/session"}
	tab := &Tab{t: t, driver: w}
	tab.must("find WebKit's driver", w.listening())
	var session struct {
		ID string `json:"sessionId"`
	}
	tab.must("begin a session", w.send(http.MethodPost, "", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"webkitgtk:browserOptions": map[string]any{"binary": browsers[len(browsers)-1], "args": []string{"--automation"}},
	}}}, &session))
	w.session += "/" + session.ID
	t.Cleanup(func() {
		if err := w.send(http.MethodDelete, "", nil, nil); err != nil {
			t.Log("cannot end WebKit's session: ", err)
		}
	})
	tab.must("be patient", w.send(http.MethodPost, "/timeouts", map[string]any{"script": Patience.Milliseconds(), "pageLoad": Patience.Milliseconds()}, nil))
	return tab
}

// freeAddress is one of this machine at which nothing listens.
func freeAddress(t testing.TB) *net.TCPAddr {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr)
}

// listening waits until the driver answers, which says nothing when it begins to listen.
func (w *webkit) listening() error {
	for end := time.Now().Add(starting); ; time.Sleep(pollEvery) {
		response, err := http.Get(strings.TrimSuffix(w.session, "session") + "status")
		if err == nil {
			return response.Body.Close()
		}
		if time.Now().After(end) {
			return err
		}
	}
}

// send sends a command to an address below the session's and reads the value of the answer.
func (w *webkit) send(method, path string, params map[string]any, value any) error {
	body, err := json.Marshal(params)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(w.ctx, method, w.session+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer struct {
		Value json.RawMessage `json:"value"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, answer.Value)
	}
	if value == nil {
		return nil
	}
	return json.Unmarshal(answer.Value, value)
}

func (w *webkit) before(string) error { return errors.ErrUnsupported }

func (w *webkit) navigate(url string) error {
	return w.send(http.MethodPost, "/url", map[string]any{"url": url}, nil)
}

func (w *webkit) evaluate(expression string, await bool) (json.RawMessage, error) {
	command, script := "/execute/sync", "return JSON.stringify("+expression+")"
	if await {
		command, script = "/execute/async", "Promise.resolve("+expression+").then((v) => arguments[0](JSON.stringify(v)))"
	}
	var text *string
	err := w.send(http.MethodPost, command, map[string]any{"script": script, "args": []any{}}, &text)
	if err != nil || text == nil {
		return nil, err
	}
	return json.RawMessage(*text), nil
}

func (w *webkit) click(selector string) error {
	value, err := w.evaluate(middle(selector), false)
	if err != nil {
		return err
	}
	at, err := decoded[[]float64](value)
	if err != nil {
		return err
	}
	return w.perform(clickAt(at))
}

func (w *webkit) key(key string) error { return w.perform(pressed(key)) }

func (w *webkit) perform(actions []any) error {
	return w.send(http.MethodPost, "/actions", map[string]any{"actions": actions}, nil)
}
