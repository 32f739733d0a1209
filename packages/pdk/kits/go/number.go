package kit

import (
	"math"
	"strconv"
)

// The largest integer that JavaScript represents exactly.
const largestExact = 1<<53 - 1

// The bounds of a number without bounds.
const (
	noMinimum = -math.MaxFloat64
	noMaximum = math.MaxFloat64
)

// readUnsigned reads an integer from minimum to maximum.
func (r *reader) readUnsigned(minimum, maximum uint64) uint64 {
	magnitude, isNegative, isInteger := r.readInteger()
	if !isInteger || isNegative && magnitude != 0 || magnitude < minimum || magnitude > maximum {
		r.expected("an integer from " + strconv.FormatUint(minimum, 10) + " to " + strconv.FormatUint(maximum, 10))
		return 0
	}
	return magnitude
}

// readSigned reads an integer from minimum to maximum.
func (r *reader) readSigned(minimum, maximum int64) int64 {
	magnitude, isNegative, isInteger := r.readInteger()
	value := int64(magnitude)
	fits := magnitude <= math.MaxInt64
	if isNegative {
		value = -value
		fits = magnitude <= 1<<63
	}
	if !isInteger || !fits || value < minimum || value > maximum {
		r.expected("an integer from " + strconv.FormatInt(minimum, 10) + " to " + strconv.FormatInt(maximum, 10))
		return 0
	}
	return value
}

// readInteger reads a whole number. One with a decimal point or an exponent is at most largestExact.
func (r *reader) readInteger() (magnitude uint64, isNegative, isInteger bool) {
	c := r.begin()
	at := r.at
	if c == '-' {
		isNegative = true
		at++
	}
	digits := at
	for at < len(r.text) && r.text[at]-'0' <= 9 {
		digit := uint64(r.text[at] - '0')
		if at-digits > 18 && (magnitude > math.MaxUint64/10 || magnitude*10 > math.MaxUint64-digit) {
			return 0, false, false
		}
		magnitude = magnitude*10 + digit
		at++
	}
	if at < len(r.text) && (r.text[at] == '.' || r.text[at]|0x20 == 'e') {
		written := r.readNumberText()
		magnitude, isInteger = wholeOf(written)
		return magnitude, isNegative, isInteger
	}
	if at == digits || r.text[digits] == '0' && at-digits > 1 {
		return 0, false, false
	}
	r.at = at
	return magnitude, isNegative, true
}

// wholeOf returns the magnitude of a number with a decimal point or an exponent, if it is whole and exact.
func wholeOf(written string) (uint64, bool) {
	digits := uint64(0)
	exponent := 0
	isFraction := false
	at := 0
	for ; at < len(written) && written[at]|0x20 != 'e'; at++ {
		c := written[at]
		if c == '.' {
			isFraction = true
		} else if c != '-' {
			if digits > largestExact && c != '0' {
				return 0, false
			}
			if digits > largestExact {
				exponent++
			} else {
				digits = digits*10 + uint64(c-'0')
			}
			if isFraction {
				exponent--
			}
		}
	}
	if at < len(written) {
		power, err := strconv.Atoi(written[at+1:])
		if err != nil {
			power = math.MaxInt32 / 2
			if written[at+1] == '-' {
				power = math.MinInt32 / 2
			}
		}
		exponent += power
	}
	if digits == 0 {
		return 0, true
	}
	for ; exponent < 0 && digits%10 == 0; exponent++ {
		digits /= 10
	}
	for ; exponent > 0 && digits <= largestExact; exponent-- {
		digits *= 10
	}
	return digits, exponent == 0 && digits <= largestExact
}

