package rules

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// All style sheets are on every page, in one cascade. So each selector of a page's own sheet names a class, an ID or a data attribute that
// nothing on other pages has. What pages share is in the sheets of no page.
func TestStylesOfAPageTouchNoOther(t *testing.T) {
	var parts []pkg // of the pages
	named := map[string][]string{}
	for _, p := range list(t, "js", "wasm") {
		if match("unpool/app/...", p.ImportPath) {
			parts = append(parts, p)
			named[p.ImportPath] = names(t, p)
		}
	}
	pages, err := os.ReadDir(filepath.Join("..", "..", "app", "page"))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		sheet, err := os.ReadFile(filepath.Join("..", "..", "public", "css", page.Name()+".css"))
		if err != nil {
			t.Fatal(err)
		}
		own, elsewhere := "unpool/app/page/"+page.Name()+"/...", map[string]string{}
		for _, p := range parts {
			if !match(own, p.ImportPath) && !onlyOn(own, p, parts) {
				for _, name := range named[p.ImportPath] {
					elsewhere[name] = p.ImportPath
				}
			}
		}
		all := selectors(string(sheet))
		for _, selector := range all {
			var shared []string
			for _, name := range namesIn(selector) {
				if elsewhere[name] == "" {
					shared = nil
					break
				}
				shared = append(shared, name+" of "+elsewhere[name])
			}
			if shared != nil || len(namesIn(selector)) == 0 {
				t.Errorf("%s.css: %s touches other pages %q", page.Name(), selector, shared)
			}
		}
		if len(all) < 5 {
			t.Errorf("%s.css: only the selectors %q were found", page.Name(), all)
		}
	}
}

// onlyOn reports whether a shared part is used by the pages of a pattern alone.
func onlyOn(pages string, part pkg, parts []pkg) bool {
	return match("unpool/app/ui/...", part.ImportPath) && !slices.ContainsFunc(parts, func(p pkg) bool {
		return slices.Contains(p.Imports, part.ImportPath) && !match(pages, p.ImportPath) && !onlyOn(pages, p, parts)
	})
}

// prefixes are those of selectors before the arguments of these methods.
var prefixes = map[string]string{"Class": ".", "ID": "#", "DataSet": "data-"}

// names are the classes, IDs and data attributes that a package gives elements, as in selectors.
func names(t *testing.T, p pkg) (all []string) {
	t.Helper()
	add := func(prefix string, n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				text, _ := strconv.Unquote(l.Value)
				for _, name := range strings.Fields(text) {
					all = append(all, prefix+name)
				}
			}
			return true
		})
	}
	var files []*ast.File
	takes := map[string]int{} // functions that are given a class, and as which of their arguments
	for _, file := range p.GoFiles {
		path := filepath.Join("..", "..", filepath.FromSlash(strings.TrimPrefix(p.ImportPath, "unpool/")), file)
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, parsed)
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				at := 0
				for _, field := range f.Type.Params.List {
					for _, name := range field.Names {
						if name.Name == "class" {
							takes[f.Name.Name] = at
						}
						at++
					}
				}
			}
		}
	}
	for _, parsed := range files {
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				switch f := n.Fun.(type) {
				case *ast.SelectorExpr:
					for _, arg := range n.Args {
						if prefix := prefixes[f.Sel.Name]; prefix != "" {
							add(prefix, arg)
						}
					}
				case *ast.Ident:
					if at, ok := takes[f.Name]; ok && at < len(n.Args) {
						add(".", n.Args[at])
					}
				}
			case *ast.AssignStmt: // class := "cell"
				for i, to := range n.Lhs {
					if name, ok := to.(*ast.Ident); ok && strings.EqualFold(name.Name, "class") && i < len(n.Rhs) {
						add(".", n.Rhs[i])
					}
				}
			case *ast.BasicLit: // of raw HTML
				for _, m := range classAttribute.FindAllStringSubmatch(n.Value, -1) {
					for _, name := range strings.Fields(m[1]) {
						all = append(all, "."+name)
					}
				}
			}
			return true
		})
	}
	return all
}

var (
	classAttribute = regexp.MustCompile(`class=\\?"([^"\\]*)`)
	noRule         = regexp.MustCompile(`(?s)/\*.*?\*/|@keyframes[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}`)
	preludes       = regexp.MustCompile(`[^{};]+\{`)
	negation       = regexp.MustCompile(`:not\([^()]*\)`)
	nameInSelector = regexp.MustCompile(`[.#][A-Za-z][\w-]*|data-[\w-]+`)
)

// namesIn are what an element must have, or be in or beside, for a selector to match it.
func namesIn(selector string) []string {
	return nameInSelector.FindAllString(negation.ReplaceAllString(selector, ""), -1)
}

// selectors are those of all rules of a style sheet.
func selectors(sheet string) (all []string) {
	for _, prelude := range preludes.FindAllString(noRule.ReplaceAllString(sheet, ""), -1) {
		prelude = strings.TrimSpace(strings.TrimSuffix(prelude, "{"))
		if strings.HasPrefix(prelude, "@") {
			continue // the rules in it come next
		}
		depth := 0
		for _, one := range strings.FieldsFunc(prelude, func(c rune) bool {
			switch c {
			case '(':
				depth++
			case ')':
				depth--
			}
			return c == ',' && depth == 0
		}) {
			all = append(all, strings.TrimSpace(one))
		}
	}
	return all
}

func TestSelectors(t *testing.T) {
	sheet := "/* .no { } */ .a, #b :is(.c, .d) > p { color: red; }\n@media (max-width: 1px) {\n  .e:not(.f) { } }\n@keyframes g { from { } to { } }\n[data-h] i { }"
	want := []string{".a", "#b :is(.c, .d) > p", ".e:not(.f)", "[data-h] i"}
	got := selectors(sheet)
	if !slices.Equal(got, want) {
		t.Errorf("the selectors are %q, want %q", got, want)
	}
	var names []string
	for _, s := range got {
		names = append(names, namesIn(s)...)
	}
	if want := []string{".a", "#b", ".c", ".d", ".e", "data-h"}; !slices.Equal(names, want) {
		t.Errorf("their names are %q, want %q", names, want)
	}
}
