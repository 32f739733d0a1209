// The load balancer plugin, extended with host functions: a rate limit, counters, a log, and signatures that are valid only once. The
// configuration switches each of them on and determines the required capabilities. The other functions are unchanged.
package main

import (
	"load-balancer-go/balancer"
	"load-balancer-go/kit"
)

func init() { kit.Serve(plugin{}) }

func main() {}

type plugin struct{ balancer.Balancer }

// Filter accepts candidates with capacity, or none if the limit is reached. A request that no candidate can serve is not counted.
func (p plugin) Filter(request kit.FilterRequest) (kit.FilterResponse, error) {
	response, err := p.Balancer.Filter(request)
	if err != nil {
		return response, err
	}
	limit, err := configuredLimit()
	if err != nil || limit == nil || !acceptsAny(response) || limit.take(request.Principal.ID) {
		return response, err
	}
	isCounting, err := balancer.ConfiguredFlag(countEvents)
	if err != nil {
		return response, err
	}
	if isCounting {
		kit.MetricIncr("requests_limited", 1)
	}
	for at := range response.Results {
		response.Results[at].Decision = balancer.Reject
		response.Results[at].Reason = "the rate limit is reached"
	}
	return response, nil
}

func acceptsAny(response kit.FilterResponse) bool {
	for at := range response.Results {
		if response.Results[at].Decision == balancer.Accept {
			return true
		}
	}
	return false
}

// Sign also signs the time and a nonce, if that is switched on.
func (plugin) Sign(request kit.SignRequest) (kit.SignResponse, error) {
	stamp, err := makeStamp()
	if err != nil {
		return kit.SignResponse{}, err
	}
	return balancer.SignWith(request, stamp)
}

// Observe counts events. If that is switched on, it also adds them to the host's metrics and logs the number of errors.
func (p plugin) Observe(request kit.ObserveRequest) (kit.ObserveResponse, error) {
	isCounting, err := balancer.ConfiguredFlag(countEvents)
	if err != nil {
		return kit.ObserveResponse{}, err
	}
	isLogging, err := balancer.ConfiguredFlag(logErrors)
	if err != nil {
		return kit.ObserveResponse{}, err
	}
	for kind, count := range balancer.CountByKind(request.Events) {
		if count == 0 {
			continue
		}
		if isCounting {
			kit.MetricIncr("events_"+balancer.EventKinds[kind], count)
		}
		// Logs only the number, nothing of the events.
		if isLogging && kind == balancer.ErrorKind {
			kit.Log("warn", "error events: "+decimal(count))
		}
	}
	return p.Balancer.Observe(request)
}
