package rules

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the diagram of docs/architecture.md")

// areas are the nodes of the architecture's diagram: a package belongs to the longest of these that it lies under.
var areas = []string{
	"models", "models/net", "models/nn",
	"core/recipe", "core/run", "core/control", "core/api", "core/protocol", "core/store", "core/task", "core/checkpoint", "core/data", "core/train", "core/look", "core/lesson",
	"core/worker", "core/results",
	"wasm", "app", "cmd/app", "cmd/trainer", "cmd/serve",
}

// helpers are so small, and used so widely, that lines to them would be of no use.
var helpers = []string{
	"core/atomicfile", "core/dotplot", "core/embed", "core/guard", "core/jsontext", "core/jsvalue", "core/labelmap", "core/linechart", "core/markdown", "core/npy", "core/number", "core/outline", "core/pack",
	"core/plane", "core/random", "core/reliability", "core/rowchart", "core/scatter", "core/svg", "core/warp",
}

// area is the node that a package belongs to, "" for none.
func area(path string) string {
	best := ""
	for _, a := range areas {
		if match("unpool/"+a+"/...", path) && len(a) > len(best) {
			best = a
		}
	}
	return best
}

const (
	diagramBegins = "```mermaid\n"
	diagramEnds   = "```\n"
)

// The diagram of docs/architecture.md has the imports that there are, and no others: those that an import of an import implies
// are left out.
func TestArchitectureDiagram(t *testing.T) {
	edges := map[string]map[string]bool{}
	for _, platform := range platforms {
		for _, p := range list(t, platform.goos, platform.goarch) {
			from := area(p.ImportPath)
			for _, i := range p.Imports {
				if to := area(i); from != "" && to != "" && from != to {
					if edges[from] == nil {
						edges[from] = map[string]bool{}
					}
					edges[from][to] = true
				}
			}
			if strings.HasPrefix(p.ImportPath, "unpool/core/") && from == "" && !matchAny(prefixed(helpers), p.ImportPath) {
				t.Errorf("%s is not in the diagram: add it to areas", p.ImportPath)
			}
		}
	}
	var b strings.Builder
	b.WriteString("graph TD\n")
	for _, from := range areas {
		for _, to := range areas {
			if edges[from][to] && !byWayOf(edges, from, to) {
				fmt.Fprintf(&b, "  %s --> %s\n", from, to)
			}
		}
	}
	path := filepath.Join("..", "..", "docs", "architecture.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), diagramBegins)
	got, after, ends := strings.Cut(rest, diagramEnds)
	switch want := b.String(); {
	case !begins || !ends:
		t.Fatalf("%s has no diagram", path)
	case got == want:
	case *update:
		if err := os.WriteFile(path, []byte(before+diagramBegins+want+diagramEnds+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the diagram of %s is not that of the imports, which is\n%sgo test ./internal/rules -update writes it", path, want)
	}
}

func prefixed(paths []string) (patterns []string) {
	for _, p := range paths {
		patterns = append(patterns, "unpool/"+p)
	}
	return patterns
}

// byWayOf reports whether from reaches to by other edges too.
func byWayOf(edges map[string]map[string]bool, from, to string) bool {
	seen := map[string]bool{}
	var reaches func(at string) bool
	reaches = func(at string) bool {
		if at == to {
			return true
		}
		if seen[at] {
			return false
		}
		seen[at] = true
		for next := range edges[at] {
			if reaches(next) {
				return true
			}
		}
		return false
	}
	for next := range edges[from] {
		if next != to && reaches(next) {
			return true
		}
	}
	return false
}

// ignored reports whether .gitignore has a folder of the top level.
func ignored(t *testing.T, name string) bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.Contains(strings.Split(string(text), "\n"), "/"+name+"/")
}

// README's table of folders lists every folder of the top level, and every package: by its own folder, or by one above it.
func TestReadmeListsEveryFolder(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "| folder | what is in it |\n")
	table, _, ends := strings.Cut(table, "\n\n")
	if !found || !ends {
		t.Fatal("README.md has no table of folders")
	}
	var listed []string
	for line := range strings.Lines(table) {
		first, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		for _, name := range strings.Split(first, ", ") {
			listed = append(listed, strings.Trim(name, "`"))
		}
	}
	for _, name := range listed {
		if _, err := os.Stat(filepath.Join("..", "..", name)); !strings.HasPrefix(name, "---") && err != nil {
			t.Errorf("README lists %s: %v", name, err)
		}
	}
	top, err := os.ReadDir(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range top {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !ignored(t, e.Name()) && !slices.ContainsFunc(listed, func(l string) bool {
			return l == e.Name() || strings.HasPrefix(l, e.Name()+"/")
		}) {
			t.Errorf("README's table of folders lacks %s", e.Name())
		}
	}
	for _, platform := range platforms {
		for _, p := range list(t, platform.goos, platform.goarch) {
			folder := strings.TrimPrefix(p.ImportPath, "unpool/")
			// Of core, every package has a line of its own; elsewhere a line may be about all that lies below.
			own := strings.HasPrefix(folder, "core/")
			if !slices.ContainsFunc(listed, func(l string) bool {
				return l == folder || (!own || strings.Count(l, "/") > 0) && strings.HasPrefix(folder, l+"/")
			}) {
				t.Errorf("README's table of folders lacks %s", folder)
			}
		}
	}
}
