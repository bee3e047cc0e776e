// Package main is OPA's compiler as a library for a WebAssembly host: check, build, test, format and evaluate Rego.
// The host sends one JSON request and gets one JSON response and, for a build, the compiled bytes (protocol.go).
// It is built for wasip1 as a reactor (reactor_wasip1.go); natively only its tests run.
package main

// A reactor has no main of its own: the host calls the exported functions.
func main() {}
