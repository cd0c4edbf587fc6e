// Package rules keeps the rules about who may import whom, and some about how the pages are written. Each says why it exists.
package rules

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rule is about the module's packages that match who and not but. A pattern is an import path, or one with "/..." at
// its end for that path and everything below.
type rule struct {
	why     string
	who     []string
	but     []string
	not     []string // imports that are forbidden
	only    []string // if set: imports of the module or of others that are allowed; the standard library always is
	reaches bool     // holds for what imports import, too
}

var everyone = []string{"unpool/..."}

var rules = []rule{
	{
		why: "only the edges know that they run in a browser",
		who: everyone, but: []string{"unpool/wasm/host", "unpool/core/store/indexeddb", "unpool/core/jsvalue", "unpool/app/...", "unpool/cmd/app", "unpool/cmd/trainer",
			"unpool/cmd/serve/internal/programs/standins/..."},
		not: []string{"syscall/js"},
	},
	{
		why: "nets, training and backends are the compute stack; the rest stays free of it",
		who: everyone, but: []string{"unpool/models/nn/...", "unpool/core/train", "unpool/core/look/...", "unpool/core/lesson", "unpool/core/worker", "unpool/wasm/...",
			"unpool/cmd/serve/internal/backends", "unpool/cmd/serve/internal/bench", "unpool/cmd/serve/internal/jobs", "unpool/cmd/trainer"},
		not: []string{"github.com/gomlx/..."},
	},
	{
		why: "the page's program stays small: app.wasm is loaded before anything is seen",
		who: []string{"unpool/app/...", "unpool/cmd/app"}, not: []string{"github.com/gomlx/...", "unpool/core/train", "unpool/core/data", "unpool/core/worker"}, reaches: true,
	},
	{
		why: "pages are put together in app; what they share knows none of them",
		who: []string{"unpool/app/shell", "unpool/app/ui/...", "unpool/app/client", "unpool/app/web"}, not: []string{"unpool/app", "unpool/app/page/..."}, reaches: true,
	},
	{
		why: "a part of a page shows what it is given, whatever page it is on and wherever that comes from",
		who: []string{"unpool/app/ui/..."}, not: []string{"unpool/app/shell", "unpool/app/client"}, reaches: true,
	},
	{
		why: "data must be readable without the compute stack",
		who: []string{"unpool/core/data"}, not: []string{"github.com/gomlx/..."}, reaches: true,
	},
	{
		why: "figures are the native program's, and so is what tests read arrays with: they add megabytes to a browser program",
		who: []string{"unpool/cmd/app", "unpool/cmd/trainer", "unpool/app/...", "unpool/models/...", "unpool/core/...", "unpool/wasm/..."},
		not: []string{"gorgonia.org/tensor/...", "gonum.org/v1/plot/..."}, reaches: true,
	},
	{
		why: "servers are the native program's; wasmtest serves tests only, and browser only asks WebKit's driver",
		who: everyone, but: []string{"unpool/cmd/serve/...", "unpool/internal/wasmtest", "unpool/internal/browser"},
		not: []string{"net/http/...", "github.com/nats-io/..."},
	},
	{
		why: "the page's program has stand-ins for these, which do nothing (cmd/serve/internal/programs/standins)",
		who: []string{"unpool/app/...", "unpool/core/...", "unpool/models/..."},
		not: []string{"regexp", "crypto/aes", "crypto/cipher", "crypto/md5", "crypto/sha1", "net/netip"},
	},
	{
		why: "XLA comes by way of a backend that is opened in one place",
		who: everyone, but: []string{"unpool/cmd/serve/internal/backends"},
		not: []string{"github.com/gomlx/go-xla/...", "k8s.io/klog/..."},
	},
	{
		why: "it adds a megabyte to a browser program: the trainer uses the browser's own fetch",
		who: []string{"unpool/cmd/trainer"}, not: []string{"net/http"}, reaches: true,
	},
	{
		why: "everything depends on the recipe, and its net is a part of it",
		who: []string{"unpool/core/recipe"}, only: []string{"unpool/models/net", "unpool/core/jsontext"},
	},
	{
		why: "a net is data that every program reads, whatever data sets and recipes become",
		who: []string{"unpool/models/net"}, only: []string{},
	},
	{
		why: "the catalog must be readable by every program",
		who: []string{"unpool/models"}, only: []string{"unpool/core/recipe", "unpool/models/net"},
	},
	{
		why: "the commands, records and events of a run must be readable by every program",
		who: []string{"unpool/core/run", "unpool/core/control"}, only: []string{"unpool/core/recipe", "unpool/core/jsontext"},
	},
	{
		why: "a page and a trainer of any kind, on any machine, must be able to communicate",
		who: []string{"unpool/core/protocol", "unpool/core/api"}, only: []string{"unpool/core/recipe", "unpool/core/run", "unpool/core/control"},
	},
	{
		why: "the trainer's program runs wherever its ports are: natively in tests, too",
		who: []string{"unpool/core/worker"}, not: []string{"os", "syscall/js", "net/...", "unpool/app/...", "unpool/wasm/...", "unpool/cmd/..."},
	},
	{
		why: "reading data needs to know its name, what nets take, and to decode pictures, and nothing else",
		who: []string{"unpool/core/data"}, only: []string{"unpool/core/random", "unpool/core/recipe", "unpool/models/net", "unpool/core/data/picture", "github.com/cespare/xxhash/v2"},
	},
	{
		why: "a picture is decoded the same way whatever it is for",
		who: []string{"unpool/core/data/picture"}, only: []string{"golang.org/x/image/bmp", "golang.org/x/image/tiff", "golang.org/x/image/webp"},
	},
	{
		why: "a checkpoint must be readable by every program",
		who: []string{"unpool/core/checkpoint"}, only: []string{"unpool/core/recipe", "unpool/core/run", "unpool/core/jsontext"},
	},
	{
		why:  "NumPy's files and pictures are written by every program, and every program reads JSON",
		who:  []string{"unpool/core/dotplot", "unpool/core/jsontext", "unpool/core/labelmap", "unpool/core/linechart", "unpool/core/npy", "unpool/core/plane", "unpool/core/reliability", "unpool/core/rowchart", "unpool/core/scatter", "unpool/core/svg", "unpool/core/warp"},
		only: []string{},
	},
	{
		why: "mathematics on numbers needs to know nothing else",
		who: []string{"unpool/core/embed"}, only: []string{"unpool/core/random"},
	},
	{
		why:  "a store keeps runs and checkpoints, whatever trains them",
		who:  []string{"unpool/core/store", "unpool/core/store/folder"},
		only: []string{"unpool/core/recipe", "unpool/core/run", "unpool/core/checkpoint", "unpool/core/store", "unpool/core/guard", "unpool/core/atomicfile", "unpool/core/jsontext", "unpool/core/jsvalue", "github.com/gofrs/flock"},
	},
	{
		why:  "what the server says must be readable by every program, with any HTTP client",
		who:  []string{"unpool/core/api", "unpool/core/store/remote"},
		only: []string{"unpool/core/recipe", "unpool/core/run", "unpool/core/control", "unpool/core/store", "unpool/core/api"},
	},
	{
		why:  "what a browser keeps of a server is a store like others, whatever the browser",
		who:  []string{"unpool/core/store/mirror"},
		only: []string{"unpool/core/run", "unpool/core/store", "unpool/core/store/remote", "unpool/core/api"},
	},
	{
		why: "training knows nothing of browsers, servers or files",
		who: []string{"unpool/core/train"}, not: []string{"os", "unpool/app/...", "unpool/wasm/...", "unpool/cmd/..."},
	},
	{
		why: "the core does not know who uses it",
		who: []string{"unpool/core/...", "unpool/models/..."}, not: []string{"unpool/app/...", "unpool/cmd/...", "unpool/wasm/..."}, reaches: true,
	},
	{
		why: "the backend knows nothing of models, runs or pages",
		who: []string{"unpool/wasm/..."}, not: []string{"unpool/models/...", "unpool/core/...", "unpool/app/...", "unpool/cmd/..."}, reaches: true,
	},
	{
		why: "the parts of the server do not know each other: jobs puts them to work, service puts together those that keep and train runs, and command reads flags for both",
		who: []string{"unpool/cmd/serve/internal/..."},
		but: []string{"unpool/cmd/serve/internal/jobs", "unpool/cmd/serve/internal/service", "unpool/cmd/serve/internal/command"},
		not: []string{"unpool/cmd/serve/internal/..."},
	},
	{
		why: "what is done with runs does not depend on who keeps them",
		who: []string{"unpool/cmd/serve/internal/jobs"}, not: []string{"unpool/cmd/serve/internal/service", "unpool/cmd/serve/internal/jetstore", "unpool/cmd/serve/internal/queue"},
	},
	{
		why: "reading a command line needs to know what computes, and nothing else of the server",
		who: []string{"unpool/cmd/serve/internal/command"}, only: []string{"unpool/cmd/serve/internal/backends", "unpool/core/recipe"},
	},
	{
		why: "only the server's main knows that there is a go-app page",
		who: []string{"unpool/cmd/serve/internal/..."}, not: []string{"unpool/app/...", "github.com/maxence-charriere/..."},
	},
	{
		why: "test helpers stay out of programs",
		who: []string{"unpool/cmd/..."},
		not: []string{"unpool/internal/...", "github.com/chromedp/...", "testing"}, reaches: true,
	},
}

