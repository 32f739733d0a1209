package balancer

import (
	"strconv"

	"load-balancer-go/kit"
)

// EventKinds are the kinds of events. Events are stored by their index here.
var EventKinds = [...]string{
	"request_started", "authn_complete", "upstream_chosen", "chunk", "request_finished", "error",
}

// ErrorKind is the index of errors.
const ErrorKind = 5

const variable = "event_counts"

// CountByKind counts events.
func CountByKind(events []kit.Event) (counts [len(EventKinds)]uint64) {
	for at := range events {
		counts[kindOf(&events[at])]++
	}
	return counts
}

func kindOf(event *kit.Event) int {
	switch {
	case event.RequestStarted != nil:
		return 0
	case event.AuthnComplete != nil:
		return 1
	case event.UpstreamChosen != nil:
		return 2
	case event.Chunk != nil:
		return 3
	case event.RequestFinished != nil:
		return 4
	}
	return ErrorKind
}

// Observe counts events by kind. An Extism variable keeps the counts, eight bytes each.
func (Balancer) Observe(request kit.ObserveRequest) (kit.ObserveResponse, error) {
	counts := CountByKind(request.Events)
	kept := make([]byte, 8*len(counts))
	copy(kept, kit.Variable(variable))
	for kind := range counts {
		for at := range 8 {
			counts[kind] += uint64(kept[8*kind+at]) << (8 * at)
		}
		for at := range 8 {
			kept[8*kind+at] = byte(counts[kind] >> (8 * at))
		}
	}
	kit.SetVariable(variable, kept)
	if kit.IsLogged(kit.LevelDebug) {
		kit.WriteLog(kit.LevelDebug, describe(counts[:]))
	}
	return kit.ObserveResponse{}, nil
}

// describe returns kinds and counts. They contain nothing of the events.
func describe(counts []uint64) string {
	text := "events so far:"
	for kind, count := range counts {
		text += " " + EventKinds[kind] + "=" + strconv.FormatUint(count, 10)
	}
	return text
}
