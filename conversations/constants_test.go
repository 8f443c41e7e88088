package conversations

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// constants are the values of commerce's constants of a kind, read from its source, so
// that one that is added later is noticed. The empty value is left out: it is none.
func constants(t *testing.T, kind string) []string {
	t.Helper()
	files, err := filepath.Glob("../commerce/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("find commerce's source: %v", err)
	}
	var values []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(source, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				values = append(values, valuesOf(spec, kind)...)
			}
			return true
		})
	}
	return values
}

func valuesOf(spec *ast.ValueSpec, kind string) []string {
	name, ok := spec.Type.(*ast.Ident)
	if !ok || name.Name != kind {
		return nil
	}
	var values []string
	for _, v := range spec.Values {
		if literal, ok := v.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil && text != "" {
				values = append(values, text)
			}
		}
	}
	return values
}
