package balancer

import "load-balancer-go/kit"

// The decisions of filter.
const (
	Accept = "accept"
	Reject = "reject"
)

// Filter accepts the candidates that have capacity left. If none has, it rejects all of them. That is a valid answer, not a failure, so the
// host does not use its default. It rejects the request instead of using an exhausted upstream.
func (Balancer) Filter(request kit.FilterRequest) (kit.FilterResponse, error) {
	var response kit.FilterResponse
	smallestShare, err := configuredNumber("min_remaining_share", 0.05, 0, 1)
	if err != nil {
		return response, err
	}
	largestUse, err := configuredNumber("max_utilization", 0.95, 0, 1e9)
	if err != nil {
		return response, err
	}
	response.Results = make([]kit.FilterResponseResult, len(request.Candidates))
	for at := range request.Candidates {
		candidate := &request.Candidates[at]
		result := kit.FilterResponseResult{UpstreamID: candidate.UpstreamID, Decision: Accept, Reason: "within its limits"}
		if objection := findObjection(candidate, smallestShare, largestUse); objection != "" {
			result.Decision, result.Reason = Reject, objection
		}
		response.Results[at] = result
	}
	return response, nil
}

func findObjection(candidate *kit.Candidate, smallestShare, largestUse float64) string {
	for at := range candidate.ObservedRateLimits {
		if objection := objectToLimit(&candidate.ObservedRateLimits[at], smallestShare); objection != "" {
			return objection
		}
	}
	for at := range candidate.SubscriptionQuotas {
		if objection := objectToQuota(&candidate.SubscriptionQuotas[at], largestUse); objection != "" {
			return objection
		}
	}
	return ""
}

// objectToLimit does not object to values that were not observed.
func objectToLimit(limit *kit.ObservedRateLimit, smallestShare float64) string {
	switch {
	case limit.Remaining == nil:
		return ""
	case *limit.Remaining == 0:
		return "rate limit exhausted: " + limit.Kind + " per " + limit.Window
	case limit.Limit == nil || float64(*limit.Remaining) >= float64(*limit.Limit)*smallestShare:
		return ""
	}
	return "rate limit nearly exhausted: " + limit.Kind + " per " + limit.Window
}

func objectToQuota(quota *kit.SubscriptionQuota, largestUse float64) string {
	switch {
	case quota.SurpassedThreshold != nil && *quota.SurpassedThreshold:
		return "quota surpassed: " + quota.Source + " per " + quota.Window
	case quota.Utilization == nil || *quota.Utilization < largestUse:
		return ""
	}
	return "quota nearly used up: " + quota.Source + " per " + quota.Window
}
