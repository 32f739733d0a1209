package kit

import (
	"errors"
	"strconv"
)

// JSON is any JSON value, kept as it was written: it passes from request to response without a change. The zero JSON is null.
type JSON struct{ text string }

// JSONKind tells what a JSON value is.
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

// ParseJSON checks a JSON text: one value that nests at most 128 levels, without keys that come twice.
func ParseJSON(text string) (JSON, error) {
	r := reader{text: text}
	value := r.readJSON()
	r.readEnd()
	if r.failure != "" {
		return JSON{}, errors.New(r.describeFailure("json"))
	}
	return value, nil
}

// MustParseJSON is ParseJSON for texts that are known to be JSON: it panics where they are not.
func MustParseJSON(text string) JSON {
	value, err := ParseJSON(text)
	if err != nil {
		panic(err)
	}
	return value
}

// JSONOfText makes a JSON string. Bytes that are not UTF-8 become U+FFFD.
func JSONOfText(text string) JSON {
	var w writer
	w.writeText(text)
	if w.failure != "" {
		w = writer{}
		w.writeText(string([]rune(text)))
	}
	return JSON{string(w.out)}
}

// JSONOfNumber makes a JSON number. One that is not finite becomes null.
func JSONOfNumber(number float64) JSON {
	var w writer
	w.writeNumber(number)
	return JSON{string(w.out)}
}

// JSONOfUnsigned makes a JSON number.
func JSONOfUnsigned(number uint64) JSON { return JSON{strconv.FormatUint(number, 10)} }

// JSONOfBool makes a JSON boolean.
func JSONOfBool(value bool) JSON { return JSON{strconv.FormatBool(value)} }

// JSONOfList makes a JSON list.
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

// JSONOfMembers makes a JSON object. No key may come twice.
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

// String gives the value as JSON text.
func (j JSON) String() string {
	if j.text == "" {
		return "null"
	}
	return j.text
}

// Kind tells what the value is.
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

// Text gives the content of a string; false if the value is none.
func (j JSON) Text() (string, bool) {
	if j.Kind() != JSONText {
		return "", false
	}
	r := reader{text: j.text}
	return r.readText(), true
}

// Number gives a number, as JavaScript would read it; false if the value is none, or out of a double's range.
func (j JSON) Number() (float64, bool) {
	if j.Kind() != JSONNumber {
		return 0, false
	}
	value, err := strconv.ParseFloat(j.text, 64)
	return value, err == nil
}

// Unsigned gives a whole number, exact; false if the value is none, or out of range.
func (j JSON) Unsigned() (uint64, bool) {
	r := reader{text: j.String()}
	value := r.readUnsigned(0, 1<<64-1)
	return value, r.failure == ""
}

// Signed gives a whole number, exact; false if the value is none, or out of range.
func (j JSON) Signed() (int64, bool) {
	r := reader{text: j.String()}
	value := r.readSigned(-1<<63, 1<<63-1)
	return value, r.failure == ""
}

// Bool gives a boolean; false if the value is none.
func (j JSON) Bool() (value, isBool bool) { return j.text == "true", j.Kind() == JSONBool }

// Items gives the values of a list; none if the value is no list.
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

// Members gives the keys and values of an object in their order; none if the value is no object.
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

// Get gives the value of a key of an object; false if the value is no object or has no such key.
func (j JSON) Get(key string) (JSON, bool) { return j.Members().Get(key) }

// readJSON reads any value as it is written.
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

// skipValue reads any value, as strictly as those that are used.
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
