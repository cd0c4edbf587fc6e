// Package http stands in for net/http, which go-app names for its server: that is compiled into the page's program and never runs there.
// The page itself fetches with the browser's own fetch.
package http

import (
	"errors"
	"io"
	"net/url"
)

var errNone = errors.New("the page's program has no HTTP of its own")

// What go-app names of net/http's.
const (
	MethodGet                 = "GET"
	StatusOK                  = 200
	StatusNotModified         = 304
	StatusNotFound            = 404
	StatusInternalServerError = 500
)

// Header is net/http's.
type Header map[string][]string

// Get returns nothing.
func (Header) Get(string) string { return "" }

// Set does nothing.
func (Header) Set(_, _ string) {}

// Request is net/http's, with the fields that go-app reads.
type Request struct {
	URL    *url.URL
	Host   string
	Header Header
	TLS    *struct{}
}

// NewRequest fails.
func NewRequest(_, _ string, _ io.Reader) (*Request, error) { return nil, errNone }

// Response is net/http's, with the fields that go-app reads.
type Response struct {
	Status     string
	StatusCode int
	Header     Header
	Body       io.ReadCloser
}

// Client is net/http's.
type Client struct{}

// DefaultClient is net/http's.
var DefaultClient = &Client{}

// Do fails.
func (*Client) Do(*Request) (*Response, error) { return nil, errNone }

// Get fails.
func Get(string) (*Response, error) { return nil, errNone }

// ResponseWriter is net/http's.
type ResponseWriter interface {
	Header() Header
	Write([]byte) (int, error)
	WriteHeader(statusCode int)
}

// Handler is net/http's.
type Handler interface {
	ServeHTTP(ResponseWriter, *Request)
}

// NotFound does nothing.
func NotFound(ResponseWriter, *Request) {}

// Dir is net/http's.
type Dir string

// FileServer returns nil.
func FileServer(Dir) Handler { return nil }

// Handle does nothing.
func Handle(string, Handler) {}

// ListenAndServe fails.
func ListenAndServe(string, Handler) error { return errNone }
