use super::config::configured_number;
use crate::kit::*;

pub const ACCEPT: &str = "accept";
const REJECT: &str = "reject";

/// Accepts the candidates that have capacity left. If none has, rejects all of them. That is a valid answer, not a failure, so the host does
/// not use its default. It rejects the request instead of using an exhausted upstream.
pub fn filter(request: &FilterRequest) -> Result<FilterResponse, Error> {
    let smallest_share = configured_number("min_remaining_share", 0.05, 0.0, 1.0)?;
    let largest_use = configured_number("max_utilization", 0.95, 0.0, 1e9)?;
    let decide = |candidate: &Candidate| match find_objection(candidate, smallest_share, largest_use) {
        Some(reason) => rejection(candidate, &reason),
        None => FilterResponseResult {
            upstream_id: candidate.upstream_id.clone(),
            decision: ACCEPT.to_owned(),
            reason: "within its limits".to_owned(),
        },
    };
    Ok(FilterResponse { results: request.candidates.iter().map(decide).collect() })
}

pub fn rejection(candidate: &Candidate, reason: &str) -> FilterResponseResult {
    FilterResponseResult {
        upstream_id: candidate.upstream_id.clone(),
        decision: REJECT.to_owned(),
        reason: reason.to_owned(),
    }
}

fn find_objection(candidate: &Candidate, smallest_share: f64, largest_use: f64) -> Option<String> {
    let mut limits = candidate.observed_rate_limits.iter();
    let mut quotas = candidate.subscription_quotas.iter();
    limits
        .find_map(|limit| object_to_limit(limit, smallest_share))
        .or_else(|| quotas.find_map(|quota| object_to_quota(quota, largest_use)))
}

/// Values that were not observed are no reason to reject.
fn object_to_limit(limit: &ObservedRateLimit, smallest_share: f64) -> Option<String> {
    let remaining = limit.remaining?;
    if remaining == 0 {
        return Some(format!("rate limit exhausted: {} per {}", limit.kind, limit.window));
    }
    if remaining as f64 >= limit.limit? as f64 * smallest_share {
        return None;
    }
    Some(format!("rate limit nearly exhausted: {} per {}", limit.kind, limit.window))
}

fn object_to_quota(quota: &SubscriptionQuota, largest_use: f64) -> Option<String> {
    if quota.surpassed_threshold == Some(true) {
        return Some(format!("quota surpassed: {} per {}", quota.source, quota.window));
    }
    if quota.utilization? < largest_use {
        return None;
    }
    Some(format!("quota nearly used up: {} per {}", quota.source, quota.window))
}
