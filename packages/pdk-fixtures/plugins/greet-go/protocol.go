package main

import "strconv"

// answerHandshake answers the offer (protocol §2): greet at version 1, if the host has it.
func answerHandshake(input []byte) ([]byte, string) {
	isOffered, isCommon := false, false
	r := newReader(input)
	keys := []string{"handshake_schema_version", "envelope_version", "function_versions", "host_capabilities"}
	r.object(keys, func(key string) {
		switch key {
		case "function_versions":
			r.members(func(name string) {
				isOffered = isOffered || name == "greet"
				r.list(func() { isCommon = r.count() == 1 && name == "greet" || isCommon })
			})
		case "host_capabilities":
			r.list(func() { r.text() })
		default:
			if r.count() != 1 {
				r.fail("another protocol")
			}
		}
	})
	chosen, supported, implemented := "", "", ""
	if isCommon {
		chosen = `"greet":1`
	}
	if isOffered {
		supported, implemented = `"greet":[1]`, `"greet"`
	}
	return []byte(`{"handshake_schema_version":1,"envelope_version":1,"chosen_versions":{` + chosen +
		`},"plugin_supported":{` + supported + `},"implemented_functions":[` + implemented +
		`],"required_capabilities":[]}`), r.end()
}

// answerSelfCheck answers a self-check (protocol §3) by reading the samples: no handler runs. A function that the plugin does not
// have is skipped.
func answerSelfCheck(input []byte) ([]byte, string) {
	count, time, failures := 0, uint64(0), ""
	r := newReader(input)
	r.object([]string{"functions_to_test", "initiated_at"}, func(key string) {
		if key == "initiated_at" {
			time = r.count()
			return
		}
		r.list(func() {
			count++
			r.text() // a function that the plugin does not have is skipped
		})
	})
	if failure := r.end(); failure != "" {
		return nil, failure
	}
	if count < 1 || count > 16 || time == 0 {
		return nil, "a self-check has 1 to 16 functions and a positive time"
	}
	status := "success"
	if !samplesHold() {
		status, failures = "failure", `{"stage":"wire_function_test","message":"a sample is not what it was"}`
	}
	return []byte(`{"status":"` + status + `","failures":[` + failures + `],"completed_at":` +
		strconv.FormatUint(time, 10) + `}`), ""
}

func samplesHold() bool {
	name, failure := readName([]byte(`{"name":"Ada"}`), []string{"name"})
	text := ""
	r := newReader([]byte(`{"text":"hello, Ada"}`))
	r.object([]string{"text"}, func(string) { text = r.text() })
	return name == "Ada" && failure == "" && r.end() == "" && text == "hello, Ada"
}
