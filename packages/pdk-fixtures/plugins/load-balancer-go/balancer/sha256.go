package balancer

import "math/bits"

// SHA-256 as in FIPS 180-4. crypto/sha256 would add 0.5 MB, because of its self-tests.

const blockBytes = 64

var roundConstants = [64]uint32{
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
}

// SHA256 hashes the parts, one after the other.
func SHA256(parts ...[]byte) [32]byte {
	state := [8]uint32{
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	}
	var block [blockBytes]byte
	filled, length := 0, 0
	for _, part := range parts {
		length += len(part)
		for len(part) > 0 {
			if filled == 0 && len(part) >= blockBytes {
				addBlock(&state, part[:blockBytes])
				part = part[blockBytes:]
				continue
			}
			taken := copy(block[filled:], part)
			part = part[taken:]
			if filled += taken; filled == blockBytes {
				addBlock(&state, block[:])
				filled = 0
			}
		}
	}
	block[filled] = 0x80
	clear(block[filled+1:])
	if filled+1 > blockBytes-8 {
		addBlock(&state, block[:])
		clear(block[:])
	}
	for at := range 8 {
		block[blockBytes-1-at] = byte(uint64(length) * 8 >> (8 * at))
	}
	addBlock(&state, block[:])
	var digest [32]byte
	for at := range digest {
		digest[at] = byte(state[at/4] >> (24 - at%4*8))
	}
	return digest
}

func addBlock(state *[8]uint32, block []byte) {
	var words [64]uint32
	block = block[:blockBytes]
	for at := range 16 {
		words[at] = uint32(block[at*4])<<24 | uint32(block[at*4+1])<<16 | uint32(block[at*4+2])<<8 | uint32(block[at*4+3])
	}
	for at := 16; at < 64; at++ {
		before, last := words[at-15], words[at-2]
		words[at] = words[at-16] + words[at-7] +
			(bits.RotateLeft32(before, -7) ^ bits.RotateLeft32(before, -18) ^ before>>3) +
			(bits.RotateLeft32(last, -17) ^ bits.RotateLeft32(last, -19) ^ last>>10)
	}
	a, b, c, d, e, f, g, h := state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]
	for at := range words {
		one := h + (bits.RotateLeft32(e, -6) ^ bits.RotateLeft32(e, -11) ^ bits.RotateLeft32(e, -25)) + (e&f ^ ^e&g) +
			roundConstants[at] + words[at]
		two := (bits.RotateLeft32(a, -2) ^ bits.RotateLeft32(a, -13) ^ bits.RotateLeft32(a, -22)) + (a&b ^ a&c ^ b&c)
		a, b, c, d, e, f, g, h = one+two, a, b, c, d+one, e, f, g
	}
	state[0] += a
	state[1] += b
	state[2] += c
	state[3] += d
	state[4] += e
	state[5] += f
	state[6] += g
	state[7] += h
}

// hmacSHA256 computes an HMAC as in RFC 2104.
func hmacSHA256(key []byte, parts ...[]byte) [32]byte {
	if len(key) > blockBytes {
		hashed := SHA256(key)
		key = hashed[:]
	}
	var inner, outer [blockBytes]byte
	copy(inner[:], key)
	copy(outer[:], key)
	for at := range inner {
		inner[at] ^= 0x36
		outer[at] ^= 0x5c
	}
	digest := SHA256(append([][]byte{inner[:]}, parts...)...)
	return SHA256(outer[:], digest[:])
}
