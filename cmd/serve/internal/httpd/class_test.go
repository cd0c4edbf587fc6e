package httpd

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"image/color"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/boombuler/barcode/qr"

	"unpool/core/api"
)

// taught is a site with runs, a class and a token for each.
func taught(t *testing.T) (admitted http.Handler, class *Class) {
	t.Helper()
	class = &Class{link: "http://192.0.2.7:8080/?token=PUPILS", ended: t.Context()}
	runs := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "runs") })
	site := newSite(t, nil)
	site.AddSets(Set{Name: "pets", Files: []string{"images"}, Find: func() string { return "pets.zip" }, Open: func(context.Context) (map[string][]byte, error) {
		return map[string][]byte{"images": []byte("pixels")}, nil
	}})
	return admit(site.WithAPI(runs, class), access{Token: "SECRET", Class: "PUPILS", Port: "8080"}), class
}

const (
	teacher = "unpool-token-8080=SECRET"
	pupil   = "unpool-class-8080=PUPILS"
)

// The class's link opens the site and its images, and nothing of what the server stores.
func TestWhatTheClassMayDo(t *testing.T) {
	admitted, _ := taught(t)
	for _, test := range []struct {
		method, path, cookie string
		want                 int
		says                 string
	}{
		{"GET", "/", pupil, 200, ""},
		{"GET", "/web/app.wasm.gz", pupil, 200, ""},
		{"GET", "/api/data.json", pupil, 200, "pets"},
		{"GET", "/api/data/pets/images", pupil, 200, "pixels"},
		{"GET", "/api/machine", pupil, 200, "null"},
		{"GET", "/api/class", pupil, 200, `"member":true`},
		{"GET", "/api/class.svg", pupil, 403, "not the server's runs"},
		{"GET", "/api/kit.zip", pupil, 403, "not the server's runs"},
		{"GET", "/api/runs", pupil, 403, "not the server's runs"},
		{"GET", "/api/events", pupil, 403, ""},
		{"GET", "/api/machines", pupil, 403, ""},
		{"GET", "/api/openapi.json", pupil, 403, ""},
		{"POST", "/api/machine", pupil, 403, ""},
		{"POST", "/api/runs", pupil, 403, ""},
		{"DELETE", "/api/runs/a", pupil, 403, ""},
		{"POST", "/api/class", pupil, 200, "runs"}, // as the API answers it, which has no such path
		{"GET", "//api/runs", pupil, 307, ""},      // to /api/runs
		{"GET", "/api/data/../runs", pupil, 307, ""},
		{"CONNECT", "//api/runs", pupil, 405, ""},
		{"GET", "/api/runs", teacher, 200, "runs"},
		{"GET", "/api/runs", teacher + "; " + pupil, 200, "runs"},
		{"GET", "/api/class", teacher, 200, "token=PUPILS"},
		{"GET", "/api/class/open", teacher, 404, ""},
		{"GET", "/api/class", "", 401, ""},
		{"GET", "/api/class.svg", "", 401, ""},
		{"GET", "/api/kit.zip", "", 401, ""},
		{"GET", "/api/class/open", "", 401, ""},
	} {
		r := httptest.NewRequest(test.method, "/", nil)
		r.URL.Path, r.Host = test.path, "127.0.0.1:8080"
		r.Header.Set("Cookie", test.cookie)
		w := httptest.NewRecorder()
		admitted.ServeHTTP(w, r)
		if text := w.Body.String(); w.Code != test.want || !strings.Contains(text, test.says) || strings.Contains(text, "SECRET") {
			t.Errorf("%s %s with %q: %d, %.200s; want %d, %q", test.method, test.path, test.cookie, w.Code, text, test.want, test.says)
		}
	}
	refused := get(admitted, "/", "Authorization", "Bearer PUPIL")
	if refused.StatusCode != http.StatusUnauthorized {
		t.Errorf("part of the class's token is answered with %d", refused.StatusCode)
	}
}

