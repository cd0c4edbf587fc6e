package web

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Root is the path of the site's root: "/" on a host of its own, "/demo/" below a path. It is the document's base, so that all
// addresses of the site are written relative to it.
func Root() string {
	if app.IsServer {
		return "/"
	}
	base, err := url.Parse(app.Window().Get("document").Get("baseURI").String())
	if err != nil {
		panic(err) // a browser's own address
	}
	return base.Path
}

// File is the address of a static file of this build.
func File(name string) string { return Versioned(name, app.Getenv("GOAPP_VERSION")) }

// Versioned is the address of a static file of a build. Its content never changes, so the service worker keeps it, and the
// server lets the browser keep it.
func Versioned(name, version string) string { return "web/" + name + "?v=" + version }

// DataVersion is the variable of the page that names the images which the site has.
const DataVersion = "UNPOOL_DATA_VERSION"

// Data is the address of a file of a data set among the static files. Its content never changes either: other images have other addresses.
func Data(name string) string { return Versioned("data/"+name, app.Getenv(DataVersion)) }

// Trainer is the address of the trainer's script, which gets the version of the images as the fragment.
func Trainer() string { return File("trainer.js") + "#" + app.Getenv(DataVersion) }
