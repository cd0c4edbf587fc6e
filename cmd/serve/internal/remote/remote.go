// Package remote asks a server for the runs that it keeps: the other end of core/api. The server may be another program, or a handler of this
// one where no other program has the store.
package remote

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"unpool/core/api"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

// Client asks one server.
type Client struct {
	Base  string // the site's URL, with its slash at the end
	Name  string // of the server, for people
	token string // "" where none is needed
	http  http.Client
}

// At returns the client of the server at an address, as that was announced: a site's URL, perhaps with a token in its query and what Pinned
// adds.
func At(address string) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the address of the server: %w", err)
	}
	token := u.Query().Get("token")
	sum := u.Fragment
	u.RawQuery, u.Fragment = "", ""
	c := &Client{Base: u.String(), Name: u.String(), token: token}
	if sum != "" {
		c.http.Transport = pinned(sum)
	}
	return c, nil
}

// Within returns the client of a handler of this program, which is to be called by a name.
func Within(h http.Handler, name string) *Client {
	return &Client{Base: "http://localhost/", Name: name, http: http.Client{Transport: within{h}}}
}

// ask sends a request, and returns the answer unless that is a problem. A problem becomes an error with the same text: store.ErrNotFound where
// something is not there.
func (c *Client) ask(ctx context.Context, method, path, kind string, body io.Reader, headers ...string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.Base+path, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", kind)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode < 300 {
		return answer, nil
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if err != nil {
		return nil, err
	}
	var p api.Problem
	if json.Unmarshal(text, &p) != nil || p.Detail == "" {
		p.Detail = fmt.Sprintf("the server at %s answers %s", c.Name, answer.Status)
	}
	return nil, &refused{p.Detail, answer.StatusCode == http.StatusNotFound}
}

// refused is a problem.
type refused struct {
	detail  string
	missing bool
}

func (r *refused) Error() string { return r.detail }

// Is makes what is missing a store.ErrNotFound.
func (r *refused) Is(target error) bool { return r.missing && target == store.ErrNotFound }

// get reads an answer into out; nil for one without content.
func (c *Client) get(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	answer, err := c.ask(ctx, method, path, "application/json", body)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if out == nil {
		return nil
	}
	err = json.NewDecoder(answer.Body).Decode(out)
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		return fmt.Errorf("what answered at %s is not Unpool's server", c.Name)
	}
	return err
}

// List returns all runs, those in the queue too, the newest first.
func (c *Client) List(ctx context.Context) ([]run.Summary, error) {
	return api.AllRuns(func(path string) (page api.List, err error) {
		err = c.get(ctx, http.MethodGet, path, nil, &page)
		return page, err
	})
}

// Machines returns the devices that train, in order of their names.
func (c *Client) Machines(ctx context.Context) ([]api.Worker, error) {
	var list api.WorkerList
	err := c.get(ctx, http.MethodGet, api.Machines, nil, &list)
	return list.Machines, err
}

// Create puts a run into the queue, and returns its ID.
func (c *Client) Create(ctx context.Context, r recipe.Recipe) (string, error) {
	var made api.Made
	err := c.get(ctx, http.MethodPost, api.Runs, api.New{Recipe: r}, &made)
	return made.ID, err
}

// Delete deletes a run.
func (c *Client) Delete(ctx context.Context, id string) error {
	return c.get(ctx, http.MethodDelete, api.Run(id), nil, nil)
}

// Import has the server import a run as one file, see store.Export, and returns its ID.
func (c *Client) Import(ctx context.Context, file io.Reader) (string, error) {
	answer, err := c.ask(ctx, http.MethodPost, api.Import, store.FileType, file)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var made api.Made
	err = json.NewDecoder(answer.Body).Decode(&made)
	return made.ID, err
}

// Read is store.Store's.
func (c *Client) Read(ctx context.Context, id string, from uint64) (log []run.Record, err error) {
	answer, err := c.ask(ctx, http.MethodGet, api.Log(id, from), "", nil)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	lines := bufio.NewReader(answer.Body)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return log, nil
		}
		if err != nil {
			return nil, err
		}
		r, err := run.UnmarshalRecord(line)
		if err != nil {
			return nil, err
		}
		log = append(log, r)
	}
}

// Get is store.Store's.
func (c *Client) Get(ctx context.Context, id, name string) (io.ReadCloser, error) {
	answer, err := c.ask(ctx, http.MethodGet, api.ArtifactPath(id, name), "", nil)
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}

// Stream is what happens to a server's runs, from when it was opened on.
type Stream struct {
	c      *Client
	at     string // the position of what was read last
	answer *http.Response
	lines  *bufio.Reader
}

// Follow opens the stream. To close it ends ctx.
func (c *Client) Follow(ctx context.Context) (*Stream, error) {
	s := &Stream{c: c}
	return s, s.open(ctx)
}

func (s *Stream) open(ctx context.Context) (err error) {
	var since []string
	if s.at != "" {
		since = []string{"Last-Event-ID", s.at}
	}
	if s.answer, err = s.c.ask(ctx, http.MethodGet, api.Events, "", nil, since...); err != nil {
		return err
	}
	s.lines = bufio.NewReader(s.answer.Body)
	return nil
}

// Next waits for what happens next. Where the stream was cut off it continues after what was read last; it is an error if it cannot.
func (s *Stream) Next(ctx context.Context) (h api.Happening, err error) {
	for {
		h, id, err := s.event()
		switch {
		case err == nil && id != "":
			s.at = id
		case err != nil && ctx.Err() == nil:
			s.answer.Body.Close()
			if err := s.open(ctx); err != nil {
				return h, err
			}
			continue
		}
		if err != nil || h.Run != "" {
			return h, err
		}
	}
}

// event reads one event, perhaps without data, and its ID, perhaps none.
func (s *Stream) event() (h api.Happening, id string, err error) {
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil {
			return h, "", err
		}
		line = strings.TrimSuffix(line, "\n")
		if line == "" {
			return h, id, nil
		}
		if text, ok := strings.CutPrefix(line, "id: "); ok {
			id = text
		}
		if text, ok := strings.CutPrefix(line, "data: "); ok {
			if err := json.Unmarshal([]byte(text), &h); err != nil {
				return h, "", err
			}
		}
	}
}
