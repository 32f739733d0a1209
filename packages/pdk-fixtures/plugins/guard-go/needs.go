package main

import (
	"strconv"

	"load-balancer-go/balancer"
	"load-balancer-go/kit"
)

// The switches of the configuration, beside those of the rate limit.
const (
	countEvents = "count_events"
	logErrors   = "log_errors"
	signOnce    = "sign_once"
)

// RequiredCapabilities gives what the configuration needs; a bad one fails the handshake. A call cannot ask what was granted, and one
// without its capability would fail: so a host that grants too little refuses the plugin, when it loads it.
func (plugin) RequiredCapabilities([]string) ([]string, error) {
	limit, err := configuredLimit()
	if err != nil {
		return nil, err
	}
	var isOn [3]bool
	for at, key := range []string{signOnce, countEvents, logErrors} {
		if isOn[at], err = balancer.ConfiguredFlag(key); err != nil {
			return nil, err
		}
	}
	var needs []string
	if limit != nil {
		needs = append(needs, "storage")
	}
	if limit != nil || isOn[0] {
		needs = append(needs, "clock")
	}
	if isOn[0] {
		needs = append(needs, "random")
	}
	if isOn[1] {
		needs = append(needs, "metrics")
	}
	if isOn[2] {
		needs = append(needs, "log")
	}
	return needs, nil
}

// As many as no two requests ever share; a multiple of three, so that base64 has no padding.
const nonceBytes = 18

// makeStamp gives the host's time and bytes that nobody can foresee, so that an upstream can refuse what is old or was there; nil if off.
func makeStamp() (*balancer.Stamp, error) {
	isOn, err := balancer.ConfiguredFlag(signOnce)
	if err != nil || !isOn {
		return nil, err
	}
	return &balancer.Stamp{UnixMs: decimal(kit.NowUnixMs()), Nonce: kit.EncodeBase64(kit.RandomBytes(nonceBytes))}, nil
}

func decimal(value uint64) string { return strconv.FormatUint(value, 10) }
