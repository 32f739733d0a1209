// greet version 1 in Go: {"name"} to {"text"}. It needs WASI, as all of Go's modules do.
package main

func main() {}

//go:wasmexport cc_lb_handshake
func handshake() int32 { return answer(answerHandshake) }

//go:wasmexport cc_lb_self_check
func selfCheck() int32 { return answer(answerSelfCheck) }

//go:wasmexport greet
func greet() int32 {
	return answer(func(input []byte) ([]byte, string) {
		name, failure := readName(input, []string{"name", "_v"})
		return []byte(`{"_v":1,"text":"hello, ` + name + `"}`), failure
	})
}

// readName gives the name as it is written; the keys are `name`, and `_v` where there is an envelope.
func readName(input []byte, keys []string) (string, string) {
	name := ""
	r := newReader(input)
	r.object(keys, func(key string) {
		if key == "name" {
			name = r.text()
		} else if r.count() != 1 {
			r.fail("another version")
		}
	})
	return name, r.end()
}
