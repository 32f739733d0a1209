//go:build !wasm

package kit

// Outside of WebAssembly there is no host. Handlers can be tested with `go test` as long as they call no function of the host.

const noHost = "this needs a host: it runs in WebAssembly only"

func toBlock([]byte) uint64   { panic(noHost) }
func textBlock(string) uint64 { panic(noHost) }
func fromBlock(uint64) []byte { panic(noHost) }
func free(uint64)             { panic(noHost) }

func configGet(uint64) uint64  { panic(noHost) }
func varGet(uint64) uint64     { panic(noHost) }
func varSet(uint64, uint64)    { panic(noHost) }
func getLogLevel() int32       { panic(noHost) }
func logTrace(uint64)          { panic(noHost) }
func logDebug(uint64)          { panic(noHost) }
func logInfo(uint64)           { panic(noHost) }
func logWarn(uint64)           { panic(noHost) }
func logError(uint64)          { panic(noHost) }
func readInput() string        { panic(noHost) }
func outputSet(uint64, uint64) { panic(noHost) }
func errorSet(uint64)          { panic(noHost) }
