package main

import (
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// locateFailures evaluates the failed tests again, traced, and notes where each failed.
func (s *suite) locateFailures(results []TestResult) error {
	failed := make(map[*ast.Location]*TestResult)
	for i := range results {
		if results[i].Outcome == "fail" {
			failed[results[i].location] = &results[i]
		}
	}
	if len(failed) == 0 {
		return nil
	}
	for _, module := range s.compiler.Modules {
		for _, rule := range module.Rules {
			result := failed[rule.Loc()]
			if result == nil {
				continue
			}
			at, err := s.failureOf(rule)
			if err != nil {
				return err
			}
			result.FailedAt = at
		}
	}
	return nil
}

// failureOf evaluates one test. Without the rule index: it leaves out a rule whose conditions on the input cannot hold,
// and what is not evaluated does not fail anywhere.
func (s *suite) failureOf(test *ast.Rule) (*Failure, error) {
	path := test.Module.Package.Path.Extend(test.Head.Ref().GroundPrefix())
	query, err := rego.New(
		rego.Query(path.String()),
		rego.Compiler(s.compiler),
		rego.Store(s.store),
		rego.Transaction(s.txn),
	).PrepareForEval(s.ctx)
	if err != nil {
		return nil, err
	}
	tracer := &failureTracer{test: test}
	// An error of this evaluation is of no interest: the test has its outcome already.
	_, _ = query.Eval(s.ctx, rego.EvalTransaction(s.txn), rego.EvalQueryTracer(tracer), rego.EvalRuleIndexing(false))
	if tracer.last == nil {
		return nil, nil
	}
	at := tracer.last
	return &Failure{File: at.File, Row: at.Row, Col: at.Col, Text: string(at.Text)}, nil
}

// failureTracer keeps the place of the last expression in the test's own body that failed. Expressions of rules and
// functions that it calls have other query ids; what fails in them shows in the caller.
type failureTracer struct {
	test   *ast.Rule
	body   uint64
	inBody bool
	last   *ast.Location
}

func (*failureTracer) Enabled() bool { return true }

func (*failureTracer) Config() topdown.TraceConfig { return topdown.TraceConfig{} }

func (t *failureTracer) TraceEvent(event topdown.Event) {
	switch node := event.Node.(type) {
	case *ast.Rule:
		if event.Op == topdown.EnterOp && node == t.test {
			t.body, t.inBody = event.QueryID, true
		}
	case *ast.Expr:
		if t.inBody && event.Op == topdown.FailOp && event.QueryID == t.body && node.Location != nil {
			t.last = node.Location
		}
	}
}
