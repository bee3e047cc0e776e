package main

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/open-policy-agent/opa/v1/version"
)

// operation does what the request asks and fills the response. Its error becomes the response's diagnostics.
type operation func(*Request, *Response) error

var operations = map[string]operation{
	"check":    check,
	"build":    build,
	"test":     test,
	"format":   formatFiles,
	"eval":     eval,
	"explain":  explain,
	"builtins": listBuiltins,
	"version":  describe,
}

// handle answers one request. A panic of the compiler becomes a diagnostic: the instance stays usable.
func handle(request []byte) (response *Response) {
	response = &Response{}
	defer func() {
		if p := recover(); p != nil {
			response.fail(fmt.Errorf("panic: %v", p), "compiler_panic")
		}
		if response.Errors == nil {
			response.Errors = []Diagnostic{}
		}
	}()
	var q Request
	if err := json.Unmarshal(request, &q); err != nil {
		return response.fail(err, "bad_request")
	}
	run, ok := operations[q.Op]
	if !ok {
		return response.fail(fmt.Errorf("unknown operation %q", q.Op), "bad_request")
	}
	if err := run(&q, response); err != nil {
		response.fail(err, q.Op+"_error")
	}
	return response
}

// answer is handle in bytes: the JSON of the response, and the compiled module if there is one.
func answer(request []byte) (body, blob []byte) {
	response := handle(request)
	body, err := json.Marshal(response)
	if err != nil {
		body, _ = json.Marshal((&Response{}).fail(err, "bad_response"))
		return body, nil
	}
	return body, response.blob
}

// fail adds an error's diagnostics; code is for errors of OPA that carry none.
func (r *Response) fail(err error, code string) *Response {
	r.Errors = append(r.Errors, diagnose(err, code)...)
	r.blob = nil
	return r
}

func describe(_ *Request, r *Response) error {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	r.Version = &Version{OPA: version.Version, Go: runtime.Version(), HeapBytes: stats.HeapAlloc}
	return nil
}
