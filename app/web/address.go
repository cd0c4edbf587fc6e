package web

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// WithQuery is the page's address with another query.
func WithQuery(query string) *url.URL {
	address := app.Window().URL()
	address.RawQuery = query
	return address
}

// PutQuery gives the page's address another query, without a step in its history. A browser that is asked too often refuses; the
// address is then an earlier one.
func PutQuery(ctx app.Context, query string) {
	if err := Try(func() { ctx.Page().ReplaceURL(WithQuery(query)) }); err != nil {
		app.Log("The address cannot be changed: " + err.Error())
	}
}
