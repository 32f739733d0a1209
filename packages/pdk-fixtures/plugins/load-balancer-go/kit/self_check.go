package kit

import "errors"

type selfCheck struct {
	functions   []string
	initiatedAt uint64
}

// answerSelfCheck reads and writes the samples of the functions that the host names. No handler runs.
func answerSelfCheck(r *reader, w *writer) error {
	var asked selfCheck
	readAll(r, &asked, readSelfCheck)
	if r.failure != "" {
		return errors.New(r.describeFailure("self_check"))
	}
	var failures []string
	for _, name := range asked.functions {
		if failure := checkSamples(name); failure != "" {
			failures = append(failures, name+": "+failure)
		}
	}
	if failures == nil {
		w.raw(`{"status":"success","failures":`)
	} else {
		w.raw(`{"status":"failure","failures":`)
	}
	writeList(w, failures, func(w *writer, v *string) {
		w.raw(`{"stage":"wire_function_test","message":`)
		w.writeText(*v)
		w.raw("}")
	})
	w.raw(`,"completed_at":`)
	// Without a clock, the only time that a plugin has is that of the request.
	w.out = appendUnsigned(w.out, asked.initiatedAt)
	w.raw("}")
	return nil
}

func readSelfCheck(r *reader, v *selfCheck) {
	if !r.openObject() {
		return
	}
	seen := uint64(0)
	for {
		key, isKey := r.nextKey()
		if !isKey {
			break
		}
		switch key {
		case "functions_to_test":
			seen = r.once(seen, 1)
			readList(r, &v.functions, readTextTo)
			if count := len(v.functions); count < 1 || count > 16 {
				r.fail("expected 1 to 16 functions")
			}
		case "initiated_at":
			seen = r.once(seen, 2)
			v.initiatedAt = r.readUnsigned(1, largestExact)
		default:
			r.unknownKey(key)
		}
	}
	r.missingKey(seen, 3, []string{"functions_to_test", "initiated_at"})
}

// roundTrip reads a sample and writes it again. It returns what went wrong, or an empty text.
func roundTrip[T any](what, sample string, decode func(*reader, *T), encode func(*writer, *T)) string {
	var value T
	r := reader{text: sample}
	readAll(&r, &value, decode)
	if r.failure != "" {
		return r.describeFailure("sample " + what)
	}
	var w writer
	encode(&w, &value)
	if w.failure != "" {
		return w.describeFailure("sample " + what)
	}
	if string(w.out) != sample {
		return "sample " + what + " is not the same after reading and writing it"
	}
	return ""
}

func firstOf(failures ...string) string {
	for _, failure := range failures {
		if failure != "" {
			return failure
		}
	}
	return ""
}

// parse reads a message that has no envelope.
func parse[T any](text string, decode func(*reader, *T)) (T, error) {
	var value T
	r := reader{text: text}
	readAll(&r, &value, decode)
	if r.failure != "" {
		return value, errors.New(r.describeFailure("message"))
	}
	return value, nil
}
