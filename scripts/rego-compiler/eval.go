package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// eval runs a query with OPA's interpreter: about 150 times slower than compiled policies, but it has every function.
// The policies are compiled once and the query then runs for each input; without inputs it runs once, `input` undefined.
func eval(q *Request, r *Response) error {
	p, err := compileProgram(q, r)
	if err != nil {
		return err
	}
	query, err := p.prepare(q.Query)
	if err != nil {
		return err
	}
	now, err := instantOf(q.NowNs)
	if err != nil {
		return err
	}
	inputs := q.Inputs
	if len(inputs) == 0 {
		inputs = []json.RawMessage{nil}
	}
	for _, input := range inputs {
		r.Evaluations = append(r.Evaluations, evalOne(query, input, now))
	}
	return nil
}

// program is what an evaluation works on: the policies as they are written, and compiled.
type program struct {
	capabilities *ast.Capabilities
	modules      map[string]*ast.Module
	compiler     *ast.Compiler
	data         map[string]any
}

func compileProgram(q *Request, r *Response) (*program, error) {
	p := &program{capabilities: capabilitiesOf(q)}
	var err error
	if p.modules, err = parseAndDescribe(q, r, p.capabilities); err != nil {
		return nil, err
	}
	if p.compiler, err = newCompiler(q, p.capabilities); err != nil {
		return nil, err
	}
	if p.compiler.Compile(p.modules); p.compiler.Failed() {
		return nil, p.compiler.Errors
	}
	p.data, err = dataOf(q)
	return p, err
}

func (p *program) prepare(query string) (*rego.PreparedEvalQuery, error) {
	prepared, err := rego.New(
		rego.Query(query),
		rego.Compiler(p.compiler),
		rego.Capabilities(p.capabilities),
		rego.Store(inmem.NewFromObject(p.data)),
		rego.SetRegoVersion(ast.RegoV1),
		rego.EnablePrintStatements(true),
	).PrepareForEval(context.Background())
	return &prepared, err
}

// instantOf reads the fixed time, decimal nanoseconds since 1970; without one it is the time of the call.
func instantOf(ns string) (time.Time, error) {
	if ns == "" {
		return time.Now(), nil
	}
	n, err := strconv.ParseInt(ns, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("nowNs is not a number of nanoseconds: %q", ns)
	}
	return time.Unix(0, n), nil
}

// more are options beside those that every evaluation has.
func evalOne(query *rego.PreparedEvalQuery, input json.RawMessage, now time.Time, more ...rego.EvalOption) Evaluation {
	var printed bytes.Buffer
	// Sets in order: the same input gives the same bytes.
	options := []rego.EvalOption{
		rego.EvalTime(now), rego.EvalSortSets(true), rego.EvalPrintHook(topdown.NewPrintHook(&printed)),
	}
	options = append(options, more...)
	if len(input) > 0 {
		value, err := ast.ValueFromReader(bytes.NewReader(input))
		if err != nil {
			return Evaluation{Values: []any{}, Error: &diagnose(err, "input_error")[0]}
		}
		options = append(options, rego.EvalParsedInput(value))
	}
	results, err := query.Eval(context.Background(), options...)
	evaluation := Evaluation{Values: []any{}, Output: printed.String()}
	if err != nil {
		evaluation.Error = &diagnose(err, "eval_error")[0]
		return evaluation
	}
	for _, result := range results {
		evaluation.Values = append(evaluation.Values, result.Expressions[len(result.Expressions)-1].Value)
	}
	return evaluation
}
