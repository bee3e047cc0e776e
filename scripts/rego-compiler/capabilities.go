package main

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// capabilitiesOf gives what a policy may use. A function outside of the request's list does not exist for the type
// checker, so a call to it is an error with a place in the source instead of a surprise in the middle of an evaluation.
// No host is ever allowed: a JSON schema's remote $ref would otherwise be fetched while compiling.
func capabilitiesOf(q *Request) *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.AllowNet = []string{}
	if q.Builtins != nil {
		c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool {
			return !isLanguage(b) && !slices.Contains(*q.Builtins, b.Name)
		})
	}
	return c
}

// isLanguage says whether a builtin is syntax: operators, and what the compiler itself puts in the place of `in`,
// template strings, print and test cases.
func isLanguage(b *ast.Builtin) bool {
	return b.Infix != "" || strings.HasPrefix(b.Name, "internal.") || b.Name == ast.Print.Name
}

func listBuiltins(_ *Request, r *Response) error {
	for _, b := range ast.CapabilitiesForThisVersion().Builtins {
		r.Known = append(r.Known, Builtin{
			Name: b.Name, Infix: b.Infix, Deprecated: b.IsDeprecated(), Nondeterministic: b.Nondeterministic,
		})
	}
	return nil
}
