package httpd

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestGuard(t *testing.T) {
	site := newSite(t, nil)
	const token = "SECRET"
	for _, test := range []struct {
		name, token, path string
		headers           []string
		want              int
	}{
		{"own address", "", "/", nil, 200},
		{"localhost", "", "/", []string{"Host", "localhost:9999"}, 200},
		{"IPv6", "", "/", []string{"Host", "[::1]:8080"}, 200},
		{"machine's name", "", "/", []string{"Host", "Lab-7:8080"}, 200},
		{"a name that leads here", "", "/", []string{"Host", "evil.example"}, 421},
		{"a name that leads here, for data", "", "/api/data.json", []string{"Host", "evil.example"}, 421},
		{"no name", "", "/", []string{"Host", ""}, 421},
		{"own origin", "", "/", []string{"Origin", "http://127.0.0.1:8080"}, 200},
		{"other origin", "", "/", []string{"Origin", "http://evil.example"}, 403},
		{"other port", "", "/", []string{"Origin", "http://127.0.0.1:9090"}, 403},
		{"sandboxed origin", "", "/", []string{"Origin", "null"}, 403},
		{"the page itself", "", "/api/data.json", []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors"}, 200},
		{"an address that was typed", "", "/api/data.json", []string{"Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate"}, 200},
		{"a link from another site", "", "/results/", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200},
		{"a link from another site to data", "", "/api/data.json", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 403},
		{"an image in another site", "", "/web/app.css", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"an image in the page of another port", "", "/api/data.json", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"no token", token, "/", nil, 401},
		{"no token, for data", token, "/api/data.json", nil, 401},
		{"wrong token", token, "/?token=WRONG", nil, 401},
		{"part of the token", token, "/?token=SECRE", nil, 401},
		{"token", token, "/?token=SECRET&steps=5", nil, 303},
		{"cookie", token, "/", []string{"Cookie", "unpool-token-8080=SECRET"}, 200},
		{"two cookies", token, "/", []string{"Cookie", "unpool-token-8080=OTHER; unpool-token-8080=SECRET"}, 200},
		{"another port's cookie", token, "/", []string{"Cookie", "unpool-token-8081=SECRET"}, 401},
		{"wrong cookie", token, "/web/app.wasm.gz", []string{"Cookie", "unpool-token-8080=OTHER"}, 401},
		{"a program", token, "/", []string{"Authorization", "Bearer SECRET"}, 200},
		{"a program with another token", token, "/", []string{"Authorization", "Bearer OTHER"}, 401},
		{"cookie, but a name that leads here", token, "/", []string{"Cookie", "unpool-token-8080=SECRET", "Host", "evil.example"}, 421},
		{"cookie, but another site", token, "/", []string{"Cookie", "unpool-token-8080=SECRET", "Origin", "http://evil.example"}, 403},
		{"nothing there", "", "/other", nil, 404},
		{"no slash", "", "/results", nil, 301},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := get(admit(site, access{Token: test.token, Names: []string{"", "lab-7"}, Port: "8080"}), test.path, test.headers...)
			if r.StatusCode != test.want {
				t.Errorf("status %d, want %d", r.StatusCode, test.want)
			}
			secured(t, r)
			text := body(t, r)
			if strings.Contains(text, token) {
				t.Errorf("it tells the token: %s", text)
			}
			if refused := r.StatusCode == 401 || r.StatusCode == 403 || r.StatusCode == 421; refused {
				if got := r.Header.Get("Cache-Control"); got != "no-store" {
					t.Errorf("a refusal has Cache-Control %q", got)
				}
				var p Problem
				if err := json.Unmarshal([]byte(text), &p); strings.HasPrefix(test.path, "/api/") && (err != nil || p.Status != test.want || p.Code.Status() != test.want || p.Detail == "") {
					t.Errorf("a program is told %q", text)
				}
			}
		})
	}
}

// secured checks that an answer has the security headers.
func secured(t *testing.T, r *http.Response) {
	t.Helper()
	for name, want := range map[string]string{
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Embedder-Policy": "require-corp",
		"Cross-Origin-Resource-Policy": "same-origin",
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "no-referrer",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if csp := r.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; ") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("the policy is %q", csp)
	}
}

// Of inline scripts a page runs its own.
func TestPolicy(t *testing.T) {
	r := get(admit(newSite(t, nil), access{}), "/")
	secured(t, r)
	// printf %s 'start()' | openssl dgst -sha256 -binary | base64
	const inline = "'sha256-DIm7WJS6ZKDYe5qFLPy+h4JFI9Bol5QmYC57mt3Fb00='"
	csp := r.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "script-src 'self' 'wasm-unsafe-eval' "+inline+";") {
		t.Errorf("the policy %q does not allow the page's inline script alone", csp)
	}
}

// The token goes into a cookie that scripts and other sites cannot use, and over HTTPS only where the server speaks that; and out of the address.
func TestTokenBecomesACookie(t *testing.T) {
	site := newSite(t, nil)
	for _, secure := range []bool{false, true} {
		admitted := admit(site, access{Token: "SECRET", Port: "8080", Secure: secure})
		r := get(admitted, "/?token=SECRET&steps=5")
		if to := r.Header.Get("Location"); to != "/?steps=5" {
			t.Errorf("sent on to %q, want /?steps=5", to)
		}
		c := r.Cookies()
		if len(c) != 1 || c[0].Name != "unpool-token-8080" || !c[0].HttpOnly || c[0].SameSite != http.SameSiteStrictMode || c[0].Secure != secure {
			t.Fatalf("cookies %v", c)
		}
		if again := get(admitted, "/", "Cookie", c[0].Name+"="+c[0].Value); again.StatusCode != http.StatusOK {
			t.Errorf("with its cookie: status %d", again.StatusCode)
		}
		r = get(admitted, "http://127.0.0.1:8080//evil.example/?token=SECRET")
		if to := r.Header.Get("Location"); to != "/evil.example/" {
			t.Errorf("sent on to %q, want a path on this server", to)
		}
	}
}

// A request without permission has no effect, with any method.
func TestGuardBeforeAll(t *testing.T) {
	admitted := admit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.Errorf("%s %s came through", r.Method, r.URL) }), access{Token: "SECRET"})
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "NONSENSE"} {
		for _, path := range []string{"/", "/api/runs", "/api/events", "/api/openapi.json", "/web/app.css"} {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(method, path, nil)
			r.Host = "127.0.0.1:8080"
			if admitted.ServeHTTP(w, r); w.Code != http.StatusUnauthorized {
				t.Errorf("%s %s: status %d, want 401", method, path, w.Code)
			}
		}
	}
}

func TestLoopback(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:8080": true, "[::1]:80": true, "localhost:1": true,
		"0.0.0.0:8080": false, "[::]:8080": false, "192.168.1.7:80": false, "lab-7:80": false,
	} {
		if got := loopback(address); got != want {
			t.Errorf("loopback(%q) = %v, want %v", address, got, want)
		}
	}
}
