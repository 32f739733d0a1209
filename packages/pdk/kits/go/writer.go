package kit

// writer writes compact JSON. The first failure stands; what is written after it is not used.
type writer struct {
	out      []byte
	failure  string
	failedAt int
	// `"_v":1`, until the message's own bracket is written.
	envelope string
}

func (w *writer) fail(what string) {
	if w.failure == "" {
		w.failure = what
		w.failedAt = len(w.out)
	}
}

// describeFailure puts the place in front of what was wrong.
func (w *writer) describeFailure(root string) string {
	return placeAt(root, string(w.out[:w.failedAt])) + ": " + w.failure
}

func (w *writer) raw(json string) { w.out = append(w.out, json...) }

func (w *writer) openObject() {
	w.out = append(w.out, '{')
	if w.envelope != "" {
		w.out = append(w.out, w.envelope...)
		w.envelope = ""
	}
}

func (w *writer) closeObject() { w.out = append(w.out, '}') }

// separate writes a comma unless an object or a list has just begun.
func (w *writer) separate() {
	if last := w.out[len(w.out)-1]; last != '{' && last != '[' {
		w.out = append(w.out, ',')
	}
}

// key writes a key as it is given, with quotation marks and colon.
func (w *writer) key(key string) {
	w.separate()
	w.out = append(w.out, key...)
}

func (w *writer) writeBool(value bool) {
	if value {
		w.raw("true")
	} else {
		w.raw("false")
	}
}

func (w *writer) noOption() { w.fail("none of the options of the union is set") }

func (w *writer) noValue() { w.fail("none of the values of the enum") }
