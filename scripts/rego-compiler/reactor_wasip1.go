package main

import "unsafe"

// The host calls request_buffer(n), writes n bytes of JSON there, calls handle(n), reads the two results where
// the four functions below say, and calls release.
var request, body, blob []byte

//go:wasmexport request_buffer
func requestBuffer(n uint32) unsafe.Pointer {
	request = make([]byte, max(n, 1))
	return unsafe.Pointer(&request[0])
}

//go:wasmexport handle
func handleRequest(n uint32) {
	sent := request[:n]
	request = nil
	body, blob = answer(sent)
}

//go:wasmexport body_pointer
func bodyPointer() unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(body)) }

//go:wasmexport body_length
func bodyLength() uint32 { return uint32(len(body)) }

//go:wasmexport blob_pointer
func blobPointer() unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(blob)) }

//go:wasmexport blob_length
func blobLength() uint32 { return uint32(len(blob)) }

//go:wasmexport release
func release() { body, blob = nil, nil }
