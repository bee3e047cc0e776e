package main

import (
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"
)

// maxErrors bounds what one compilation reports; the compiler adds "error limit reached".
const maxErrors = 100

// check parses, compiles and type-checks, and says which functions the policies call.
func check(q *Request, r *Response) error {
	c := capabilitiesOf(q)
	modules, err := parseAndDescribe(q, r, c)
	if err != nil {
		return err
	}
	compiler, err := newCompiler(q, c)
	if err != nil {
		return err
	}
	if compiler.Compile(modules); compiler.Failed() {
		return compiler.Errors
	}
	for _, b := range compiler.Required.Builtins {
		r.Builtins = append(r.Builtins, b.Name)
	}
	return nil
}

// parseAndDescribe parses the request's files and puts into the response what they define.
func parseAndDescribe(q *Request, r *Response, c *ast.Capabilities) (map[string]*ast.Module, error) {
	modules, err := parseAll(q.Files, c)
	r.Modules = describeModules(q.Files, modules)
	return modules, err
}

// newCompiler is set up as `opa check` sets its own, with the input schema of the request.
func newCompiler(q *Request, c *ast.Capabilities) (*ast.Compiler, error) {
	compiler := ast.NewCompiler().
		WithCapabilities(c).
		WithStrict(q.Strict).
		WithDefaultRegoVersion(ast.RegoV1).
		WithEnablePrintStatements(true).
		WithUseTypeCheckAnnotations(true).
		SetErrorLimit(maxErrors)
	if !isGiven(q.InputSchema) {
		return compiler, nil
	}
	var schema any
	if err := util.UnmarshalJSON(q.InputSchema, &schema); err != nil {
		return nil, err
	}
	schemas := ast.NewSchemaSet()
	schemas.Put(ast.SchemaRootRef, schema)
	return compiler.WithSchemas(schemas), nil
}

// isGiven tells a JSON value from an absent one.
func isGiven(raw json.RawMessage) bool {
	return len(raw) > 0 && string(raw) != "null"
}
