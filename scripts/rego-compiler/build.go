package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/compile"
	"github.com/open-policy-agent/opa/v1/util"
)

// build compiles to WebAssembly, or to the plan (OPA's intermediate representation, as JSON). Bytes equal those of
// `opa build` for the same relative paths, entrypoints and options.
func build(q *Request, r *Response) error {
	c := capabilitiesOf(q)
	modules, err := parseAndDescribe(q, r, c)
	if err != nil {
		return err
	}
	// The bundle compiler takes no schema and is never strict: that is a compilation of its own.
	if isGiven(q.InputSchema) || q.Strict {
		if err := compileAll(q, r, c, modules); err != nil {
			return err
		}
	}
	b, err := bundleOf(q, modules)
	if err != nil {
		return err
	}
	compiler := compile.New().
		WithBundle(b).
		WithCapabilities(c).
		WithTarget(q.Target).
		WithEntrypoints(q.Entrypoints...).
		WithRegoAnnotationEntrypoints(true).
		WithOptimizationLevel(q.Optimize).
		WithPruneUnused(q.PruneUnused).
		// A plan keeps its print statements, as the opa command line has it.
		WithEnablePrintStatements(q.Print || q.Target == compile.TargetPlan).
		WithRegoVersion(ast.RegoV1)
	// What the bundle compiler reports ends at the tenth error; a compilation of our own has them all.
	if err := compiler.Build(context.Background()); err != nil {
		return cmp.Or(compileAll(q, r, c, modules), err)
	}
	return take(compiler.Bundle(), q.Target, r)
}

// bundleOf packs the modules as the bundle compiler wants them. Sorted by path: the order is in the bytes.
func bundleOf(q *Request, modules map[string]*ast.Module) (*bundle.Bundle, error) {
	data, err := dataOf(q)
	if err != nil {
		return nil, err
	}
	texts := make(map[string]string, len(q.Files))
	for _, f := range q.Files {
		texts[f.Path] = f.Text
	}
	b := &bundle.Bundle{Data: data}
	b.SetRegoVersion(ast.RegoV1)
	b.Manifest.Init()
	for _, path := range util.KeysSorted(modules) {
		b.Modules = append(b.Modules, bundle.ModuleFile{
			URL: path, Path: path, Parsed: modules[path], Raw: []byte(texts[path]),
		})
	}
	return b, nil
}

// take moves the compiled bytes and the entrypoints, in the order of their numbers, into the response.
func take(b *bundle.Bundle, target string, r *Response) error {
	for _, resolver := range b.Manifest.WasmResolvers {
		r.Entrypoints = append(r.Entrypoints, resolver.Entrypoint)
	}
	switch {
	case target == compile.TargetPlan && len(b.PlanModules) == 1:
		r.blob = b.PlanModules[0].Raw
	case target == compile.TargetWasm && len(b.WasmModules) == 1:
		r.blob = b.WasmModules[0].Raw
	default:
		return fmt.Errorf("target %q gave no module; it must be wasm or plan", target)
	}
	return nil
}
