package kit

// Null is a value that is always null.
type Null struct{}

//go:noinline
func (r *reader) readBool() bool {
	if r.skipWord("true") {
		return true
	}
	if !r.skipWord("false") {
		r.expected("true or false")
	}
	return false
}

func (r *reader) readNull() {
	if !r.skipWord("null") {
		r.expected("null")
	}
}

func (r *reader) skipWord(word string) bool {
	r.begin()
	if len(r.text)-r.at < len(word) || r.text[r.at:r.at+len(word)] != word {
		return false
	}
	r.at += len(word)
	return true
}

// readScalar reads a string, a number, a boolean or null, and returns it as JSON.stringify writes it.
func (r *reader) readScalar() string {
	switch r.begin() {
	case '"':
		text := r.readText()
		if raw := r.text[r.start:r.at]; len(raw) == len(text)+2 {
			return raw
		}
		var w writer
		w.writeText(text)
		return string(w.out)
	case 't':
		r.readBool()
		return "true"
	case 'f':
		r.readBool()
		return "false"
	case 'n':
		r.readNull()
		return "null"
	case '{', '[':
		r.expected("a string, a number, true, false or null")
		return ""
	}
	return string(appendNumber(nil, r.readNumber()))
}

// readConstant reads a scalar that has only one allowed value.
func (r *reader) readConstant(json string) {
	if found := r.readScalar(); found != json {
		r.expected(json)
	}
}

// readTag finds the discriminator, anywhere in the object, and stays in front of the object.
func (r *reader) readTag(discriminator string) string {
	before := r.mark()
	if !r.openObject() {
		return ""
	}
	for {
		key, isKey := r.nextKey()
		if !isKey {
			break
		}
		if key == discriminator {
			tag := r.readScalar()
			if r.failure == "" {
				r.reset(before)
			}
			return tag
		}
		r.skipValue()
	}
	if r.failure == "" {
		r.start = r.at - 1
		r.fail("missing key " + showText(discriminator))
	}
	return ""
}

// unknownTag fails at the discriminator.
func (r *reader) unknownTag(discriminator, known string) {
	if r.failure != "" || !r.openObject() {
		return
	}
	for {
		key, isKey := r.nextKey()
		if !isKey {
			return
		}
		if key == discriminator {
			r.begin()
			r.expected(known)
			return
		}
		r.skipValue()
	}
}
