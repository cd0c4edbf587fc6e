package client

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/api"
)

// Class is the class that uses the site, as the site's server knows it. All of it is used on the pages' goroutine.
type Class struct {
	Answered bool            // it is known whether there is a server
	Failed   bool            // the last question was not answered
	State    *api.ClassState // nil where there is none

	dispatch func(func(app.Context))
	watching bool
}

// NewClass returns a class of which nothing is known yet.
func NewClass(dispatch func(func(app.Context))) *Class { return &Class{dispatch: dispatch} }

// Begin asks the server. A member's browser then tells it that it is there, as long as one of its tabs is in sight.
func (c *Class) Begin() {
	go func() {
		if s := c.ask(); s != nil && s.Member {
			web.NewTabs("unpool-class").Lead(context.Background(), stay)
		}
	}()
}

// again is the time between two questions, and between two connections.
const again = 5 * time.Second

// Watch asks again and again while the page that shows the answer is on show.
func (c *Class) Watch(shown func() bool) {
	if c.watching {
		return
	}
	c.watching = true
	go func() {
		for shown() {
			c.ask()
			time.Sleep(again)
		}
		c.dispatch(func(app.Context) { c.watching = false })
	}()
}

// ask returns what the server says; nil where there is none, or where it does not answer.
func (c *Class) ask() (s *api.ClassState) {
	text, err := web.Text(api.Class)
	if err == nil {
		err = json.Unmarshal([]byte(text), &s)
	}
	c.dispatch(func(app.Context) {
		if c.Failed = err != nil; !c.Failed {
			c.Answered, c.State = true, s
		}
	})
	return s
}

// stay has a member counted until ctx ends.
func stay(ctx context.Context) {
	for ctx.Err() == nil {
		if _, lines, err := web.Request(ctx, "GET", api.ClassOpen, "", nil); err == nil {
			io.Copy(io.Discard, lines) // it ends with the connection
			lines.Close()
		}
		select {
		case <-time.After(again):
		case <-ctx.Done():
		}
	}
}