// platforms are where the module runs.
var platforms = []struct{ name, goos, goarch string }{
	{"native", "", ""},
	{"js/wasm", "js", "wasm"},
}

func TestImports(t *testing.T) {
	for _, platform := range platforms {
		packages := list(t, platform.goos, platform.goarch)
		for _, r := range rules {
			checked := 0
			for _, p := range packages {
				if !matchAny(r.who, p.ImportPath) || matchAny(r.but, p.ImportPath) {
					continue
				}
				checked++
				imports := p.Imports
				if r.reaches {
					imports = p.Deps
				}
				for _, i := range imports {
					if matchAny(r.not, i) || r.only != nil && !standard(i) && !matchAny(r.only, i) {
						t.Errorf("%s: %s imports %s, but %s", platform.name, p.ImportPath, i, r.why)
					}
				}
			}
			// A trainer has no native form. A rule that matches no package anywhere would be misspelt.
			if checked == 0 && platform.name == "js/wasm" && !slices.ContainsFunc(r.who, nativeOnly) {
				t.Errorf("the rule %q is about no package", r.why)
			}
		}
	}
}

// A page that knew another could not be changed, or left out, without it. What two need is the shell's or a part of app/ui.
func TestPagesDoNotKnowEachOther(t *testing.T) {
	page := func(path string) string {
		path, below := strings.CutPrefix(path, "unpool/app/page/")
		name, _, _ := strings.Cut(path, "/")
		if !below {
			return ""
		}
		return name
	}
	pages := map[string]bool{}
	for _, p := range list(t, "js", "wasm") {
		of := page(p.ImportPath)
		if of == "" {
			continue
		}
		pages[of] = true
		for _, i := range p.Imports {
			if other := page(i); other != "" && other != of {
				t.Errorf("%s imports %s, which is another page", p.ImportPath, i)
			}
		}
	}
	if len(pages) < 2 {
		t.Errorf("there are the pages %v", pages)
	}
}

