use cc_lb_plugin_wire::v2::common::CandidateWire;
use cc_lb_plugin_wire::v3::filter::{FilterRequest, FilterResponse, PerCandidateReasonWire};
use extism_pdk::Error;

use crate::host;
use crate::rate_limit;
use crate::settings::Settings;

/// Accepts the candidates that can serve a request, or none if the request itself is rejected.
pub fn filter(request: FilterRequest) -> Result<FilterResponse, Error> {
    let settings = Settings::read()?;
    let objection = object_to_request(&request, &settings)?;
    let results: Vec<PerCandidateReasonWire> = request
        .candidates
        .iter()
        .map(
            |candidate| match objection.clone().or_else(|| object_to_candidate(candidate)) {
                Some(reason) => decide(candidate, "reject", reason),
                None => decide(candidate, "accept", describe_cache(candidate)),
            },
        )
        .collect();
    if let Some(level) = &settings.log_level {
        let accepted = results
            .iter()
            .filter(|each| each.decision == "accept")
            .count();
        host::log(
            level,
            format!("filter accepts {accepted} of {} candidates", results.len()),
        )?;
    }
    Ok(FilterResponse { results })
}

fn object_to_request(
    request: &FilterRequest,
    settings: &Settings,
) -> Result<Option<String>, Error> {
    if let Some(denied) = &settings.deny_header {
        if request
            .headers
            .iter()
            .any(|header| header.name.eq_ignore_ascii_case(denied))
        {
            return Ok(Some(format!("requests with {denied} are denied")));
        }
    }
    if let Some(limit) = settings.requests_per_minute {
        if !rate_limit::admit(&request.principal.id, limit)? {
            return Ok(Some(format!("more than {limit} requests in this minute")));
        }
    }
    Ok(None)
}

fn object_to_candidate(candidate: &CandidateWire) -> Option<String> {
    let exhausted = candidate
        .observed_rate_limits
        .iter()
        .find(|limit| limit.remaining == Some(0))
        .map(|limit| format!("no {} left in {}", limit.kind, limit.window));
    exhausted.or_else(|| {
        candidate
            .subscription_quotas
            .iter()
            .find(|quota| {
                quota.surpassed_threshold == Some(true)
                    || quota
                        .utilization
                        .is_some_and(|utilization| utilization >= 1.0)
            })
            .map(|quota| format!("the quota of {} is used up", quota.window))
    })
}

fn describe_cache(candidate: &CandidateWire) -> String {
    match &candidate.cache_score {
        Some(score) => format!(
            "{} tokens expected from its cache",
            score.predicted_cache_read_tokens
        ),
        None => String::new(),
    }
}

fn decide(candidate: &CandidateWire, decision: &str, reason: String) -> PerCandidateReasonWire {
    PerCandidateReasonWire {
        upstream_id: candidate.upstream_id.clone(),
        decision: decision.to_owned(),
        reason,
    }
}
