package rules

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// mostMethods is how many methods an object of the page may have. One with more has several jobs: split it.
const mostMethods = 14

func TestObjectsOfThePageAreSmall(t *testing.T) {
	methods := map[string]int{}
	err := filepath.WalkDir(filepath.Join("..", "..", "app"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
				of := f.Recv.List[0].Type
				if pointer, ok := of.(*ast.StarExpr); ok {
					of = pointer.X
				}
				if name, ok := of.(*ast.Ident); ok {
					methods[filepath.ToSlash(filepath.Dir(path))+"."+name.Name]++
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for object, n := range methods {
		if n > mostMethods {
			t.Errorf("%s has %d methods, more than %d", object, n, mostMethods)
		}
	}
	if len(methods) < 10 {
		t.Errorf("there are the objects %v", methods)
	}
}
