package main

import (
	"errors"
	"regexp"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// keywordsOfV0 are the keywords that v1 made part of the language. The later `and`, `or` and `not` blocks are left out:
// they would take names that v0 policies use.
var keywordsOfV0 = []string{"contains", "every", "if", "in"}

// parse reads one file as Rego v1 and, only where that fails, as v0. Never the other way round: to plain v0,
// `decision := "flag" if { … }` is an unconditional rule followed by a rule named `if`.
func parse(f File, c *ast.Capabilities) (*ast.Module, error) {
	v1 := ast.ParserOptions{RegoVersion: ast.RegoV1, ProcessAnnotation: true, Capabilities: c}
	module, errV1 := ast.ParseModuleWithOpts(f.Path, f.Text, v1)
	if errV1 == nil {
		return orEmpty(module, f)
	}
	v0 := v1
	v0.RegoVersion, v0.FutureKeywords = ast.RegoV0, keywordsOfV0
	module, errV0 := ast.ParseModuleWithOpts(f.Path, f.Text, v0)
	if errV0 == nil {
		return orEmpty(module, f)
	}
	if isEvidentlyV0(f.Text, errV1) {
		return nil, errV0
	}
	return nil, errV1
}

// orEmpty turns the parser's nil module for a file without statements into an error, as the opa command line does.
func orEmpty(m *ast.Module, f File) (*ast.Module, error) {
	if m != nil {
		return m, nil
	}
	at := ast.NewLocation(nil, f.Path, 1, 1)
	return nil, ast.Errors{ast.NewError(ast.ParseErr, at, "empty module")}
}

var (
	comment      = regexp.MustCompile(`#.*`)
	keywordIf    = regexp.MustCompile(`(?m)(^|[\s)\]}"])if(\s|\{|$)`)
	keywordOfUse = regexp.MustCompile(`keyword is required`)
)

// isEvidentlyV0 chooses whose errors to report for a file that parses as neither: v0's where v1 misses its keywords and
// the file nowhere uses `if`.
func isEvidentlyV0(text string, errV1 error) bool {
	return keywordOfUse.MatchString(errV1.Error()) && !keywordIf.MatchString(comment.ReplaceAllString(text, ""))
}

// parseAll parses every file. All errors of all files are returned together, in order of file and place.
func parseAll(files []File, c *ast.Capabilities) (map[string]*ast.Module, error) {
	modules := make(map[string]*ast.Module, len(files))
	var all ast.Errors
	for _, f := range files {
		if _, twice := modules[f.Path]; twice {
			all = append(all, ast.NewError(ast.ParseErr, ast.NewLocation(nil, f.Path, 1, 1), "file is given twice"))
			continue
		}
		module, err := parse(f, c)
		if err == nil {
			modules[f.Path] = module
			continue
		}
		some, ok := errors.AsType[ast.Errors](err)
		if !ok {
			some = ast.Errors{ast.NewError(ast.ParseErr, ast.NewLocation(nil, f.Path, 1, 1), "%s", err.Error())}
		}
		all = append(all, some...)
	}
	if len(all) > 0 {
		all.Sort()
		return modules, all
	}
	return modules, nil
}

// versionOf names the Rego version that a module was parsed as.
func versionOf(m *ast.Module) string {
	return strings.TrimSpace(m.RegoVersionSpan().Min().String())
}
