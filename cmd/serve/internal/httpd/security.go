package httpd

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"unpool/core/api"
)

// securityHeaders go with every answer. The first three isolate the page, which browsers demand before they share
// memory between threads.
var securityHeaders = [][2]string{
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Embedder-Policy", "require-corp"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
	{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"}, // pages have another
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

// access says who may ask a server for something.
type access struct {
	Names  []string // of the server, besides localhost and IP addresses
	Token  string   // which a request must have; "" where none is needed
	Class  string   // with which a request may do what members of a class may; "" for no class
	Port   string   // of the server: browsers do not keep cookies apart by port, so it is part of the cookie's name
	Secure bool     // the server speaks HTTPS
}

// right is what a request may do.
type right int

const (
	none   right = iota
	member       // see forMembers
	owner
)

// gives is the right that a token gives.
func (a access) gives(token string) right {
	switch {
	case a.Token == "" || equal(token, a.Token):
		return owner
	case a.Class != "" && equal(token, a.Class):
		return member
	}
	return none
}

// admit lets only requests through that were meant for this server. The Host must be localhost, an IP address or one
// of the names: a web page that lures a browser here through a DNS name of its own ("DNS rebinding") fails. Other sites may link to pages,
// and nothing else: an Origin must be this server's, and so must Sec-Fetch-Site. Where there is a token, a request needs it once in its
// query, and a cookie carries it from then on, unless the browser has one that gives more; or, as programs do, in its header Authorization each time.
// The security headers go with every answer.
func admit(next http.Handler, a access) http.Handler {
	members := forMembers(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, header := range securityHeaders {
			w.Header().Set(header[0], header[1])
		}
		has, brings := a.has(r), none
		token := r.URL.Query().Get("token")
		if a.Token != "" {
			brings = a.gives(token)
		}
		switch {
		case !knownHost(r.Host, a.Names):
			refuse(w, r, api.CodeMisdirected, "this server does not answer to the name in the address; use the address that it printed")
		case !sameOrigin(r) || fetchedElsewhere(r):
			refuse(w, r, api.CodeForbidden, "requests from other sites are refused")
		case brings != none:
			if brings > has {
				name, same := a.cookie(brings)
				http.SetCookie(w, &http.Cookie{Name: name, Value: token, Path: "/", HttpOnly: true, Secure: a.Secure, SameSite: same})
			}
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, withoutToken(r.URL), http.StatusSeeOther)
		case has == owner:
			next.ServeHTTP(w, r)
		case has == member:
			members.ServeHTTP(w, r)
		default:
			refuse(w, r, api.CodeUnauthorized, "open the address with the token that the server printed when it started")
		}
	})
}

// refuse says why a request is not answered: to a program as a problem, to people as text.
func refuse(w http.ResponseWriter, r *http.Request, code api.Code, why string) {
	status := code.Status()
	if strings.HasPrefix(r.URL.Path, apiPath) {
		(&Problem{status, code, http.StatusText(status), why}).write(w)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store") // the next request may have a token
	w.WriteHeader(status)
	fmt.Fprintln(w, why)
}

// cookie is the name of the cookie that carries a right's token, and which requests it goes with. A class's link is followed from the pages of other sites,
// a school's chat among them, from where browsers send no strict cookie, not even after a redirect. It has a name of its own: a teacher who follows it
// keeps the server's token.
func (a access) cookie(of right) (name string, same http.SameSite) {
	if of == member {
		return "unpool-class-" + a.Port, http.SameSiteLaxMode
	}
	return "unpool-token-" + a.Port, http.SameSiteStrictMode
}

// has is the right that a request has without its query.
func (a access) has(r *http.Request) right {
	most := none
	if bearer, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); found || a.Token == "" {
		most = a.gives(bearer)
	}
	for _, of := range []right{member, owner} {
		name, _ := a.cookie(of)
		for _, c := range r.CookiesNamed(name) { // another server of this host may have set one for one of its paths
			most = max(most, a.gives(c.Value))
		}
	}
	return most
}

// equal compares in a time that reveals nothing about either text, not even of its length.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

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

// fetchedElsewhere reports whether a browser says that another site's page asks. That may be a link to a page of this site. Browsers say
// so also where they send no Origin, as for images.
func fetchedElsewhere(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return false
	}
	return r.Method != http.MethodGet || r.Header.Get("Sec-Fetch-Mode") != "navigate" || strings.HasPrefix(r.URL.Path, apiPath)
}

// loopback reports whether an address to listen on is reachable from this machine only.
func loopback(address string) bool {
	name := hostname(address)
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.IsLoopback() || name == "localhost"
}
