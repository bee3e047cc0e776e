package main

import (
	"regexp"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// locateFailures runs the failed tests again, traced, and notes where each failed.
func (s *suite) locateFailures(results []TestResult) error {
	var names []string
	for _, t := range results {
		if t.Outcome == "fail" {
			names = append(names, nameFilter(t))
		}
	}
	if len(names) == 0 {
		return nil
	}
	// The compiler holds the compiled modules already, so this runner is given none.
	traced, err := s.run(s.runner().EnableTracing(true).Filter("^(" + strings.Join(names, "|") + ")$"))
	if err != nil {
		return err
	}
	found := make(map[[2]string]*Failure, len(traced))
	for _, t := range traced {
		found[[2]string{t.Package, t.Name}] = t.FailedAt
	}
	for i, t := range results {
		results[i].FailedAt = found[[2]string{t.Package, t.Name}]
	}
	return nil
}

// nameFilter matches one test's full name, in either form that OPA prints: data.a.test_b and data.a["test_b#01"] (the
// second of two tests of one name).
func nameFilter(t TestResult) string {
	name := regexp.QuoteMeta(t.Name)
	return regexp.QuoteMeta(t.Package) + `(\.` + name + `|\["` + name + `"\])`
}

// failureOf finds the last expression of the test's own body that failed. Expressions of rules and functions that it
// calls have another query id; what fails in them shows in the caller.
func failureOf(t *tester.Result) *Failure {
	if t.Location == nil {
		return nil
	}
	body, inBody := uint64(0), false
	var last *ast.Location
	for _, event := range t.Trace {
		switch node := event.Node.(type) {
		case *ast.Rule:
			if event.Op == topdown.EnterOp && node.Location.Equal(t.Location) {
				body, inBody = event.QueryID, true
			}
		case *ast.Expr:
			if inBody && event.Op == topdown.FailOp && event.QueryID == body && node.Location != nil {
				last = node.Location
			}
		}
	}
	if last == nil {
		return nil
	}
	return &Failure{File: last.File, Row: last.Row, Col: last.Col, Text: string(last.Text)}
}
