// Package hostcheck finds out whether a host of static files serves the site as it was written: each file, and the headers that browsers
// go by. It knows HTTP and a list of files; it does not know what the files are for.
package hostcheck

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// File is a file of the site as it was written.
type File struct {
	Path string              // from the site's root, without a slash in front: "" for the first page, "learn/" for another
	Sums [][sha256.Size]byte // SHA-256 of its content, or of others that are as good; none where any is
	Size int                 // in bytes
	Kind Kind
}

// Kind says what a browser does with a file, as far as the type that the host gives it matters.
type Kind int

const (
	Data   Kind = iota // read by the page, whatever it is called
	Page               // text/html
	Script             // JavaScript: a browser runs nothing else
	Style              // text/css: a browser applies nothing else
	SVG                // image/svg+xml: a browser draws nothing else
)

// Level says how much a finding matters.
type Level string

const (
	OK     Level = "ok"
	Less   Level = "limited" // the site works with less: the finding says with what
	Broken Level = "broken"
)

// Finding is one thing that was checked.
type Finding struct {
	Level Level
	Says  string // one sentence or two
}

// Check asks the host for all files of the site that is at root, and returns what it found, the same things in the same order for every
// host. version is what the addresses in its pages have after "?v=". arrived is told each time how many files have come; one call at a time. It is an
// error only that the host cannot be reached or that ctx ended.
func Check(ctx context.Context, root Root, version string, files []File, arrived func(done int)) ([]Finding, error) {
	c := checker{root: root, client: &http.Client{Timeout: 5 * time.Minute, Transport: &http.Transport{DisableCompression: true}}}
	defer c.client.CloseIdleConnections()
	first, err := c.get(ctx, "")
	if err != nil {
		return nil, err
	}
	is := whose(first, version)
	if is.Level == Broken {
		return []Finding{is}, nil
	}
	all, err := c.getAll(ctx, files, arrived)
	if err != nil {
		return nil, err
	}
	stranger, err := c.get(ctx, "no-such-file-"+version)
	if err != nil {
		return nil, err
	}
	return []Finding{
		is, content(files, all), types(files, all), compression(files, all), secure(root), isolation(first), policy(first), age(first), missing(stranger),
	}, nil
}

type checker struct {
	root   Root
	client *http.Client
}

// answer is what the host sent for a file.
type answer struct {
	status int
	header http.Header
	wire   []byte // as it came
	body   []byte // unpacked, where it was packed on the way
	packed bool   // on the way
	size   int    // of wire, in bytes
	at     *url.URL
	broken string // what is wrong with the body; "" for nothing
}

// most bounds what is read of one file.
const most = 256 << 20

// get asks for a file as a browser does.
func (c *checker) get(ctx context.Context, path string) (*answer, error) {
	at, err := url.Parse(c.root.String() + path)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept-Encoding", "gzip")
	response, err := c.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() // only read from
	body, err := io.ReadAll(io.LimitReader(response.Body, most+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read %s to its end: %w", at, err)
	}
	if len(body) > most {
		return nil, fmt.Errorf("%s is larger than %d MiB", at, most>>20)
	}
	a := &answer{size: len(body), status: response.StatusCode, header: response.Header, wire: body, body: body, at: response.Request.URL}
	a.unpack()
	return a, nil
}

// getAll asks for all files, a few at a time.
func (c *checker) getAll(ctx context.Context, files []File, arrived func(done int)) ([]*answer, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	all := make([]*answer, len(files))
	var busy sync.WaitGroup
	var counting sync.Mutex
	done := 0
	turns := make(chan struct{}, 6) // as many connections as a browser has
	for i, f := range files {
		turns <- struct{}{}
		busy.Go(func() {
			defer func() { <-turns }()
			a, err := c.get(ctx, f.Path)
			if err != nil {
				stop(err)
				return
			}
			if a.broken == "" {
				a.broken = differs(a, f)
			}
			a.wire, a.body = nil, nil // of all files together they would be large
			all[i] = a
			counting.Lock()
			defer counting.Unlock()
			done++
			arrived(done)
		})
	}
	busy.Wait()
	return all, context.Cause(ctx)
}

// differs says how an answer differs from the file; "" where it does not.
func differs(a *answer, f File) string {
	switch {
	case a.status != http.StatusOK:
		return fmt.Sprintf("the host answers %d %s", a.status, http.StatusText(a.status))
	case f.Sums != nil && !slices.Contains(f.Sums, sha256.Sum256(a.body)) && !slices.Contains(f.Sums, sha256.Sum256(a.wire)): // some hosts call a .gz packed on the way
		return fmt.Sprintf("its %d bytes are not the %d that were written", len(a.body), f.Size)
	}
	return ""
}

// Worst returns the level of the worst of some findings.
func Worst(findings []Finding) Level {
	worst := OK
	for _, level := range []Level{Less, Broken} {
		if slices.ContainsFunc(findings, func(f Finding) bool { return f.Level == level }) {
			worst = level
		}
	}
	return worst
}
