// Native OPA beside ours: the shipped policies as prepared queries, parsed inputs, two goroutines. Reads a file of
// {"queries": {name: query}, "inputs": [{"query": name, "input": …}]}, then answers each line of its standard input with
// the seconds that one pass over all inputs took.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

type work struct {
	Queries map[string]string `json:"queries"`
	Inputs  []struct {
		Query string          `json:"query"`
		Input json.RawMessage `json:"input"`
	} `json:"inputs"`
}

type question struct {
	query *rego.PreparedEvalQuery
	input ast.Value
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(policies, file string) error {
	questions, err := prepare(policies, file)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		began := time.Now()
		if err := pass(questions); err != nil {
			return err
		}
		fmt.Println(time.Since(began).Seconds())
	}
	return nil
}

func prepare(policies, file string) ([]question, error) {
	ctx := context.Background()
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var given work
	if err := json.Unmarshal(text, &given); err != nil {
		return nil, err
	}
	prepared := map[string]*rego.PreparedEvalQuery{}
	for name, query := range given.Queries {
		one, err := rego.New(rego.Query(query), rego.LoadBundle(policies)).PrepareForEval(ctx)
		if err != nil {
			return nil, err
		}
		prepared[name] = &one
	}
	questions := make([]question, 0, len(given.Inputs))
	for _, one := range given.Inputs {
		input, err := ast.ValueFromReader(bytes.NewReader(one.Input))
		if err != nil {
			return nil, err
		}
		questions = append(questions, question{prepared[one.Query], input})
	}
	return questions, nil
}

// Two at a time, each taking the next input that nobody has.
func pass(questions []question) error {
	var next atomic.Int64
	var group sync.WaitGroup
	var failed atomic.Value
	for range 2 {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := next.Add(1) - 1; i < int64(len(questions)); i = next.Add(1) - 1 {
				one := questions[i]
				results, err := one.query.Eval(context.Background(), rego.EvalParsedInput(one.input))
				if err == nil && len(results) != 1 {
					err = fmt.Errorf("input %d has %d results", i, len(results))
				}
				if err != nil {
					failed.Store(err)
					return
				}
			}
		}()
	}
	group.Wait()
	if err, ok := failed.Load().(error); ok {
		return err
	}
	return nil
}
