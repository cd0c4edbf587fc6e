package httpd

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// securityHeaders go with every answer. The first three isolate the page, which browsers demand before they share
// memory between threads.
var securityHeaders = [][2]string{
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Embedder-Policy", "require-corp"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
}

// policy is the content security policy: everything comes from this server. Programs may be compiled
// ('wasm-unsafe-eval'), elements may carry style attributes, which is how charts and go-app place things, and images
// may be made on the page (data:, blob:). Of inline scripts only those run that the pages have as rendered.
func policy(files map[string]*file, pages []string) (string, error) {
	scripts := "script-src 'self' 'wasm-unsafe-eval'"
	for _, page := range pages {
		html, err := files[page].unpack()
		if err != nil {
			return "", err
		}
		for _, match := range inlineScript.FindAllSubmatch(html, -1) {
			sum := sha256.Sum256(match[1])
			source := " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
			if !strings.Contains(scripts, source) { // pages share scripts
				scripts += source
			}
		}
	}
	return strings.Join([]string{
		"default-src 'none'", scripts, "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:",
		"connect-src 'self'", "worker-src 'self'", "manifest-src 'self'", "font-src 'self'",
		"base-uri 'self'", "form-action 'self'", "frame-ancestors 'none'",
	}, "; "), nil
}

var inlineScript = regexp.MustCompile(`(?s)<script>(.*?)</script>`)

// Guard lets only requests through that were meant for this server. The Host must be localhost, an IP address or one
// of names: a web page that lures a browser here through a DNS name of its own ("DNS rebinding") fails. An Origin must
// be this server's. If token is not empty, a request needs it once in its query, and a cookie carries it from then on; or, as programs do,
// in its header Authorization each time. The security headers go with every answer.
func Guard(next http.Handler, token string, names ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, header := range securityHeaders {
			w.Header().Set(header[0], header[1])
		}
		switch {
		case !knownHost(r.Host, names):
			http.Error(w, "this server is not known under the name in the address; use the address that it printed",
				http.StatusMisdirectedRequest)
		case !sameOrigin(r):
			http.Error(w, "requests from other sites are refused", http.StatusForbidden)
		case token == "" || hasCookie(r, token) || equal(r.Header.Get("Authorization"), "Bearer "+token):
			next.ServeHTTP(w, r)
		case equal(r.URL.Query().Get("token"), token):
			http.SetCookie(w, &http.Cookie{
				Name: cookieName, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
			})
			http.Redirect(w, r, withoutToken(r.URL), http.StatusSeeOther)
		default:
			http.Error(w, "open the address with the token that the server printed when it started",
				http.StatusUnauthorized)
		}
	})
}

// NewToken returns a secret for Guard.
func NewToken() string { return rand.Text() }

const cookieName = "unpool-token"

func hasCookie(r *http.Request, token string) bool {
	// Several may come: cookies are not kept apart by port.
	for _, c := range r.CookiesNamed(cookieName) {
		if equal(c.Value, token) {
			return true
		}
	}
	return false
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// withoutToken returns the path and query that the token was added to, so that it stays in no address bar.
func withoutToken(u *url.URL) string {
	q := u.Query()
	q.Del("token")
	// A path of two slashes would be another host.
	clean := url.URL{Path: "/" + strings.TrimLeft(u.Path, "/\\"), RawQuery: q.Encode()}
	return clean.String()
}

func knownHost(host string, names []string) bool {
	name := hostname(host)
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	for _, known := range append([]string{"localhost"}, names...) {
		if known != "" && strings.EqualFold(name, known) {
			return true
		}
	}
	return false
}

// hostname drops the port and the brackets of an IPv6 address.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

func sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
}

// Loopback reports whether an address to listen on is reachable from this machine only.
func Loopback(address string) bool {
	name := hostname(address)
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.IsLoopback() || name == "localhost"
}
