package main

import "unicode/utf8"

// reader reads as much of JSON as small fixed objects need, strictly: encoding/json takes keys of another case, keys twice
// and lone surrogates, and doubles the module. After a failure it goes on without doing anything.
type reader struct {
	bytes   []byte
	at      int
	failure string
}

func newReader(bytes []byte) *reader {
	r := &reader{bytes: bytes}
	if !utf8.Valid(bytes) {
		r.fail("not UTF-8")
	}
	return r
}

func (r *reader) fail(why string) {
	if r.failure == "" {
		r.failure = why
	}
	r.at = len(r.bytes)
}

// byte gives the byte at a distance, or 0 behind the end.
func (r *reader) byte(ahead int) byte {
	if r.at+ahead >= len(r.bytes) {
		return 0
	}
	return r.bytes[r.at+ahead]
}

func (r *reader) skip(wanted byte) bool {
	for r.byte(0) == ' ' || r.byte(0) == '\t' || r.byte(0) == '\n' || r.byte(0) == '\r' {
		r.at++
	}
	if r.byte(0) != wanted {
		return false
	}
	if wanted != 0 {
		r.at++
	}
	return true
}

func (r *reader) expect(wanted byte) {
	if !r.skip(wanted) {
		r.fail("not the JSON that was expected")
	}
}

func (r *reader) end() string {
	r.skip(0)
	if r.at != len(r.bytes) {
		r.fail("text after the JSON")
	}
	return r.failure
}

// members reads an object with any keys; read reads the value of one.
func (r *reader) members(read func(key string)) {
	r.expect('{')
	for isFirst := true; r.failure == "" && !r.skip('}'); isFirst = false {
		if !isFirst {
			r.expect(',')
		}
		key := r.text()
		r.expect(':')
		if r.failure == "" {
			read(key)
		}
	}
}

// object reads an object with just these keys, in any order, each once.
func (r *reader) object(keys []string, read func(key string)) {
	seen := map[string]bool{}
	r.members(func(key string) {
		isKnown := false
		for _, each := range keys {
			isKnown = isKnown || each == key
		}
		if !isKnown || seen[key] {
			r.fail("an unknown key, or one that stands twice")
			return
		}
		seen[key] = true
		read(key)
	})
	if len(seen) != len(keys) {
		r.fail("a key is missing")
	}
}

func (r *reader) list(read func()) {
	r.expect('[')
	if r.skip(']') {
		return
	}
	for r.failure == "" {
		read()
		if !r.skip(',') {
			r.expect(']')
			return
		}
	}
}

// count reads an unsigned integer up to 2^53 - 1.
func (r *reader) count() uint64 {
	r.skip(0xff)
	start := r.at
	value := uint64(0)
	for r.byte(0) >= '0' && r.byte(0) <= '9' && value < 1<<53 {
		value = value*10 + uint64(r.byte(0)-'0')
		r.at++
	}
	if r.at == start || value >= 1<<53 || (r.bytes[start] == '0' && r.at > start+1) {
		r.fail("expected an unsigned integer up to 2^53 - 1")
	}
	return value
}

// text reads a string and gives its inside as it is written: it may be put between quotes again.
func (r *reader) text() string {
	r.expect('"')
	start := r.at
	for r.byte(0) != '"' {
		if r.byte(0) < 0x20 {
			r.fail("a control character, or no end of a string")
			return ""
		}
		if r.byte(0) == '\\' {
			r.escape()
		} else {
			r.at++
		}
	}
	r.at++
	return string(r.bytes[start : r.at-1])
}

func (r *reader) escape() {
	kind := r.byte(1)
	r.at += 2
	switch kind {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
	case 'u':
		unit := r.hex()
		if unit < 0xd800 || unit > 0xdfff {
			return
		}
		if unit < 0xdc00 && r.byte(0) == '\\' && r.byte(1) == 'u' {
			r.at += 2
			if low := r.hex(); low >= 0xdc00 && low <= 0xdfff {
				return
			}
		}
		r.fail("a lone surrogate")
	default:
		r.fail("an unknown escape")
	}
}

func (r *reader) hex() int {
	value := 0
	for range 4 {
		digit := r.byte(0)
		r.at++
		switch {
		case digit >= '0' && digit <= '9':
			value = value<<4 | int(digit-'0')
		case digit|0x20 >= 'a' && digit|0x20 <= 'f':
			value = value<<4 | int(digit|0x20-'a'+10)
		default:
			r.fail("an unknown escape")
			return 0
		}
	}
	return value
}
