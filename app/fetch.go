package app

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
)

// fetch gets a static file of this build as text and hands it, or what went wrong, to done on the pages' goroutine.
// The service worker keeps what has been fetched so.
func (d *document) fetch(path string, done func(text string, err error)) {
	d.get(d.ctx.ResolveStaticResource(path)+"?v="+app.Getenv("GOAPP_VERSION"), done)
}

// get is fetch for any address of this server.
func (d *document) get(url string, done func(text string, err error)) {
	go func() {
		text, err := web.Text(url)
		d.dispatch(func(app.Context) { done(text, err) })
	}()
}
