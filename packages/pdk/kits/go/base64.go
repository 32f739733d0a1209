package kit

import "errors"

const base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// The value of bytes that are not letters of the alphabet. It stays visible when sextets are combined with `|`.
const noSextet = 0xff

var sextets = sextetTable()

func sextetTable() (table [256]uint8) {
	for at := range table {
		table[at] = noSextet
	}
	for at := range len(base64Letters) {
		table[base64Letters[at]] = uint8(at)
	}
	return table
}

var errBase64 = errors.New("bad base64: expected the standard alphabet with padding, and no bits behind the last byte")

// EncodeBase64 returns bytes as base64, with the standard alphabet and padding.
func EncodeBase64(bytes []byte) string {
	out := make([]byte, 0, (len(bytes)+2)/3*4)
	at := 0
	for ; at+3 <= len(bytes); at += 3 {
		group := uint32(bytes[at])<<16 | uint32(bytes[at+1])<<8 | uint32(bytes[at+2])
		out = append(out, base64Letters[group>>18&63], base64Letters[group>>12&63], base64Letters[group>>6&63], base64Letters[group&63])
	}
	switch len(bytes) - at {
	case 1:
		group := uint32(bytes[at]) << 16
		out = append(out, base64Letters[group>>18&63], base64Letters[group>>12&63], '=', '=')
	case 2:
		group := uint32(bytes[at])<<16 | uint32(bytes[at+1])<<8
		out = append(out, base64Letters[group>>18&63], base64Letters[group>>12&63], base64Letters[group>>6&63], '=')
	}
	return string(out)
}

// DecodeBase64 decodes base64 strictly: other letters, missing padding and bits after the last byte are errors.
func DecodeBase64(text string) ([]byte, error) {
	if len(text)%4 != 0 {
		return nil, errBase64
	}
	padding := 0
	for padding < 2 && padding < len(text) && text[len(text)-1-padding] == '=' {
		padding++
	}
	out := make([]byte, 0, len(text)/4*3)
	whole := len(text)
	if padding > 0 {
		whole -= 4
	}
	for at := 0; at < whole; at += 4 {
		a, b, c, d := sextets[text[at]], sextets[text[at+1]], sextets[text[at+2]], sextets[text[at+3]]
		if a|b|c|d == noSextet {
			return nil, errBase64
		}
		out = append(out, a<<2|b>>4, b<<4|c>>2, c<<6|d)
	}
	if padding > 0 {
		a, b, c := sextets[text[whole]], sextets[text[whole+1]], uint8(0)
		unused := b & 15
		if padding == 1 {
			c = sextets[text[whole+2]]
			unused = c & 3
		}
		if a|b|c == noSextet || unused != 0 {
			return nil, errBase64
		}
		out = append(out, a<<2|b>>4)
		if padding == 1 {
			out = append(out, b<<4|c>>2)
		}
	}
	return out, nil
}
