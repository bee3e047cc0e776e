package main

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// explain evaluates as eval does, and tells which rules held on which values, and where those failed that did not.
func explain(q *Request, r *Response) error {
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
	for _, input := range q.Inputs {
		x := newExplainer(p)
		// The index would leave out rules, and an early exit those after the first that holds: all are to be told of.
		evaluation := evalOne(query, input, now,
			rego.EvalQueryTracer(x), rego.EvalRuleIndexing(false), rego.EvalEarlyExit(false))
		r.Explanations = append(r.Explanations, Explanation{Evaluation: evaluation, Rules: x.rules()})
	}
	return nil
}

// mostHeld bounds the values that are told of one rule.
const mostHeld = 5

// explainer follows an evaluation. An expression belongs to the rule whose body's query it was evaluated in; those of
// comprehensions have queries of their own and count as parts of the expression around them.
type explainer struct {
	program *program
	written map[place]*ast.Rule
	bodies  map[uint64]*ast.Rule
	traces  map[*ast.Rule]*RuleTrace
}

type place struct {
	file     string
	row, col int
}

func newExplainer(p *program) *explainer {
	x := &explainer{
		program: p, written: map[place]*ast.Rule{}, bodies: map[uint64]*ast.Rule{}, traces: map[*ast.Rule]*RuleTrace{},
	}
	for _, module := range p.modules {
		for _, rule := range module.Rules {
			for ; rule != nil; rule = rule.Else {
				x.written[placeOf(rule.Location)] = rule
			}
		}
	}
	return x
}

func placeOf(at *ast.Location) place { return place{at.File, at.Row, at.Col} }

func (*explainer) Enabled() bool { return true }

func (*explainer) Config() topdown.TraceConfig { return topdown.TraceConfig{PlugLocalVars: true} }

func (x *explainer) TraceEvent(event topdown.Event) {
	switch node := event.Node.(type) {
	case *ast.Rule:
		if event.Op == topdown.EnterOp {
			x.enter(node, event.QueryID)
		} else if event.Op == topdown.ExitOp {
			x.held(node, &event)
		}
	case *ast.Expr:
		if rule := x.bodies[event.QueryID]; rule != nil && event.Op == topdown.FailOp {
			x.missed(rule, node, &event)
		}
	}
}

func (x *explainer) enter(rule *ast.Rule, query uint64) {
	if rule.Default || x.written[placeOf(rule.Location)] == nil {
		return
	}
	x.bodies[query] = rule
	if x.traces[rule] == nil {
		at := rule.Location
		name := rule.Head.Ref().GroundPrefix().String()
		x.traces[rule] = &RuleTrace{Package: rule.Module.Package.Path.String(), Name: name, File: at.File, Row: at.Row}
	}
}

func (x *explainer) held(rule *ast.Rule, event *topdown.Event) {
	trace := x.traces[rule]
	if trace == nil {
		return
	}
	trace.Times++
	if len(trace.Held) == mostHeld {
		return
	}
	values := x.valuesAt(rule, event)
	for _, condition := range x.written[placeOf(rule.Location)].Body {
		values.read(condition)
	}
	trace.Held = append(trace.Held, values.found)
}

// missed keeps the condition that is furthest down in the rule.
func (x *explainer) missed(rule *ast.Rule, expr *ast.Expr, event *topdown.Event) {
	trace, written := x.traces[rule], x.written[placeOf(rule.Location)]
	met := conditionAt(written.Body, expr.Location)
	if met < 0 || (trace.Missed != nil && trace.Missed.Met >= met) {
		return
	}
	condition := written.Body[met]
	values := x.valuesAt(rule, event)
	values.read(condition)
	at := condition.Location
	trace.Missed = &Missed{
		Row: at.Row, Col: at.Col, Text: string(at.Text), Met: met, Of: len(written.Body),
		Values: values.found, Calls: x.callsOf(rule, met, written.Body),
	}
}

// conditionAt finds the condition as written that a compiled expression was made from: compiling splits one into
// several, which keep places within it. -1 for one of the rule's head, which stands before.
func conditionAt(body ast.Body, at *ast.Location) int {
	found := -1
	for i, condition := range body {
		if at != nil && condition.Location.Offset <= at.Offset {
			found = i
		}
	}
	return found
}

func (x *explainer) callsOf(rule *ast.Rule, met int, written ast.Body) []Place {
	var calls []Place
	for _, expr := range rule.Body {
		if conditionAt(written, expr.Location) != met {
			continue
		}
		ast.WalkRefs(expr, func(ref ast.Ref) bool {
			for _, called := range x.program.compiler.GetRulesForVirtualDocument(ref.GroundPrefix()) {
				at := Place{File: called.Location.File, Row: called.Location.Row}
				if !called.Default && !slices.Contains(calls, at) {
					calls = append(calls, at)
				}
			}
			return false
		})
	}
	return calls
}

func (x *explainer) rules() []RuleTrace {
	rules := make([]RuleTrace, 0, len(x.traces))
	for _, trace := range x.traces {
		rules = append(rules, *trace)
	}
	slices.SortFunc(rules, func(a, b RuleTrace) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row), cmp.Compare(a.Name, b.Name))
	})
	return rules
}

// jsonOf gives a value as it goes to the host; one that is too long to be read is only measured.
func jsonOf(value ast.Value) (any, bool) {
	plain, err := ast.JSON(value)
	if err != nil {
		return nil, false
	}
	text, err := json.Marshal(plain)
	if err != nil {
		return nil, false
	}
	if len(text) > longestValue {
		return map[string]any{"bytes": len(text)}, true
	}
	return plain, true
}

const longestValue = 2000
