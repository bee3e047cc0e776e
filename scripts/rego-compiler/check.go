package main

import (
	"encoding/json"
	"fmt"

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
	return compileAll(q, r, c, modules)
}

// compileAll compiles the modules, which it copies, and notes the functions that they call.
func compileAll(q *Request, r *Response, c *ast.Capabilities, modules map[string]*ast.Module) error {
	compiler, err := newCompiler(q, c)
	if err != nil {
		return err
	}
	if compiler.Compile(modules); compiler.Failed() {
		return compiler.Errors
	}
	r.Builtins = []string{}
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
	data, err := dataOf(q)
	if err != nil {
		return nil, err
	}
	compiler := ast.NewCompiler().
		WithCapabilities(c).
		WithStrict(q.Strict).
		WithDefaultRegoVersion(ast.RegoV1).
		WithEnablePrintStatements(true).
		WithUseTypeCheckAnnotations(true).
		SetErrorLimit(maxErrors).
		WithPathConflictsCheck(occupied(data))
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

// occupied says whether the base document has a value at a path, which a package then may not define.
func occupied(data map[string]any) func([]string) (bool, error) {
	return func(path []string) (bool, error) {
		var value any = data
		for _, key := range path {
			object, ok := value.(map[string]any)
			if !ok {
				return true, nil
			}
			if value, ok = object[key]; !ok {
				return false, nil
			}
		}
		_, isObject := value.(map[string]any)
		return len(path) > 0 && !isObject, nil
	}
}

// dataOf gives the request's base document. Numbers stay as they are written.
func dataOf(q *Request) (map[string]any, error) {
	data := map[string]any{}
	if !isGiven(q.Data) {
		return data, nil
	}
	if err := util.UnmarshalJSON(q.Data, &data); err != nil {
		return nil, fmt.Errorf("data is not a JSON object: %w", err)
	}
	return data, nil
}

// isGiven tells a JSON value from an absent one.
func isGiven(raw json.RawMessage) bool {
	return len(raw) > 0 && string(raw) != "null"
}