// readNumberText reads a number and returns its text.
func (r *reader) readNumberText() string {
	c := r.begin()
	at := r.at
	if c == '-' {
		at++
	}
	whole := at
	at += digitsAt(r.text, at)
	if at == whole || r.text[whole] == '0' && at-whole > 1 {
		r.expected("a number")
		return "0"
	}
	if at < len(r.text) && r.text[at] == '.' {
		fraction := digitsAt(r.text, at+1)
		if fraction == 0 {
			r.expected("a number")
			return "0"
		}
		at += 1 + fraction
	}
	if at < len(r.text) && r.text[at]|0x20 == 'e' {
		at++
		if at < len(r.text) && (r.text[at] == '+' || r.text[at] == '-') {
			at++
		}
		power := digitsAt(r.text, at)
		if power == 0 {
			r.expected("a number")
			return "0"
		}
		at += power
	}
	found := r.text[r.at:at]
	r.at = at
	return found
}

func digitsAt(text string, from int) int {
	at := from
	for at < len(text) && text[at]-'0' <= 9 {
		at++
	}
	return at - from
}

// readNumber reads a finite double.
func (r *reader) readNumber() float64 {
	value, err := strconv.ParseFloat(r.readNumberText(), 64)
	if err != nil {
		r.expected("a finite number")
		return 0
	}
	return value
}

// readNumberWithin reads a double within bounds. A bound is inclusive unless it is open.
func (r *reader) readNumberWithin(within bounds) float64 {
	value := r.readNumber()
	if !within.include(value) {
		r.expected(within.describe())
	}
	return value
}

// bounds are the bounds of a double.
type bounds struct {
	minimum, maximum             float64
	isMinimumOpen, isMaximumOpen bool
}

func (b *bounds) include(value float64) bool {
	return (value > b.minimum || value == b.minimum && !b.isMinimumOpen) &&
		(value < b.maximum || value == b.maximum && !b.isMaximumOpen)
}

func (b *bounds) describe() string {
	text := []byte("a number")
	if b.minimum != noMinimum {
		text = append(text, map[bool]string{true: " above ", false: " from "}[b.isMinimumOpen]...)
		text = appendNumber(text, b.minimum)
	}
	if b.maximum != noMaximum {
		text = append(text, map[bool]string{true: " below ", false: " up to "}[b.isMaximumOpen]...)
		text = appendNumber(text, b.maximum)
	}
	return string(text)
}

func appendUnsigned(out []byte, value uint64) []byte {
	if value < 10 {
		return append(out, '0'+byte(value))
	}
	return strconv.AppendUint(out, value, 10)
}

// appendNumber writes a finite double as JavaScript does.
func appendNumber(out []byte, value float64) []byte {
	if value == 0 {
		return append(out, '0')
	}
	magnitude := math.Abs(value)
	if magnitude >= 1e-6 && magnitude < 1e21 {
		return strconv.AppendFloat(out, value, 'f', -1, 64)
	}
	out = strconv.AppendFloat(out, value, 'e', -1, 64)
	// JavaScript writes an exponent of one digit without a leading zero.
	if end := len(out); out[end-2] == '0' && (out[end-3] == '-' || out[end-3] == '+') {
		out[end-2] = out[end-1]
		out = out[:end-1]
	}
	return out
}

func (w *writer) writeUnsigned(value, minimum, maximum uint64) {
	if value < minimum || value > maximum {
		w.fail("expected an integer from " + strconv.FormatUint(minimum, 10) + " to " + strconv.FormatUint(maximum, 10))
		return
	}
	w.out = appendUnsigned(w.out, value)
}

func (w *writer) writeSigned(value, minimum, maximum int64) {
	if value < minimum || value > maximum {
		w.fail("expected an integer from " + strconv.FormatInt(minimum, 10) + " to " + strconv.FormatInt(maximum, 10))
		return
	}
	w.out = strconv.AppendInt(w.out, value, 10)
}

func (w *writer) writeNumber(value float64) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		w.fail("expected a finite number")
		return
	}
	w.out = appendNumber(w.out, value)
}

func (w *writer) writeNumberWithin(value float64, within bounds) {
	if !within.include(value) {
		w.fail("expected " + within.describe())
		return
	}
	w.writeNumber(value)
}
