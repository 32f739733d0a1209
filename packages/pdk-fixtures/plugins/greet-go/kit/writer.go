package kit

// writer writes compact JSON. The first failure counts, and what is written after it is not used. Its methods are not inlined, because
// the code calls them once for each key of a contract.
type writer struct {
	out      []byte
	failure  string
	failedAt int
	// `"_v":1`, until the opening bracket of the message is written.
	envelope string
}

//go:noinline
func (w *writer) fail(what string) {
	if w.failure == "" {
		w.failure = what
		w.failedAt = len(w.out)
	}
}

// describeFailure returns the failure with its place in front.
func (w *writer) describeFailure(root string) string {
	return placeAt(root, string(w.out[:w.failedAt])) + ": " + w.failure
}

//go:noinline
func (w *writer) raw(json string) { w.out = append(w.out, json...) }

//go:noinline
func (w *writer) openObject() {
	w.out = append(w.out, '{')
	if w.envelope != "" {
		w.out = append(w.out, w.envelope...)
		w.envelope = ""
	}
}

//go:noinline
func (w *writer) closeObject() { w.out = append(w.out, '}') }

// separate writes a comma, except after an opening bracket.
//
//go:noinline
func (w *writer) separate() {
	if last := w.out[len(w.out)-1]; last != '{' && last != '[' {
		w.out = append(w.out, ',')
	}
}

// key writes a key, which is given with its quotation marks and colon.
//
//go:noinline
func (w *writer) key(key string) {
	w.separate()
	w.out = append(w.out, key...)
}

//go:noinline
func (w *writer) writeBool(value bool) {
	if value {
		w.raw("true")
	} else {
		w.raw("false")
	}
}

func (w *writer) noOption() { w.fail("none of the options of the union is set") }

func (w *writer) noValue() { w.fail("none of the values of the enum") }
