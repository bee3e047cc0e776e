package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
)

// test runs the rules named test_*. Failed ones are evaluated once more to find the expression that failed: OPA's own
// Result.FailedAt is never set, and its tracing and coverage exclude one another.
func test(q *Request, r *Response) error {
	s, err := newSuite(q, r)
	if err != nil {
		return err
	}
	defer s.close()
	var coverage *cover.Cover
	if q.Coverage {
		coverage = cover.New()
	}
	results, err := s.run(q.Filter, coverage)
	if err != nil {
		return err
	}
	r.Tests = results
	if coverage != nil {
		report := coverage.Report(s.modules)
		r.Coverage = &report
	}
	return s.locateFailures(r.Tests)
}

// noTimeout leaves the limit to the host: without threads, Go's own could only fire between two tests, and then it
// would fail the wrong one.
const noTimeout = 24 * time.Hour

// suite is what the run and the search for failures share.
type suite struct {
	ctx      context.Context
	modules  map[string]*ast.Module
	compiler *ast.Compiler
	store    storage.Store
	txn      storage.Transaction
}

func newSuite(q *Request, r *Response) (*suite, error) {
	c := capabilitiesOf(q)
	modules, err := parseAndDescribe(q, r, c)
	if err != nil {
		return nil, err
	}
	compiler, err := newCompiler(q, c)
	if err != nil {
		return nil, err
	}
	data, err := dataOf(q)
	if err != nil {
		return nil, err
	}
	s := &suite{ctx: context.Background(), modules: modules, compiler: compiler, store: inmem.NewFromObject(data)}
	s.txn, err = s.store.NewTransaction(s.ctx)
	return s, err
}

func (s *suite) close() { s.store.Abort(s.ctx, s.txn) }

// run gives the results in order of file, line and name: OPA sends them in the order of a map.
func (s *suite) run(filter string, coverage *cover.Cover) ([]TestResult, error) {
	runner := tester.NewRunner().SetCompiler(s.compiler).SetStore(s.store).SetModules(s.modules).Filter(filter).
		SetParallel(1).SetTimeout(noTimeout).CapturePrintOutput(true)
	if coverage != nil {
		runner.SetCoverageQueryTracer(coverage)
	}
	channel, err := runner.RunTests(s.ctx, s.txn)
	if err != nil {
		return nil, err
	}
	results := []TestResult{}
	for t := range channel {
		results = append(results, resultOf(t))
	}
	slices.SortFunc(results, func(a, b TestResult) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row), cmp.Compare(a.Name, b.Name))
	})
	return results, nil
}

func resultOf(t *tester.Result) TestResult {
	result := TestResult{
		Package: t.Package, Name: t.Name, Outcome: outcomeOf(t), Micros: t.Duration.Microseconds(),
		Output: string(t.Output), Cases: casesOf(t), location: t.Location,
	}
	if t.Location != nil {
		result.File, result.Row = t.Location.File, t.Location.Row
	}
	if t.Error != nil {
		result.Error = &diagnose(t.Error, "test_error")[0]
	}
	return result
}

func outcomeOf(t *tester.Result) string {
	switch {
	case t.Error != nil:
		return "error"
	case t.Skip:
		return "skip"
	case t.Fail:
		return "fail"
	default:
		return "pass"
	}
}

// casesOf lists the innermost cases of a test that has several.
func casesOf(t *tester.Result) []TestCase {
	var cases []TestCase
	for name, sub := range t.SubResults.Iter {
		if len(sub.SubResults) == 0 {
			cases = append(cases, TestCase{Name: name, Passed: !sub.Fail})
		}
	}
	return cases
}
