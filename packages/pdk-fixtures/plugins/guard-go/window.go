package main

// window has the requests that one balancer has let through in its newest second and in the second before. A balancer whose clock is behind
// still counts the latter. It is stored under one key and overwritten from second to second, so old windows take no space.
type window struct{ second, count, before uint64 }

const windowBytes = 24

// readWindow reads the output of bytes. Anything else is an empty window.
func readWindow(bytes []byte) window {
	if len(bytes) != windowBytes {
		return window{}
	}
	var words [3]uint64
	for at, each := range bytes {
		words[at/8] |= uint64(each) << (at % 8 * 8)
	}
	return window{words[0], words[1], words[2]}
}

func (w *window) bytes() []byte {
	bytes := make([]byte, windowBytes)
	for at := range bytes {
		bytes[at] = byte([...]uint64{w.second, w.count, w.before}[at/8] >> (at % 8 * 8))
	}
	return bytes
}

func (w *window) countIn(second uint64) uint64 {
	switch w.second {
	case second:
		return w.count
	case second + 1:
		return w.before
	}
	return 0
}

// add starts again if the clock was set back by more than a second. Otherwise the window would last until that time returns.
func (w *window) add(second uint64) {
	switch w.second {
	case second:
		w.count++
	case second + 1:
		w.before++
	default:
		before := uint64(0)
		if second == w.second+1 {
			before = w.count
		}
		*w = window{second, 1, before}
	}
}
