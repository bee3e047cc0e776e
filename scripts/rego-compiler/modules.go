package main

import "github.com/open-policy-agent/opa/v1/ast"

// describeModules lists what the files define, in the order of the request. To be called before the modules are
// compiled: the compiler rewrites rules.
func describeModules(files []File, modules map[string]*ast.Module) []Module {
	all := make([]Module, 0, len(files))
	for _, f := range files {
		m, ok := modules[f.Path]
		if !ok {
			continue
		}
		d := Module{File: f.Path, Package: m.Package.Path.String(), RegoVersion: versionOf(m), Rules: []Rule{}}
		for _, a := range m.Annotations {
			if a.Scope == "package" || a.Scope == "subpackages" {
				d.Annotations = append(d.Annotations, a)
			}
		}
		for _, rule := range m.Rules {
			d.Rules = append(d.Rules, describeRule(rule))
		}
		all = append(all, d)
	}
	return all
}

func describeRule(rule *ast.Rule) Rule {
	return Rule{
		Name:        rule.Head.Ref().GroundPrefix().String(),
		Kind:        kindOf(rule),
		Default:     rule.Default,
		Row:         rule.Loc().Row,
		Annotations: rule.Annotations,
	}
}

func kindOf(rule *ast.Rule) string {
	if len(rule.Head.Args) > 0 {
		return "function"
	}
	switch rule.Head.DocKind() {
	case ast.PartialSetDoc:
		return "set"
	case ast.PartialObjectDoc:
		return "object"
	default:
		return "complete"
	}
}
