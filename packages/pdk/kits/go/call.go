package kit

import (
	"errors"
	"strconv"
)

// The plugin that answers calls. Serve sets it.
var plugin Plugin

// Serve registers the plugin that answers the host's calls. Call it from an init function.
func Serve(served Plugin) { plugin = served }

// Only one call runs at a time, so all calls share the reader, the writer and the buffer of the output.
var (
	currentReader reader
	currentWriter writer
)

// A buffer larger than this is not kept.
const largestKept = 1 << 20

var errNoPlugin = errors.New("no plugin: call kit.Serve in an init function")

// answer runs a call. It sends the output, or the error and a status other than 0. A panic is logged before it ends the instance.
func answer(handle func(*reader, *writer) error) int32 {
	defer logPanic()
	r, w := &currentReader, &currentWriter
	*r = reader{text: readInput()}
	*w = writer{out: w.out[:0]}
	if plugin == nil {
		return fail(errNoPlugin)
	}
	if err := handle(r, w); err != nil {
		return fail(err)
	}
	outputSet(toBlock(w.out), uint64(len(w.out)))
	r.text = ""
	if cap(w.out) > largestKept {
		w.out = nil
	}
	return 0
}

func fail(err error) int32 {
	errorSet(textBlock(err.Error()))
	return 1
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

// expectVersion makes a reader expect the envelope of a request.
func (r *reader) expectVersion(version uint32) {
	r.envelope = envelope{isExpected: true, version: version}
}

// endRequest ends a request and returns what was wrong with it, or nil.
func (r *reader) endRequest() error {
	r.readEnd()
	if r.failure != "" {
		return errors.New(r.describeFailure("request"))
	}
	return nil
}

// endResponse ends a response and returns what was wrong with it, or nil.
func (w *writer) endResponse() error {
	if w.failure != "" {
		return errors.New(w.describeFailure("response"))
	}
	return nil
}

// findVersion returns the `_v` of a request, for functions with several versions.
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
