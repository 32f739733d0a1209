package kit

// Nesting deeper than this fails. The message itself is the first level.
const deepest = 128

// reader reads one JSON text, strictly: unknown, missing and repeated keys, text behind the value, bad UTF-8 and lone surrogates
// fail. The first failure stands. After it, the reader reads nothing more, so callers need not check after each step.
type reader struct {
	text string
	at   int
	// Where the last value begins: the place of a failure.
	start int
	depth int
	// The next key or item is the first of its object or list.
	isFirst  bool
	failure  string
	failedAt int
	envelope envelope
	// The keys of the open maps, to find those that come twice.
	keys []string
}

// envelope is the key `_v`, which a request has besides those of its type.
type envelope struct {
	isExpected bool
	isSeen     bool
	version    uint32
}

// readAll reads a value that is alone in its text.
func readAll[T any](r *reader, v *T, decode func(*reader, *T)) {
	decode(r, v)
	r.readEnd()
}

// fail notes a failure at the value that was read last.
//
//go:noinline
func (r *reader) fail(what string) {
	if r.failure == "" {
		r.failure = what
		r.failedAt = r.start
		r.at = len(r.text)
	}
}

// describeFailure puts the place in front of what was wrong.
func (r *reader) describeFailure(root string) string {
	return placeAt(root, r.text[:r.failedAt]) + ": " + r.failure
}

// mark is a place to go back to.
type mark struct {
	at, depth, keys int
	isFirst, isSeen bool
}

func (r *reader) mark() mark {
	r.readBlanks()
	return mark{r.at, r.depth, len(r.keys), r.isFirst, r.envelope.isSeen}
}

// reset goes back to a mark and forgets the failure after it.
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

// begin goes to the next value and gives its first byte, or 0 at the end of the text.
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

// expected fails with what should have stood where the text goes on.
func (r *reader) expected(what string) {
	if r.start >= len(r.text) {
		what += ", the text ends"
	}
	r.fail("expected " + what)
}

// readEnd ends a message: nothing follows it, and its envelope was there.
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

// next goes to the next member of an object or a list; false if it is closed, or after a failure.
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

// nextKey reads the next key of an object and the colon. It takes the envelope's key itself.
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

// once notes that a key was seen. Not inlined, as it stands once for each key of the contract.
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

// missingKey names the first key that is required and was not seen; bit n stands for the nth key.
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

// openKeys are the keys of a map so far, on top of those of the maps around it.
type openKeys struct {
	from int
	many map[string]struct{}
}

// More keys than this are looked up in a table.
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