func nativeOnly(pattern string) bool { return strings.HasPrefix(pattern, "unpool/cmd/serve") }

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for _, platform := range platforms {
		for _, p := range list(t, platform.goos, platform.goarch) {
			if len(p.GoFiles) > 0 && p.Doc == "" {
				t.Errorf("%s: %s has no package comment", platform.name, p.ImportPath)
			}
		}
	}
}

// A pattern that matches too little would keep no rule.
func TestMatch(t *testing.T) {
	for _, test := range []struct {
		pattern, path string
		want          bool
	}{
		{"unpool/...", "unpool/core/data", true},
		{"unpool/core/...", "unpool/core", true},
		{"unpool/core/...", "unpool/corex", false},
		{"unpool/models", "unpool/models", true},
		{"unpool/models", "unpool/models/nn", false},
		{"unpool/...", "internal/poll", false},
		{"github.com/gomlx/...", "github.com/gomlx/compute", true},
		{"os", "os", true},
		{"os", "os/exec", false},
	} {
		if got := match(test.pattern, test.path); got != test.want {
			t.Errorf("match(%q, %q) = %v, want %v", test.pattern, test.path, got, test.want)
		}
	}
}

// pkg is a package as the go command lists it.
type pkg struct {
	ImportPath, Doc        string
	GoFiles, Imports, Deps []string
}

// list returns the module's packages as they are built for a platform.
func list(t *testing.T, goos, goarch string) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Doc,GoFiles,Imports,Deps", "unpool/...")
	cmd.Env = os.Environ()
	if goos != "" {
		cmd.Env = append(cmd.Env, "GOOS="+goos, "GOARCH="+goarch)
	}
	out, err := cmd.Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			t.Fatalf("go list: %v\n%s", err, failed.Stderr)
		}
		t.Fatal(err)
	}
	var packages []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func matchAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return match(p, path) })
}

func match(pattern, path string) bool {
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		return path == base || strings.HasPrefix(path, base+"/")
	}
	return path == pattern
}

// standard reports whether an import is the standard library's, whose paths have no dot in their first part.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && first != "unpool"
}
