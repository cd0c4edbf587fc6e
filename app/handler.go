//go:build !js

package app

import (
	_ "embed"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

//go:embed service-worker.js
var serviceWorker string

// headScript puts the remembered theme in place before the first paint, and notes whether a service worker has been
// here before, since go-app calls the first one an update too.
const headScript = `<script>{
const { dataset } = document.documentElement;
dataset.visited = Boolean(navigator.serviceWorker?.controller);
try { dataset.theme = JSON.parse(localStorage.getItem("theme")) ?? "auto"; } catch { dataset.theme = "auto"; }
}</script>`

// Handler returns what serves the page around its program. version names this build: the program, the trainer and
// the style sheet change only with it. wasmSize is the unpacked size of app.wasm in bytes, for the progress shown
// while it loads. The caller sets Resources.
func Handler(version string, wasmSize int64) *app.Handler {
	return &app.Handler{
		Name:        "Unpool",
		ShortName:   "Unpool",
		Title:       title,
		Description: "Trains small neural networks in a browser tab and lets you look inside them.",
		Icon: app.Icon{
			Default: "/web/icon-192.png", Large: "/web/icon-512.png",
			Maskable: "/web/icon-512.png", SVG: "/web/icon.svg",
		},
		BackgroundColor:       "#fbfaf8",
		ThemeColor:            "#fbfaf8",
		LoadingLabel:          "Loading the page’s program: {progress} %",
		CacheableResources:    []string{"/web/icon.svg", resultsPath, reportPath},
		Styles:                []string{"/web/app.css"},
		RawHeaders:            []string{headScript},
		Version:               version,
		WasmContentLength:     strconv.FormatInt(wasmSize, 10),
		ServiceWorkerTemplate: serviceWorker,
	}
}
