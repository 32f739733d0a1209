package kit

import (
	"errors"
	"strconv"
)

// JSON is any JSON value with its original text, so it can be passed on unchanged. The zero JSON is null.
type JSON struct{ text string }

// JSONKind is the kind of a JSON value.
type JSONKind uint8

// The kinds of JSON values.
const (
	JSONNull JSONKind = iota
	JSONBool
	JSONNumber
	JSONText
	JSONList
	JSONObject
)

// ParseJSON parses a JSON text: one value with at most 128 levels and without duplicate keys.
func ParseJSON(text string) (JSON, error) {
	r := reader{text: text}
	value := r.readJSON()
	r.readEnd()
	if r.failure != "" {
		return JSON{}, errors.New(r.describeFailure("json"))
	}
	return value, nil
}

// MustParseJSON is ParseJSON for texts that are known to be JSON. It panics if they are not.
func MustParseJSON(text string) JSON {
	value, err := ParseJSON(text)
	if err != nil {
		panic(err)
	}
	return value
}

// JSONOfText returns a JSON string. Bytes that are not UTF-8 become U+FFFD.
func JSONOfText(text string) JSON {
	var w writer
	w.writeText(text)
	if w.failure != "" {
		w = writer{}
		w.writeText(string([]rune(text)))
	}
	return JSON{string(w.out)}
}

// JSONOfNumber returns a JSON number. Infinities and NaN become null.
func JSONOfNumber(number float64) JSON {
	var w writer
	w.writeNumber(number)
	return JSON{string(w.out)}
}

// JSONOfUnsigned returns a JSON number.
func JSONOfUnsigned(number uint64) JSON { return JSON{strconv.FormatUint(number, 10)} }

// JSONOfBool returns a JSON boolean.
func JSONOfBool(value bool) JSON { return JSON{strconv.FormatBool(value)} }

// JSONOfList returns a JSON list.
func JSONOfList(items ...JSON) JSON {
	out := []byte{'['}
	for at, item := range items {
		if at > 0 {
			out = append(out, ',')
		}
		out = append(out, item.String()...)
	}
	return JSON{string(append(out, ']'))}
}

// JSONOfMembers returns a JSON object. The keys must be unique.
func JSONOfMembers(members ...Entry[JSON]) JSON {
	var w writer
	w.openObject()
	for _, member := range members {
		w.separate()
		w.raw(JSONOfText(member.Key).text)
		w.raw(":")
		w.raw(member.Value.String())
	}
	w.closeObject()
	return JSON{string(w.out)}
}

// String returns the value as JSON text.
func (j JSON) String() string {
	if j.text == "" {
		return "null"
	}
	return j.text
}

// Kind returns the kind of the value.
func (j JSON) Kind() JSONKind {
	if j.text == "" {
		return JSONNull
	}
	switch j.text[0] {
	case '"':
		return JSONText
	case '{':
		return JSONObject
	case '[':
		return JSONList
	case 't', 'f':
		return JSONBool
	case 'n':
		return JSONNull
	}
	return JSONNumber
}

// Text returns the content of a string, and whether the value is a string.
func (j JSON) Text() (string, bool) {
	if j.Kind() != JSONText {
		return "", false
	}
	r := reader{text: j.text}
	return r.readText(), true
}

// Number returns a number as JavaScript reads it, and whether the value is a number in the range of a double.
func (j JSON) Number() (float64, bool) {
	if j.Kind() != JSONNumber {
		return 0, false
	}
	value, err := strconv.ParseFloat(j.text, 64)
	return value, err == nil
}

// Unsigned returns an exact whole number, and whether the value is one in range.
func (j JSON) Unsigned() (uint64, bool) {
	r := reader{text: j.String()}
	value := r.readUnsigned(0, 1<<64-1)
	return value, r.failure == ""
}

// Signed returns an exact whole number, and whether the value is one in range.
func (j JSON) Signed() (int64, bool) {
	r := reader{text: j.String()}
	value := r.readSigned(-1<<63, 1<<63-1)
	return value, r.failure == ""
}

// Bool returns a boolean, and whether the value is a boolean.
func (j JSON) Bool() (value, isBool bool) { return j.text == "true", j.Kind() == JSONBool }

// Items returns the values of a list. For other values it returns nil.
func (j JSON) Items() []JSON {
	var items []JSON
	r := reader{text: j.text}
	if j.Kind() == JSONList && r.openList() {
		for r.nextItem() {
			items = append(items, r.readJSON())
		}
	}
	return items
}

// Members returns the keys and values of an object, in order. For other values it returns nil.
func (j JSON) Members() Map[JSON] {
	var members Map[JSON]
	r := reader{text: j.text}
	if j.Kind() == JSONObject && r.openObject() {
		for {
			key, isKey := r.nextKey()
			if !isKey {
				break
			}
			members = append(members, Entry[JSON]{key, r.readJSON()})
		}
	}
	return members
}

// Get returns the value of a key, and whether the value is an object with that key.
func (j JSON) Get(key string) (JSON, bool) { return j.Members().Get(key) }

// readJSON reads any value and keeps its text.
func (r *reader) readJSON() JSON {
	r.begin()
	start := r.start
	r.skipValue()
	if r.failure != "" {
		return JSON{}
	}
	return JSON{r.text[start:r.at]}
}

func (r *reader) readJSONObject() JSON {
	if r.begin() != '{' {
		r.expected("an object")
		return JSON{}
	}
	return r.readJSON()
}

// skipValue skips any value. It checks it as strictly as the other functions do.
func (r *reader) skipValue() {
	switch r.begin() {
	case '"':
		r.readText()
	case '{':
		if !r.openObject() {
			return
		}
		keys := r.openKeys()
		for {
			key, isKey := r.nextKey()
			if !isKey {
				break
			}
			r.addKey(&keys, key)
			r.skipValue()
		}
		r.closeKeys(&keys)
	case '[':
		if !r.openList() {
			return
		}
		for r.nextItem() {
			r.skipValue()
		}
	case 't', 'f':
		r.readBool()
	case 'n':
		r.readNull()
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		r.readNumberText()
	default:
		r.expected("a JSON value")
	}
}

func (w *writer) writeJSON(value JSON) { w.raw(value.String()) }

func (w *writer) writeJSONObject(value JSON) {
	if value.Kind() != JSONObject {
		w.fail("expected an object")
		return
	}
	w.raw(value.text)
}
