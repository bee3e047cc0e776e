package main

import (
	"errors"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
)

// formatFiles writes each file as `opa fmt` would, in the Rego version that it was parsed as, or all in v1.
func formatFiles(q *Request, r *Response) error {
	c := capabilitiesOf(q)
	modules, err := parseAndDescribe(q, r, c)
	if err != nil {
		return err
	}
	var all ast.Errors
	for _, f := range q.Files {
		text, err := formatOne(f, modules[f.Path], q.Upgrade)
		some, located := errors.AsType[ast.Errors](err)
		switch {
		case err == nil:
			r.Files = append(r.Files, File{Path: f.Path, Text: string(text)})
		case located:
			all = append(all, some...)
		default:
			at := ast.NewLocation(nil, f.Path, 1, 1)
			all = append(all, ast.NewError(ast.FormatErr, at, "%s", err.Error()))
		}
	}
	if len(all) > 0 {
		return all
	}
	return nil
}

func formatOne(f File, m *ast.Module, upgrade bool) ([]byte, error) {
	read := ast.ParserOptions{RegoVersion: m.RegoVersionSpan().Min(), ProcessAnnotation: true}
	if read.RegoVersion == ast.RegoV0 {
		read.FutureKeywords = keywordsOfV0
	}
	write := format.Opts{RegoVersion: read.RegoVersion, ParserOptions: &read}
	if upgrade && read.RegoVersion == ast.RegoV0 {
		write.RegoVersion, write.DropRedundantDirectiveImports = ast.RegoV1, true
	}
	return format.SourceWithOpts(f.Path, []byte(f.Text), write)
}
