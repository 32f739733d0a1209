package main

import "encoding/binary"

//go:wasmimport extism:host/env input_length
func inputLength() uint64

//go:wasmimport extism:host/env input_load_u8
func inputLoadU8(offset uint64) uint32

//go:wasmimport extism:host/env input_load_u64
func inputLoadU64(offset uint64) uint64

//go:wasmimport extism:host/env alloc
func alloc(length uint64) uint64

//go:wasmimport extism:host/env store_u8
func storeU8(address uint64, value uint32)

//go:wasmimport extism:host/env store_u64
func storeU64(address uint64, value uint64)

//go:wasmimport extism:host/env output_set
func outputSet(block uint64, length uint64)

//go:wasmimport extism:host/env error_set
func errorSet(block uint64)

// answer runs one call: its output, or the words of its failure and a non-zero status.
func answer(handle func(input []byte) ([]byte, string)) int32 {
	output, failure := handle(readInput())
	if failure != "" {
		errorSet(toBlock([]byte(failure)))
		return 1
	}
	outputSet(toBlock(output), uint64(len(output)))
	return 0
}

// Eight bytes at a time: each one by itself would cost a call out of the module.
func readInput() []byte {
	input := make([]byte, inputLength())
	words := len(input) &^ 7
	for at := 0; at < words; at += 8 {
		binary.LittleEndian.PutUint64(input[at:], inputLoadU64(uint64(at)))
	}
	for at := words; at < len(input); at++ {
		input[at] = byte(inputLoadU8(uint64(at)))
	}
	return input
}

func toBlock(bytes []byte) uint64 {
	block := alloc(uint64(len(bytes)))
	words := len(bytes) &^ 7
	for at := 0; at < words; at += 8 {
		storeU64(block+uint64(at), binary.LittleEndian.Uint64(bytes[at:]))
	}
	for at := words; at < len(bytes); at++ {
		storeU8(block+uint64(at), uint32(bytes[at]))
	}
	return block
}
