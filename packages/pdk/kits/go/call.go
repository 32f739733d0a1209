package kit

import (
	"errors"
	"strconv"
)

// The plugin that answers calls; Serve sets it.
var plugin Plugin

// Serve makes a plugin answer the host's calls. Call it from an init function.
func Serve(served Plugin) { plugin = served }

// The buffer of the output, used again by each call.
var output []byte

// A buffer larger than this is left to the collector.
const largestKept = 1 << 20

// answer runs one call. It gives the output, or the error and a status that is not 0. A panic is logged before it ends the instance.
func answer(handle func(*reader, *writer) error) int32 {
	defer logPanic()
	r := reader{text: readInput()}
	w := writer{out: output[:0]}
	err := handle(&r, &w)
	if cap(w.out) <= largestKept {
		output = w.out[:0]
	}
	if err != nil {
		errorSet(textBlock(err.Error()))
		return 1
	}
	outputSet(toBlock(w.out), uint64(len(w.out)))
	return 0
}

func logPanic() {
	reason := recover()
	if reason == nil {
		return
	}
	text := "panic"
	switch reason := reason.(type) {
	case error:
		text += ": " + reason.Error()
	case string:
		text += ": " + reason
	}
	WriteLog(LevelError, text)
	panic(reason)
}

// dispatch reads a request, runs its handler and writes the response.
func dispatch[Request, Response any](
	r *reader,
	w *writer,
	version uint32,
	decode func(*reader, *Request),
	handle func(Plugin, Request) (Response, error),
	encode func(*writer, *Response),
) error {
	if plugin == nil {
		return errors.New("no plugin: call kit.Serve in an init function")
	}
	var request Request
	r.envelope = envelope{isExpected: true, version: version}
	readMessage(r, &request, decode)
	if r.failure != "" {
		return errors.New(r.describeFailure("request"))
	}
	response, err := handle(plugin, request)
	if err != nil {
		return err
	}
	w.envelope = `"_v":` + strconv.FormatUint(uint64(version), 10)
	encode(w, &response)
	if w.failure != "" {
		return errors.New(w.describeFailure("response"))
	}
	return nil
}

// findVersion gives the `_v` of a request, for functions that have several versions.
func findVersion(r *reader) (uint32, error) {
	before := r.mark()
	version := uint64(0)
	seen := uint64(0)
	if r.openObject() {
		for {
			key, isKey := r.nextKey()
			if !isKey {
				break
			}
			if key == "_v" {
				seen = r.once(seen, 1)
				version = r.readUnsigned(1, 65535)
			} else {
				r.skipValue()
			}
		}
		r.missingKey(seen, 1, []string{"_v"})
	}
	if r.failure != "" {
		return 0, errors.New(r.describeFailure("request"))
	}
	r.reset(before)
	return uint32(version), nil
}

func errVersion(version uint32) error {
	return errors.New("request._v: this plugin has no version " + strconv.FormatUint(uint64(version), 10))
}
