package main

import (
	"errors"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// diagnose flattens an error of OPA into diagnostics. code is used where the error has none.
func diagnose(err error, code string) []Diagnostic {
	if many, ok := errors.AsType[ast.Errors](err); ok {
		all := make([]Diagnostic, 0, len(many))
		for _, one := range many {
			all = append(all, compileTime(one))
		}
		return all
	}
	if many, ok := errors.AsType[rego.Errors](err); ok {
		var all []Diagnostic
		for _, one := range many {
			all = append(all, diagnose(one, code)...)
		}
		return all
	}
	if one, ok := errors.AsType[*ast.Error](err); ok {
		return []Diagnostic{compileTime(one)}
	}
	if one, ok := errors.AsType[*topdown.Error](err); ok {
		return []Diagnostic{located(one.Code, one.Message, one.Location)}
	}
	return []Diagnostic{{Code: code, Message: err.Error()}}
}

func compileTime(err *ast.Error) Diagnostic {
	d := located(err.Code, err.Message, err.Location)
	if err.Details != nil {
		for _, line := range err.Details.Lines() {
			d.Details = append(d.Details, line[:min(len(line), longestDetail)])
		}
	}
	return d
}

// longestDetail bounds a line of details; a minified source would be sent again with each of its errors.
const longestDetail = 400

func located(code, message string, at *ast.Location) Diagnostic {
	d := Diagnostic{Code: code, Message: message}
	if at != nil {
		d.File, d.Row, d.Col = at.File, at.Row, at.Col
	}
	return d
}
