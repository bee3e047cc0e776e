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
		return module, nil
	}
	v0 := v1
	v0.RegoVersion, v0.FutureKeywords = ast.RegoV0, keywordsOfV0
	module, errV0 := ast.ParseModuleWithOpts(f.Path, f.Text, v0)
	if errV0 == nil {
		return module, nil
	}
	if isEvidentlyV0(f.Text) {
		return nil, errV0
	}
	return nil, errV1
}

var (
	comment   = regexp.MustCompile(`#.*`)
	keywordIf = regexp.MustCompile(`(?m)(^|[\s)\]}"])if(\s|\{|$)`)
	// A rule's name, perhaps with a key or arguments, and its body: v1 has nothing that begins like this.
	bareBody = regexp.MustCompile(`(?m)^[A-Za-z_][\w.]*(\[[^\]\n]*\]|\([^)\n]*\))?\s*\{`)
)

// isEvidentlyV0 chooses whose errors to report for a file that parses as neither version: v0's for one that writes rule
// bodies and never `if`.
func isEvidentlyV0(text string) bool {
	code := comment.ReplaceAllString(text, "")
	return bareBody.MatchString(code) && !keywordIf.MatchString(code)
}

// parseAll parses every file. All errors of all files are returned together, in the order of the files.
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
		some, err := parseErrors(err)
		if err != nil {
			return modules, err
		}
		all = append(all, some...)
	}
	if len(all) > 0 {
		return modules, all
	}
	return modules, nil
}

// parseErrors gives the parser's list, which for some errors is a single one. Anything else is returned as it is.
func parseErrors(err error) (ast.Errors, error) {
	if many, ok := errors.AsType[ast.Errors](err); ok {
		return many, nil
	}
	if one, ok := errors.AsType[*ast.Error](err); ok {
		return ast.Errors{one}, nil
	}
	return nil, err
}

// versionOf names the Rego version that a module was parsed as.
func versionOf(m *ast.Module) string {
	return strings.TrimSpace(m.RegoVersionSpan().Min().String())
}
