package main

// window is what one balancer has let through: in its newest second, and in the one before, which another whose clock is behind still
// counts. One key holds it, written over from second to second: windows that are over take no room.
type window struct{ second, count, before uint64 }

const windowBytes = 24

// readWindow reads what bytes wrote; anything else is a window in which nothing was counted.
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

// add begins anew where a clock was set back by more than a second: its later window would last until it is reached again.
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
