//go:build !js

package app

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/learn"
	"unpool/app/page/train"
	"unpool/app/web"
)

//go:embed service-worker.js
var serviceWorker string

// headScript puts the remembered theme in place before the first paint, and notes when the service worker of another build takes over, which may be before
// the page's program runs. guard.js says which script is missing.
const headScript = `<script>{
addEventListener("error", ({ target }) => { if (target instanceof HTMLScriptElement) window.missingScript = target.src; }, true);
const { dataset } = document.documentElement;
try {
  const workers = navigator.serviceWorker;
  let before = workers?.controller;
  workers?.addEventListener("controllerchange", () => {
    dataset.update = Boolean(before); // the first one is of this build
    before = workers.controller;
    dispatchEvent(new Event("update"));
  });
} catch {} // it is forbidden here, and nothing takes over
try { dataset.theme = JSON.parse(localStorage.getItem("theme")) ?? "auto"; } catch { dataset.theme = "auto"; }
}</script>`

// Handler returns what renders the pages around their program. version names this build: the program, the trainer and
// the style sheets change only with it; data names the images that the site has. wasmSize is the size of app.wasm.gz in bytes, for the progress shown
// while it loads.
func Handler(version, data string, wasmSize int64) *app.Handler {
	raw := []string{`<script async src="` + web.Versioned("early.js", version) + `"></script>`, headScript}
	for _, name := range scripts {
		raw = append(raw, `<script src="`+web.Versioned(name, version)+`"></script>`)
	}
	return &app.Handler{
		Name:        name,
		Title:       train.Title,
		Description: description,
		Icon: app.Icon{
			Default: "/web/icon-192.png", Large: "/web/icon-512.png",
			Maskable: "/web/icon-512.png", SVG: "/web/icon.svg",
		},
		BackgroundColor:       ground,
		ThemeColor:            ground,
		LoadingLabel:          "Loading the page’s program: {progress} %",
		CacheableResources:    cached(),
		Styles:                sheets(),
		RawHeaders:            raw,
		Resources:             relative{version},
		Version:               version,
		WasmContentLength:     strconv.FormatInt(wasmSize, 10),
		ServiceWorkerTemplate: strings.ReplaceAll(serviceWorker, "{{data}}", data),
		Env:                   map[string]string{web.DataVersion: data},
	}
}

// styles are the style sheets in public/css, in the order of the cascade: tokens.css has every colour and size, and the sheet of a page is about
// nothing else (internal/rules).
var styles = []string{
	"tokens", "base", "shell", "form", "builder", "chart", "filters", "examples", "statistics", "run", "train", "results", "runs", "look", "sweeps", "learn", "class",
}

func sheets() []string {
	all := make([]string, len(styles))
	for i, name := range styles {
		all[i] = "/web/css/" + name + ".css"
	}
	return all
}

// scripts are those that run before go-app's own, in this order.
var scripts = []string{"program.js", "unpack.js", "guard.js"}

// cached are what a page needs when it is offline, besides what go-app knows of. The trainer's program, which is large, is fetched when the
// page is at rest (client.Ahead), and kept then.
func cached() []string {
	all := append(Paths(), "/web/icon.svg")
	for _, name := range slices.Concat(scripts, []string{"early.js", "trainer.js", "helper.js", "wasm_exec.js"}, learn.Static()) {
		all = append(all, "/web/"+name)
	}
	return all
}

// relative makes the addresses that go-app gives, which are from the root of a host, relative to the site's root, wherever that
// is. It names the build in those of static files, and of programs their packed form.
type relative struct{ version string }

// Resolve returns the address of what is at a location.
func (r relative) Resolve(location string) string {
	name, static := strings.CutPrefix(location, "/web/")
	switch {
	case location == "/":
		return "./"
	case static && strings.HasSuffix(name, ".wasm"):
		return web.Versioned(name+".gz", r.version)
	case static:
		return web.Versioned(name, r.version)
	}
	return strings.TrimPrefix(location, "/")
}
