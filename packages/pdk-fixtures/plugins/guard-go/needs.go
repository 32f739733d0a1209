package main

import (
	"strconv"

	"load-balancer-go/balancer"
	"load-balancer-go/kit"
)

// The switches of the configuration, apart from those of the rate limit.
const (
	countEvents = "count_events"
	logErrors   = "log_errors"
	signOnce    = "sign_once"
)

// RequiredCapabilities returns what the configuration needs. An invalid one fails the handshake. A call cannot ask which capabilities
// were granted, and it fails without them. So a host that grants too few rejects the plugin when it loads it.
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

// The bytes of a nonce. No two requests get the same. It is a multiple of three, so base64 needs no padding.
const nonceBytes = 18

// makeStamp returns the host's time and random bytes, so that an upstream can reject old and repeated requests. Nil if switched off.
func makeStamp() (*balancer.Stamp, error) {
	isOn, err := balancer.ConfiguredFlag(signOnce)
	if err != nil || !isOn {
		return nil, err
	}
	return &balancer.Stamp{UnixMs: decimal(kit.NowUnixMs()), Nonce: kit.EncodeBase64(kit.RandomBytes(nonceBytes))}, nil
}

func decimal(value uint64) string { return strconv.FormatUint(value, 10) }
