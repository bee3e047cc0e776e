package main

import (
	"cmp"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// values reads what the references of conditions stand for at one moment of an evaluation.
type values struct {
	// roots are the documents that a reference may begin with: input, data, imports of them, and variables.
	roots map[ast.Var]ast.Value
	local map[ast.Var]bool
	found Values
}

func (x *explainer) valuesAt(rule *ast.Rule, event *topdown.Event) *values {
	v := &values{roots: map[ast.Var]ast.Value{}, local: map[ast.Var]bool{}, found: Values{Known: map[string]any{}}}
	if input := event.Input(); input != nil {
		v.roots[ast.InputRootDocument.Value.(ast.Var)] = input.Value
	}
	if data, err := ast.InterfaceToValue(x.program.data); err == nil {
		v.roots[ast.DefaultRootDocument.Value.(ast.Var)] = data
	}
	if module := x.program.modules[rule.Location.File]; module != nil {
		v.imports(module.Imports)
	}
	if event.Locals != nil {
		event.Locals.Iter(func(key, value ast.Value) bool {
			if name, ok := key.(ast.Var); ok {
				v.bind(cmp.Or(event.LocalMetadata[name].Name, name), value)
			}
			return false
		})
	}
	return v
}

func (v *values) bind(name ast.Var, value ast.Value) {
	if !name.IsGenerated() && !name.IsWildcard() && ast.IsConstant(value) {
		v.roots[name], v.local[name] = value, true
	}
}

func (v *values) imports(imports []*ast.Import) {
	for _, one := range imports {
		path, ok := one.Path.Value.(ast.Ref)
		if !ok || len(path) < 2 {
			continue
		}
		if root := v.roots[path[0].Value.(ast.Var)]; root != nil {
			if value, err := root.Find(path[1:]); err == nil {
				v.roots[one.Name()] = value
			}
		}
	}
}

// read notes the values of all references and variables of a condition, by the text that they are written as.
func (v *values) read(condition *ast.Expr) {
	ast.NewGenericVisitor(func(node any) bool {
		switch node := node.(type) {
		case ast.Ref:
			v.reference(node)
			for _, term := range node[1:] {
				if name, ok := term.Value.(ast.Var); ok {
					v.variable(name)
				}
			}
			return true
		case ast.Var:
			v.variable(node)
		}
		return false
	}).Walk(condition)
}

func (v *values) variable(name ast.Var) {
	if v.local[name] {
		v.note(string(name), v.roots[name])
	}
}

// reference follows a reference as far as its parts are known; one into rules is not a value of the input.
func (v *values) reference(ref ast.Ref) {
	head, ok := ref[0].Value.(ast.Var)
	root := v.roots[head]
	if !ok || root == nil {
		return
	}
	path := make(ast.Ref, 0, len(ref))
	for _, term := range ref[1:] {
		if name, isVar := term.Value.(ast.Var); isVar {
			if !v.local[name] {
				break
			}
			term = ast.NewTerm(v.roots[name])
		}
		path = append(path, term)
	}
	if len(path) == 0 {
		v.variable(head)
		return
	}
	text := ref[:len(path)+1].String()
	value, err := root.Find(path)
	switch {
	case err == nil:
		v.note(text, value)
	case head != ast.DefaultRootDocument.Value.(ast.Var) && !slices.Contains(v.found.Undefined, text):
		v.found.Undefined = append(v.found.Undefined, text)
	}
}

func (v *values) note(text string, value ast.Value) {
	if plain, ok := jsonOf(value); ok {
		v.found.Known[text] = plain
	}
}
