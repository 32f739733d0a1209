package kit

// Deeper nesting fails. The message itself is the first level.
const deepest = 128

// reader reads one JSON text, strictly: unknown, missing and duplicate keys, text after the value, bad UTF-8 and lone surrogates
// fail. The first failure counts. After it, the reader reads nothing, so callers need not check after each step.
type reader struct {
	text string
	at   int
	// The beginning of the last value, which is the place of a failure.
	start int
	depth int
	// Whether the next key or item is the first of its object or list.
	isFirst  bool
	failure  string
	failedAt int
	envelope envelope
	// The keys of the open maps, to find duplicates.
	keys []string
}

// envelope is the key `_v`, which a request has in addition to the keys of its type.
type envelope struct {
	isExpected bool
	isSeen     bool
	version    uint32
}

// readAll reads the only value of a text.
func readAll[T any](r *reader, v *T, decode func(*reader, *T)) {
	decode(r, v)
	r.readEnd()
}

// fail records a failure at the value that was read last.
//
//go:noinline
func (r *reader) fail(what string) {
	if r.failure == "" {
		r.failure = what
		r.failedAt = r.start
		r.at = len(r.text)
	}
}

// describeFailure returns the failure with its place in front.
func (r *reader) describeFailure(root string) string {
	return placeAt(root, r.text[:r.failedAt]) + ": " + r.failure
}

// mark is a position to return to.
type mark struct {
	at, depth, keys int
	isFirst, isSeen bool
}

func (r *reader) mark() mark {
	r.readBlanks()
	return mark{r.at, r.depth, len(r.keys), r.isFirst, r.envelope.isSeen}
}

// reset returns to a mark and forgets failures after it.
func (r *reader) reset(to mark) {
	r.at, r.start, r.depth, r.isFirst, r.envelope.isSeen = to.at, to.at, to.depth, to.isFirst, to.isSeen
	r.keys = r.keys[:to.keys]
	r.failure = ""
}

func (r *reader) readBlanks() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\n', '\r', '\t':
			r.at++
		default:
			return
		}
	}
}

// begin moves to the next value and returns its first byte, or 0 at the end of the text.
func (r *reader) begin() byte {
	if r.at < len(r.text) && r.text[r.at] > ' ' {
		r.start = r.at
		return r.text[r.at]
	}
	r.readBlanks()
	r.start = r.at
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

// expected fails and says what was expected at this position.
func (r *reader) expected(what string) {
	if r.start >= len(r.text) {
		what += ", the text ends"
	}
	r.fail("expected " + what)
}

// readEnd ends a message: nothing may follow, and the envelope must have been read.
func (r *reader) readEnd() {
	r.begin()
	if r.at < len(r.text) {
		r.fail("text behind the value")
	} else if r.envelope.isExpected && !r.envelope.isSeen {
		r.start = 0
		r.fail("missing key \"_v\"")
	}
}

func (r *reader) open(bracket byte, what string) bool {
	if r.begin() != bracket {
		r.expected(what)
		return false
	}
	if r.depth == deepest {
		r.fail("nests deeper than 128 levels")
		return false
	}
	r.at++
	r.depth++
	r.isFirst = true
	return true
}

func (r *reader) openObject() bool { return r.open('{', "an object") }

func (r *reader) openList() bool { return r.open('[', "a list") }

// next moves to the next member of an object or a list. It returns false at the end and after a failure.
func (r *reader) next(bracket byte) bool {
	isFirst := r.isFirst
	r.isFirst = false
	found := r.begin()
	if r.failure != "" {
		return false
	}
	if found == bracket {
		r.at++
		r.depth--
		return false
	}
	if isFirst {
		return true
	}
	if found != ',' {
		r.expected("a comma or " + string(rune(bracket)))
		return false
	}
	r.at++
	return true
}

func (r *reader) nextItem() bool { return r.next(']') }

// nextKey reads the next key of an object and the colon. It handles the key of the envelope itself.
func (r *reader) nextKey() (string, bool) {
	for r.next('}') {
		if r.begin() != '"' {
			r.expected("a key")
			return "", false
		}
		key := r.readText()
		if r.failure != "" {
			return "", false
		}
		start := r.start
		if r.begin() != ':' {
			r.expected("a colon")
			return "", false
		}
		r.at++
		r.start = start
		if r.depth != 1 || !r.envelope.isExpected || key != "_v" {
			return key, true
		}
		r.readVersion()
	}
	return "", false
}

func (r *reader) readVersion() {
	if r.envelope.isSeen {
		r.fail(repeatedKey)
		return
	}
	r.envelope.isSeen = true
	version := r.readUnsigned(0, 1<<32-1)
	if version != uint64(r.envelope.version) {
		r.fail("another version than that of the function that was called")
	}
}

const repeatedKey = "a key that comes twice"

// once records that a key was seen. It is not inlined, because the code calls it once for each key of the contract.
//
//go:noinline
func (r *reader) once(seen uint64, key uint64) uint64 {
	if seen&key != 0 {
		r.fail(repeatedKey)
	}
	return seen | key
}

func (r *reader) unknownKey(key string) {
	r.fail("unknown key " + showText(key))
}

// missingKey names the first required key that was not seen. Bit n is the nth key.
func (r *reader) missingKey(seen, required uint64, keys []string) {
	for at, key := range keys {
		if required&^seen&(1<<at) != 0 {
			r.start = max(r.at-1, 0)
			r.fail("missing key " + showText(key))
			return
		}
	}
}

// openKeys begins an object with any keys.
func (r *reader) openKeys() openKeys { return openKeys{from: len(r.keys)} }

// openKeys are the keys of a map so far, after those of the maps around it.
type openKeys struct {
	from int
	many map[string]struct{}
}

// With more keys than this, a table is used.
const fewKeys = 16

func (r *reader) addKey(open *openKeys, key string) {
	here := r.keys[open.from:]
	isRepeated := false
	if len(here) < fewKeys {
		for _, each := range here {
			isRepeated = isRepeated || each == key
		}
	} else {
		if open.many == nil {
			open.many = make(map[string]struct{}, 4*fewKeys)
			for _, each := range here {
				open.many[each] = struct{}{}
			}
		}
		_, isRepeated = open.many[key]
		open.many[key] = struct{}{}
	}
	if isRepeated {
		r.fail(repeatedKey)
	}
	r.keys = append(r.keys, key)
}

func (r *reader) closeKeys(open *openKeys) { r.keys = r.keys[:open.from] }
