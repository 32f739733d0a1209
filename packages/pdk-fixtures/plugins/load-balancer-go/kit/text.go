package kit

import (
	"math/bits"
	"unicode/utf8"
	"unsafe"
)

// The highest and the lowest bit of each byte of a word.
const (
	highBits = 0x8080808080808080
	lowBits  = 0x0101010101010101
)

// oddBytes marks the bytes of a word that are a quotation mark, a backslash, a control character or not ASCII: it sets their highest bit.
// Bytes above the first of these may be marked wrongly.
func oddBytes(word uint64) uint64 {
	quotes := word ^ 0x22*lowBits
	backslashes := word ^ 0x5c*lowBits
	return (word | (word - 0x20*lowBits) | (quotes - lowBits) | (backslashes - lowBits)) & highBits
}

// plainLength returns the length of the text before the first byte that oddBytes marks.
func plainLength(text string) int {
	data := unsafe.Pointer(unsafe.StringData(text))
	at := 0
	for ; at+32 <= len(text); at += 32 {
		word := (*[4]uint64)(unsafe.Add(data, at))
		if oddBytes(word[0])|oddBytes(word[1])|oddBytes(word[2])|oddBytes(word[3]) != 0 {
			break
		}
	}
	for ; at+8 <= len(text); at += 8 {
		if odd := oddBytes(*(*uint64)(unsafe.Add(data, at))); odd != 0 {
			return at + bits.TrailingZeros64(odd)>>3
		}
	}
	for at < len(text) && text[at] >= 0x20 && text[at] < 0x80 && text[at] != '"' && text[at] != '\\' {
		at++
	}
	return at
}

// readText reads a string. A string without escapes is a part of the input, not a copy.
func (r *reader) readText() string {
	if r.begin() != '"' {
		r.expected("a string")
		return ""
	}
	from := r.at + 1
	at := from + plainLength(r.text[from:])
	isASCII := true
	for at < len(r.text) {
		c := r.text[at]
		if c == '"' {
			found := r.text[from:at]
			if !isASCII && !utf8.ValidString(found) {
				break
			}
			r.at = at + 1
			return found
		}
		if c == '\\' {
			return r.readEscaped(from, at)
		}
		if c < 0x20 {
			r.fail("a control character in a string")
			return ""
		}
		isASCII = false
		for at < len(r.text) && r.text[at] >= 0x80 {
			at++
		}
		at += plainLength(r.text[at:])
	}
	if at < len(r.text) {
		r.fail("a string that is not UTF-8")
	} else {
		r.fail("a string without an end")
	}
	return ""
}

func (r *reader) readEscaped(from, at int) string {
	text := append(make([]byte, 0, at-from+64), r.text[from:at]...)
	for at < len(r.text) {
		c := r.text[at]
		switch {
		case c == '"':
			if !utf8.Valid(text) {
				r.fail("a string that is not UTF-8")
				return ""
			}
			r.at = at + 1
			return unsafe.String(unsafe.SliceData(text), len(text))
		case c < 0x20:
			r.fail("a control character in a string")
			return ""
		case c == '\\':
			point, length := readEscape(r.text[at:])
			if length <= 0 {
				r.fail([]string{"a bad escape in a string", "a lone surrogate in a string"}[-length])
				return ""
			}
			text = utf8.AppendRune(text, point)
			at += length
		default:
			plain := max(plainLength(r.text[at:]), 1)
			text = append(text, r.text[at:at+plain]...)
			at += plain
		}
	}
	r.fail("a string without an end")
	return ""
}

// readEscape returns the character of an escape and its length: 0 if it is not an escape, -1 if it is half of a surrogate pair.
func readEscape(text string) (rune, int) {
	if len(text) < 2 {
		return 0, 0
	}
	switch text[1] {
	case '"', '\\', '/':
		return rune(text[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	}
	unit := readUnit(text)
	if unit < 0 {
		return 0, 0
	}
	if unit < 0xd800 || unit >= 0xe000 {
		return unit, 6
	}
	low := readUnit(text[6:])
	if unit >= 0xdc00 || low < 0xdc00 || low >= 0xe000 {
		return 0, -1
	}
	return 0x10000 + (unit-0xd800)<<10 + (low - 0xdc00), 12
}

// readUnit reads `\uXXXX`. It returns -1 for other texts.
func readUnit(text string) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	unit := rune(0)
	for at := 2; at < 6; at++ {
		c := text[at]
		switch {
		case c >= '0' && c <= '9':
			unit = unit<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			unit = unit<<4 | rune(c|0x20-'a'+10)
		default:
			return -1
		}
	}
	return unit
}

const hexDigits = "0123456789abcdef"

// writeText writes a string as JSON.stringify does.
func (w *writer) writeText(text string) {
	start := len(w.out)
	w.out = append(w.out, '"')
	from, at := 0, plainLength(text)
	for at < len(text) {
		c := text[at]
		if c >= 0x80 {
			end := at
			for end < len(text) && text[end] >= 0x80 {
				end++
			}
			if !utf8.ValidString(text[at:end]) {
				w.out = w.out[:start]
				w.fail("a string that is not UTF-8")
				return
			}
			at = end + plainLength(text[end:])
			continue
		}
		w.out = append(w.out, text[from:at]...)
		w.writeEscape(c)
		from = at + 1
		at = from + plainLength(text[from:])
	}
	w.out = append(w.out, text[from:]...)
	w.out = append(w.out, '"')
}

func (w *writer) writeEscape(c byte) {
	switch c {
	case '"', '\\':
		w.out = append(w.out, '\\', c)
	case '\b':
		w.out = append(w.out, `\b`...)
	case '\f':
		w.out = append(w.out, `\f`...)
	case '\n':
		w.out = append(w.out, `\n`...)
	case '\r':
		w.out = append(w.out, `\r`...)
	case '\t':
		w.out = append(w.out, `\t`...)
	default:
		w.out = append(w.out, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
}
