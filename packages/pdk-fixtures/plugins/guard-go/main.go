// The load balancer's plugin with what a host function can add to it: a rate limit, counters, a log, signatures that are good once. Each
// is switched on by the configuration, which alone says what the plugin needs; the rest is as it was.
package main

import (
	"load-balancer-go/balancer"
	"load-balancer-go/kit"
)

func init() { kit.Serve(plugin{}) }

func main() {}

type plugin struct{ balancer.Balancer }

// Filter accepts what has something left, or nothing where the limit is reached. A request that no candidate may serve is not counted.
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

// Sign signs the time and a nonce too, where that is switched on.
func (plugin) Sign(request kit.SignRequest) (kit.SignResponse, error) {
	stamp, err := makeStamp()
	if err != nil {
		return kit.SignResponse{}, err
	}
	return balancer.SignWith(request, stamp)
}

// Observe counts events, adds them to the host's metrics and says how many errors there were, where that is switched on.
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
		// How many, and nothing of the events.
		if isLogging && kind == balancer.ErrorKind {
			kit.Log("warn", "error events: "+decimal(count))
		}
	}
	return p.Balancer.Observe(request)
}
