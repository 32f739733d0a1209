package kit

import "unsafe"

//go:wasmimport extism:host/env input_length
func inputLength() uint64

//go:wasmimport extism:host/env input_load_u8
func inputLoadU8(offset uint64) uint32

//go:wasmimport extism:host/env input_load_u64
func inputLoadU64(offset uint64) uint64

//go:wasmimport extism:host/env alloc
func alloc(length uint64) uint64

//go:wasmimport extism:host/env free
func free(block uint64)

//go:wasmimport extism:host/env length
func blockLength(block uint64) uint64

//go:wasmimport extism:host/env load_u8
func loadU8(address uint64) uint32

//go:wasmimport extism:host/env load_u64
func loadU64(address uint64) uint64

//go:wasmimport extism:host/env store_u8
func storeU8(address uint64, value uint32)

//go:wasmimport extism:host/env store_u64
func storeU64(address uint64, value uint64)

//go:wasmimport extism:host/env output_set
func outputSet(block uint64, length uint64)

//go:wasmimport extism:host/env error_set
func errorSet(block uint64)

//go:wasmimport extism:host/env config_get
func configGet(key uint64) uint64

//go:wasmimport extism:host/env var_get
func varGet(key uint64) uint64

//go:wasmimport extism:host/env var_set
func varSet(key uint64, value uint64)

//go:wasmimport extism:host/env get_log_level
func getLogLevel() int32

//go:wasmimport extism:host/env log_trace
func logTrace(message uint64)

//go:wasmimport extism:host/env log_debug
func logDebug(message uint64)

//go:wasmimport extism:host/env log_info
func logInfo(message uint64)

//go:wasmimport extism:host/env log_warn
func logWarn(message uint64)

//go:wasmimport extism:host/env log_error
func logError(message uint64)

// readInput copies the input, eight bytes at a time, because each read is a call out of the module. Texts of the request are parts of
// the input, so every call gets a new one.
func readInput() string {
	length := int(inputLength())
	if length == 0 {
		return ""
	}
	words := make([]uint64, (length+7)/8)
	whole := length / 8
	for at := range words[:whole] {
		words[at] = inputLoadU64(uint64(at) * 8)
	}
	for at := whole * 8; at < length; at++ {
		words[whole] |= uint64(inputLoadU8(uint64(at))&0xff) << (at % 8 * 8)
	}
	return unsafe.String((*byte)(unsafe.Pointer(unsafe.SliceData(words))), length)
}

// toBlock copies bytes into a block of the host.
func toBlock(bytes []byte) uint64 {
	block := alloc(uint64(len(bytes)))
	data := unsafe.Pointer(unsafe.SliceData(bytes))
	at := 0
	for ; at+8 <= len(bytes); at += 8 {
		storeU64(block+uint64(at), *(*uint64)(unsafe.Add(data, at)))
	}
	for ; at < len(bytes); at++ {
		storeU8(block+uint64(at), uint32(bytes[at]))
	}
	return block
}

func textBlock(text string) uint64 {
	return toBlock(unsafe.Slice(unsafe.StringData(text), len(text)))
}

// fromBlock copies a block of the host and frees it.
func fromBlock(block uint64) []byte {
	if block == 0 {
		return nil
	}
	length := int(blockLength(block))
	words := make([]uint64, (length+7)/8+1)
	whole := length / 8
	for at := range words[:whole] {
		words[at] = loadU64(block + uint64(at)*8)
	}
	for at := whole * 8; at < length; at++ {
		words[whole] |= uint64(loadU8(block+uint64(at))&0xff) << (at % 8 * 8)
	}
	free(block)
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), length)
}
