use crate::kit::*;

/// The kinds of events. Events are stored by their index here.
pub const EVENT_KINDS: [&str; 6] =
    ["request_started", "authn_complete", "upstream_chosen", "chunk", "request_finished", "error"];

const VARIABLE: &str = "event_counts";

pub fn kind_of(event: &Event) -> usize {
    match event {
        Event::RequestStarted(_) => 0,
        Event::AuthnComplete(_) => 1,
        Event::UpstreamChosen(_) => 2,
        Event::Chunk(_) => 3,
        Event::RequestFinished(_) => 4,
        Event::Error(_) => 5,
    }
}

/// Counts events by kind in a variable of Extism, because a host may start another instance of the plugin at any time.
pub fn observe(request: ObserveRequest) -> Result<ObserveResponse, Error> {
    let mut counts = [0u64; EVENT_KINDS.len()];
    let kept = variable(VARIABLE).unwrap_or_default();
    for (count, bytes) in counts.iter_mut().zip(kept.chunks_exact(8)) {
        *count = u64::from_le_bytes(bytes.try_into()?);
    }
    for event in &request.events {
        counts[kind_of(event)] += 1;
    }
    let bytes: Vec<u8> = counts.iter().flat_map(|count| count.to_le_bytes()).collect();
    set_variable(VARIABLE, Some(&bytes));
    if is_logged(LogLevel::Debug) {
        let mut line = "events so far:".to_owned();
        for (kind, count) in EVENT_KINDS.iter().zip(counts) {
            line += &format!(" {kind}={count}");
        }
        log(LogLevel::Debug, &line);
    }
    Ok(ObserveResponse {})
}
