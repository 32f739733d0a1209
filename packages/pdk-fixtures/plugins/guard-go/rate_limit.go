package main

import (
	"errors"

	"load-balancer-go/balancer"
	"load-balancer-go/kit"
)

const (
	mostSlots   = 64
	msPerSecond = 1000
	// The bytes of a principal's SHA-256 in a key. They do not collide and hide the name. A multiple of three needs no padding.
	digestBytesKept = 15
)

// rateLimit limits the requests in each second of the host's clock, over all balancers that share the store.
type rateLimit struct {
	requestsPerSecond, slot, slots uint64
	isPerPrincipal                 bool
}

// configuredLimit returns the configured limit, or nil if there is none.
func configuredLimit() (*rateLimit, error) {
	if _, isThere := kit.Config("requests_per_second"); !isThere {
		return nil, nil
	}
	slots, err := balancer.ConfiguredCount("slots", 1, 1, mostSlots)
	if err != nil {
		return nil, err
	}
	by, isThere := kit.Config("limit_by")
	if isThere && by != "principal" && by != "everyone" {
		return nil, errors.New("limit_by is neither principal nor everyone")
	}
	requestsPerSecond, err := balancer.ConfiguredCount("requests_per_second", 0, 1, 999_999_999)
	if err != nil {
		return nil, err
	}
	slot, err := balancer.ConfiguredCount("slot", 0, 0, slots-1)
	if err != nil {
		return nil, err
	}
	return &rateLimit{requestsPerSecond, slot, slots, by != "everyone"}, nil
}

// take counts a request of a principal. It returns false, and counts nothing, if the limit is reached. Each balancer writes only under its
// own slot, so that no count is lost, and adds up the counts of all slots (docs/storage.md, "Counting in a fleet").
func (l *rateLimit) take(principalID string) bool {
	second := kit.NowUnixMs() / msPerSecond
	who := ""
	if l.isPerPrincipal {
		digest := balancer.SHA256([]byte(principalID))
		who = ":" + kit.EncodeBase64(digest[:digestBytesKept])
	}
	var own window
	taken := uint64(0)
	for slot := range l.slots {
		found := readWindow(kit.StorageGet(keyOf(slot, who)))
		taken += found.countIn(second)
		if slot == l.slot {
			own = found
		}
	}
	if taken >= l.requestsPerSecond {
		return false
	}
	own.add(second)
	kit.StoragePut(keyOf(l.slot, who), own.bytes())
	return true
}

func keyOf(slot uint64, who string) string { return "limit:" + decimal(slot) + who }