// A link gives a browser more, and never less.
func TestTheBetterTokenIsKept(t *testing.T) {
	admitted, _ := taught(t)
	for _, test := range []struct{ had, link, set string }{
		{"", "PUPILS", "PUPILS"}, {"", "SECRET", "SECRET"}, {pupil, "SECRET", "SECRET"}, {teacher, "PUPILS", ""}, {pupil, "PUPILS", ""}, {teacher, "SECRET", ""},
	} {
		r := get(admitted, "/learn/?token="+test.link, "Cookie", test.had)
		set := ""
		for _, c := range r.Cookies() {
			set = c.Value
			if of := map[string]http.SameSite{"unpool-class-8080": http.SameSiteLaxMode, "unpool-token-8080": http.SameSiteStrictMode}[c.Name]; c.SameSite != of || (set == "PUPILS") != (of == http.SameSiteLaxMode) {
				t.Errorf("the cookie is %s", c)
			}
		}
		if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/learn/" || set != test.set {
			t.Errorf("with %q, the link with %s: %d to %q, cookie %q; want %q", test.had, test.link, r.StatusCode, r.Header.Get("Location"), set, test.set)
		}
	}
}

func TestClassToken(t *testing.T) {
	a, again, b := classToken("one"), classToken("one"), classToken("two")
	if a != again || a == b || len(a) != 10 || strings.Trim(a, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		t.Errorf("%q, %q, %q", a, again, b)
	}
}

// Pages of the class are counted while they are open.
func TestOpenPagesAreCounted(t *testing.T) {
	admitted, class := taught(t)
	site := httptest.NewServer(admitted)
	defer site.Close()
	count := func() int64 {
		var s api.ClassState
		if err := json.Unmarshal([]byte(body(t, get(admitted, "/api/class", "Cookie", teacher))), &s); err != nil {
			t.Fatal(err)
		}
		return s.Open
	}
	until := func(want int64) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); count() != want; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%d pages are open, want %d", count(), want)
			}
		}
	}
	open := func(ctx context.Context) io.Closer {
		t.Helper()
		r, err := http.NewRequestWithContext(ctx, "GET", site.URL+"/api/class/open", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", pupil)
		answer, err := http.DefaultClient.Do(r)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatal(answer, err)
		}
		if _, err := io.ReadFull(answer.Body, make([]byte, 1)); err != nil {
			t.Error(err)
		}
		return answer.Body
	}
	ctx, leave := context.WithCancel(t.Context())
	first, second := open(t.Context()), open(ctx)
	until(2)
	leave()
	until(1)
	first.Close()
	second.Close()
	until(0)
	class.open.Store(mostOpen)
	if r := get(admitted, "/api/class/open", "Cookie", pupil); r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" {
		t.Errorf("one page too many is answered with %d", r.StatusCode)
	}
	if n := class.open.Load(); n != mostOpen {
		t.Errorf("it is counted: %d", n)
	}
}

// The picture has the modules of the QR code, and an edge of four around them.
func TestCode(t *testing.T) {
	const link = "http://192.168.100.200:8080/?token=abcdefghij"
	picture, err := code(link)
	if err != nil {
		t.Fatal(err)
	}
	var svg struct {
		ViewBox string `xml:"viewBox,attr"`
		Paths   []struct {
			D string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal(picture, &svg); err != nil || len(svg.Paths) != 2 {
		t.Fatalf("%s: %v", picture, err)
	}
	want, err := qr.Encode(link, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	size := want.Bounds().Dx()
	dark := map[[2]int]bool{}
	for _, module := range strings.SplitAfter(svg.Paths[1].D, "z") {
		var x, y int
		if n, _ := fmt.Sscanf(module, "M%d %dh1v1h-1z", &x, &y); n == 2 {
			dark[[2]int{x, y}] = true
		}
	}
	for y := range size + 8 {
		for x := range size + 8 {
			inside := x >= 4 && y >= 4 && x < size+4 && y < size+4
			if is := inside && want.At(x-4, y-4) == color.Gray16Model.Convert(color.Black); is != dark[[2]int{x, y}] {
				t.Fatalf("module %d, %d is dark: %t, want %t", x, y, !is, is)
			}
		}
	}
}
