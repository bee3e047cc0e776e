package main

import (
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
)

// File is one Rego source. Path is what diagnostics name and, as it is part of the compiled bytes, what decides whether
// a build equals that of the opa command line run with the same relative path.
type File struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// Request is what the host asks for. Fields that an operation does not know are ignored by it.
type Request struct {
	Op    string `json:"op"`
	Files []File `json:"files"`
	// Data is the base document under `data`, an object.
	Data json.RawMessage `json:"data"`
	// Builtins, when present, are the only functions that a policy may call beside operators (capabilities.go).
	Builtins *[]string `json:"builtins"`
	// InputSchema is a JSON schema of `input`; a reference to a field that it does not have is a type error.
	InputSchema json.RawMessage `json:"inputSchema"`
	Strict      bool            `json:"strict"`

	// For build.
	Entrypoints []string `json:"entrypoints"`
	Target      string   `json:"target"`
	Optimize    int      `json:"optimize"`
	PruneUnused bool     `json:"pruneUnused"`
	Print       bool     `json:"print"`

	// For test: a regular expression that the test's full name (data.package.test_x) must match.
	Filter   string `json:"filter"`
	Coverage bool   `json:"coverage"`

	// For eval. An absent input leaves `input` undefined. NowNs fixes time.now_ns for the whole call.
	Query  string            `json:"query"`
	Inputs []json.RawMessage `json:"inputs"`
	NowNs  string            `json:"nowNs"`

	// For format: write what is v0 as v1.
	Upgrade bool `json:"upgrade"`
}

// Diagnostic is one error of the source. Row and Col count from 1; both are 0, and File is empty, for an error that has
// no place in the source, as an entrypoint that does not exist.
type Diagnostic struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	File    string `json:"file"`
	Row     int    `json:"row"`
	Col     int    `json:"col"`
	// Details are OPA's further lines: the source line with a caret, or what was had and wanted. Long ones are cut.
	Details []string `json:"details,omitempty"`
}

// Module describes one parsed file.
type Module struct {
	File        string             `json:"file"`
	Package     string             `json:"package"`
	RegoVersion string             `json:"regoVersion"`
	Rules       []Rule             `json:"rules"`
	Annotations []*ast.Annotations `json:"annotations,omitempty"`
}

// Rule is one rule as written; a name may appear several times.
type Rule struct {
	Name        string             `json:"name"`
	Kind        string             `json:"kind"`
	Default     bool               `json:"default,omitempty"`
	Row         int                `json:"row"`
	Annotations []*ast.Annotations `json:"annotations,omitempty"`
}

// TestResult is the outcome of one test rule.
type TestResult struct {
	Package  string      `json:"package"`
	Name     string      `json:"name"`
	Outcome  string      `json:"outcome"`
	File     string      `json:"file"`
	Row      int         `json:"row"`
	Micros   int64       `json:"micros"`
	FailedAt *Failure    `json:"failedAt,omitempty"`
	Cases    []TestCase  `json:"cases,omitempty"`
	Output   string      `json:"output,omitempty"`
	Error    *Diagnostic `json:"error,omitempty"`
	location *ast.Location
}

// Failure is the expression of a test that was not true.
type Failure struct {
	File string `json:"file"`
	Row  int    `json:"row"`
	Col  int    `json:"col"`
	Text string `json:"text"`
}

// TestCase is one case of a test written as a partial object, `test_x[note] if …`.
type TestCase struct {
	Name   []string `json:"name"`
	Passed bool     `json:"passed"`
}

// Evaluation is what the query gave for one input: the value of its last expression, once for each way to satisfy it.
type Evaluation struct {
	Values []any       `json:"values"`
	Output string      `json:"output,omitempty"`
	Error  *Diagnostic `json:"error,omitempty"`
}

// Explanation is an evaluation with what became of every rule that it looked at, in the order of files and lines.
type Explanation struct {
	Evaluation
	Rules []RuleTrace `json:"rules"`
}

// RuleTrace tells of one rule as written. A rule may hold for some values and miss for others.
type RuleTrace struct {
	Package string `json:"package"`
	Name    string `json:"name"`
	File    string `json:"file"`
	Row     int    `json:"row"`
	// Times counts how often it held; Held has the values of the first few times.
	Times int      `json:"times"`
	Held  []Values `json:"held,omitempty"`
	// Missed is the condition at which it came furthest without holding.
	Missed *Missed `json:"missed,omitempty"`
}

// Values are what the references and variables of conditions stood for, by their text. Undefined ones have none.
type Values struct {
	Known     map[string]any `json:"known"`
	Undefined []string       `json:"undefined,omitempty"`
}

// Missed is a condition that was not true, after Met of the Of conditions of its rule.
type Missed struct {
	Row    int    `json:"row"`
	Col    int    `json:"col"`
	Text   string `json:"text"`
	Met    int    `json:"met"`
	Of     int    `json:"of"`
	Values Values `json:"values"`
	// Calls are the rules and functions that the condition refers to.
	Calls []Place `json:"calls,omitempty"`
}

// Place is where a rule is written.
type Place struct {
	File string `json:"file"`
	Row  int    `json:"row"`
}

// Builtin describes one function that this OPA knows.
type Builtin struct {
	Name             string `json:"name"`
	Infix            string `json:"infix,omitempty"`
	Deprecated       bool   `json:"deprecated,omitempty"`
	Nondeterministic bool   `json:"nondeterministic,omitempty"`
}

// Version says what was built with what, and how much memory it holds.
type Version struct {
	OPA       string `json:"opa"`
	Go        string `json:"go"`
	HeapBytes uint64 `json:"heapBytes"`
}

// Response is the answer. With errors, nothing else is to be relied on but Modules, which then has what could be parsed.
type Response struct {
	Errors       []Diagnostic  `json:"errors"`
	Modules      []Module      `json:"modules,omitempty"`
	Builtins     []string      `json:"builtins,omitempty"`
	Entrypoints  []string      `json:"entrypoints,omitempty"`
	Files        []File        `json:"files,omitempty"`
	Tests        []TestResult  `json:"tests,omitempty"`
	Coverage     *cover.Report `json:"coverage,omitempty"`
	Evaluations  []Evaluation  `json:"evaluations,omitempty"`
	Explanations []Explanation `json:"explanations,omitempty"`
	Known        []Builtin     `json:"known,omitempty"`
	Version      *Version      `json:"version,omitempty"`
	// blob goes to the host beside the JSON.
	blob []byte
}
