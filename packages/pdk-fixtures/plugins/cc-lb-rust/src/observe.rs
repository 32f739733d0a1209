use std::collections::BTreeMap;

use cc_lb_plugin_wire::v1::observe::{ObserveRequest, ObserveResponse};
use cc_lb_plugin_wire::v1::ObserveEventWire;
use extism_pdk::Error;

use crate::host;
use crate::settings::Settings;

/// Counts events and tokens in the host's metrics, and logs errors by their code.
pub fn observe(request: ObserveRequest) -> Result<ObserveResponse, Error> {
    let settings = Settings::read()?;
    let mut counts = BTreeMap::new();
    for event in &request.events {
        for (name, value) in counts_of(event) {
            let count: &mut u64 = counts.entry(name).or_default();
            *count = count.saturating_add(value);
        }
        if let (Some(level), ObserveEventWire::Error { code, .. }) = (&settings.log_level, event) {
            host::log(
                level,
                format!("observe is told of an error with the code {code}"),
            )?;
        }
    }
    if let Some(prefix) = &settings.metric_prefix {
        for (name, value) in counts {
            host::add_to_metric(format!("{prefix}{name}"), value)?;
        }
    }
    Ok(ObserveResponse {})
}

fn counts_of(event: &ObserveEventWire) -> Vec<(&'static str, u64)> {
    match event {
        ObserveEventWire::RequestStarted { .. } => vec![("requests_started", 1)],
        ObserveEventWire::AuthnComplete { .. } => vec![("authentications", 1)],
        ObserveEventWire::UpstreamChosen { .. } => vec![("upstreams_chosen", 1)],
        ObserveEventWire::Chunk {
            event_count,
            total_bytes,
            ..
        } => vec![
            ("chunk_events", *event_count as u64),
            ("chunk_bytes", *total_bytes as u64),
        ],
        ObserveEventWire::RequestFinished {
            input_tokens,
            output_tokens,
            ..
        } => vec![
            ("requests_finished", 1),
            ("input_tokens", input_tokens.unwrap_or(0)),
            ("output_tokens", output_tokens.unwrap_or(0)),
        ],
        ObserveEventWire::Error { .. } => vec![("errors", 1)],
    }
}
