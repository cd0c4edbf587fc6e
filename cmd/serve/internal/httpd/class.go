package httpd

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/boombuler/barcode/qr"

	"unpool/core/api"
)

// Class is who uses the site by a link of its own: the members of a class. That link opens the site and its data sets, and nothing that the server
// stores.
type Class struct {
	link  string // "" where other machines cannot reach the server
	open  atomic.Int64
	ended context.Context // ends the members' streams
}

// classToken is the secret in the class's link. It stays the same as long as the server's own does, which it does not reveal, and is short enough to be
// typed from a board: it protects nothing that is stored, and 50 bits are too many to try.
func classToken(token string) string {
	sum := sha256.Sum256([]byte("unpool's class\n" + token))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:10]
}

type memberKey struct{}

// isMember reports whether a request is one of the class's.
func isMember(r *http.Request) bool { return r.Context().Value(memberKey{}) != nil }

// forMembers lets through what members may ask for. To them the site is one without a machine that trains.
func forMembers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		switch {
		case !strings.HasPrefix(path, apiPath), path == indexPath, strings.HasPrefix(path, setsPath), path == classPath, path == openPath:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), memberKey{}, true)))
		case path == "/"+api.Machine && r.Method == http.MethodGet:
			writeJSON(w, nil)
		default:
			refuse(w, r, api.CodeForbidden, "the class's link opens the pages and the images, but not the server's runs")
		}
	})
}

// Where the class is.
const (
	classPath = "/" + api.Class
	openPath  = "/" + api.ClassOpen
	codePath  = "/" + api.ClassCode
)

// handle has the paths of the class answered. kit is the size of the zip in bytes.
func (c *Class) handle(mux *http.ServeMux, kit func() int64) {
	mux.HandleFunc("GET "+classPath, func(w http.ResponseWriter, r *http.Request) {
		if isMember(r) {
			writeJSON(w, api.ClassState{Member: true})
			return
		}
		writeJSON(w, api.ClassState{Link: c.link, Open: c.open.Load(), Kit: kit()})
	})
	mux.HandleFunc("GET "+openPath, c.stay)
	mux.HandleFunc("GET "+codePath, func(w http.ResponseWriter, r *http.Request) {
		picture, err := code(c.link)
		if c.link == "" || err != nil {
			refuse(w, r, api.CodeNotFound, "there is no link for a class, since no other machine can reach this server")
			return
		}
		w.Header().Set("Content-Type", "image/svg+xml")
		w.Header().Set("Cache-Control", "no-store")
		w.Write(picture)
	})
}

func writeJSON(w http.ResponseWriter, what any) {
	body, err := json.Marshal(what)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(body)
}

const (
	// mostOpen bounds how many members' pages are counted.
	mostOpen = 1024
	// sign is how often a stream says that it is still there, and within is how long a reader may take for that.
	sign   = 15 * time.Second
	within = 20 * time.Second
)

// stay counts a member's page as long as the request lasts.
func (c *Class) stay(w http.ResponseWriter, r *http.Request) {
	if !isMember(r) {
		refuse(w, r, api.CodeNotFound, "only pages that were opened by the class's link are counted")
		return
	}
	defer c.open.Add(-1)
	if c.open.Add(1) > mostOpen {
		w.Header().Set("Retry-After", "10")
		refuse(w, r, api.CodeTooMany, "too many pages are open")
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(c.ended, cancel)()
	control := http.NewResponseController(w)
	control.SetReadDeadline(time.Time{}) // the server's is for a request, and this one lasts
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // or a proxy would hold it back
	beat := time.NewTicker(sign)
	defer beat.Stop()
	for {
		if control.SetWriteDeadline(time.Now().Add(within)) != nil {
			return
		}
		if _, err := w.Write([]byte("\n")); err != nil || control.Flush() != nil {
			return
		}
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}

// code is a text as a QR code: an SVG with the white edge that readers need.
func code(text string) ([]byte, error) {
	c, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, err
	}
	const edge = 4 // modules, as the standard demands
	size := c.Bounds().Dx()
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %[1]d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%[1]dv%[1]dH0z"/><path d="`, size+2*edge)
	for y := range size {
		for x := range size {
			if r, _, _, _ := c.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+edge, y+edge)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.Bytes(), nil
}
