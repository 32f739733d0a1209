package kit

// Config returns what the operator configured under a key, and whether there is a value.
func Config(key string) (string, bool) {
	block := withBlock(textBlock(key), configGet)
	if block == 0 {
		return "", false
	}
	return string(fromBlock(block)), true
}

// Variable returns a variable of the instance, which keeps its value between calls. It returns nil if it was never set.
func Variable(key string) []byte { return fromBlock(withBlock(textBlock(key), varGet)) }

// SetVariable sets a variable of the instance.
func SetVariable(key string, value []byte) {
	keyBlock, valueBlock := textBlock(key), toBlock(value)
	varSet(keyBlock, valueBlock)
	free(keyBlock)
	free(valueBlock)
}

// LogLevel is the severity of a line in the host's log.
type LogLevel int32

// The levels of the log.
const (
	LevelTrace LogLevel = iota
	LevelDebug
	LevelInfo
	LevelWarn
	LevelError
)

// IsLogged returns whether the host logs lines of a level. Use it to avoid building lines that are not logged.
func IsLogged(level LogLevel) bool { return LogLevel(getLogLevel()) <= level }

// WriteLog writes a line to the host's log, through Extism. It needs no capability.
func WriteLog(level LogLevel, message string) {
	block := textBlock(message)
	switch level {
	case LevelTrace:
		logTrace(block)
	case LevelDebug:
		logDebug(block)
	case LevelInfo:
		logInfo(block)
	case LevelWarn:
		logWarn(block)
	default:
		logError(block)
	}
	free(block)
}

func withBlock(block uint64, use func(uint64) uint64) uint64 {
	result := use(block)
	free(block)
	return result
}
