package kit

import "errors"

// numberBlock writes a number into a block of this many bytes, little-endian.
func numberBlock(bits uint64, length int) uint64 {
	var bytes [8]byte
	for at := range bytes {
		bytes[at] = byte(bits >> (8 * at))
	}
	return toBlock(bytes[:length])
}

func fromNumberBlock(block uint64) uint64 {
	bits := uint64(0)
	for at, each := range fromBlock(block) {
		if at < 8 {
			bits |= uint64(each) << (8 * at)
		}
	}
	return bits
}

func boolBlock(value bool) uint64 {
	if value {
		return numberBlock(1, 1)
	}
	return numberBlock(0, 1)
}

// Block 0 means that there is no value.

func optionalTextBlock(text *string) uint64 {
	if text == nil {
		return 0
	}
	return textBlock(*text)
}

func fromOptionalText(block uint64) *string {
	if block == 0 {
		return nil
	}
	return Pointer(string(fromBlock(block)))
}

func optionalBlock(bytes []byte) uint64 {
	if bytes == nil {
		return 0
	}
	return toBlock(bytes)
}

func fromOptionalBlock(block uint64) []byte { return fromBlock(block) }

func jsonBlock[T any](value *T, what string, encode func(*writer, *T)) (uint64, error) {
	var w writer
	encode(&w, value)
	if w.failure != "" {
		return 0, errors.New(w.describeFailure(what))
	}
	return toBlock(w.out), nil
}

func fromJSONBlock[T any](block uint64, value *T, what string, decode func(*reader, *T)) error {
	r := reader{text: string(fromBlock(block))}
	readAll(&r, value, decode)
	if r.failure != "" {
		return errors.New(r.describeFailure(what))
	}
	return nil
}
