//! The plugins to check, and the input for the samples of each.

use std::path::PathBuf;

use serde_json::{Value, json};

pub struct Subject {
    pub name: &'static str,
    /// The configuration for the dispatches. Handshake and self-check get none, as in cc-lb's host.
    pub config: &'static [(&'static str, &'static str)],
    /// The answer of `build_signer`, for a plugin that signs but does not build signers.
    pub signer_state: fn() -> Value,
    /// The host functions that the samples must have called, by their observable effects.
    pub observed: Observed,
}

/// An effect that the host must have observed.
#[derive(Default)]
pub struct Observed {
    /// A counter, and its expected value.
    pub metric: Option<(&'static str, u64)>,
    /// A part of a line in the log.
    pub log: Option<&'static str>,
    /// Headers that `sign` must have added, from the clock and the random source.
    pub signed_headers: &'static [&'static str],
    /// How many of three requests in one window `filter` must let through, by the counts in its store.
    pub let_through: Option<usize>,
}

const KEY: &str = "c2VjcmV0";

fn state_without_serial() -> Value {
    json!({ "keys": [{ "key_id": "k", "key_base64": KEY }], "counter": 0 })
}

/// The configuration of an upstream. Every plugin here that builds signers accepts it.
pub fn factory_state() -> Value {
    json!({ "keys": [{ "key_id": "k1", "key_base64": KEY }, { "key_id": "k2", "key_base64": KEY }] })
}

const NOTHING: Observed = Observed {
    metric: None,
    log: None,
    signed_headers: &[],
    let_through: None,
};

/// A guard with all of its extensions switched on.
const fn guard(name: &'static str) -> Subject {
    Subject {
        name,
        config: &[
            ("requests_per_second", "1000"),
            ("sign_once", "true"),
            ("count_events", "true"),
            ("log_errors", "true"),
        ],
        signer_state: state_without_serial,
        observed: Observed {
            metric: Some(("events_error", 1)),
            log: Some("error events: 1"),
            signed_headers: &["x-signature-unix-ms", "x-signature-nonce"],
            let_through: Some(3),
        },
    }
}

pub const SUBJECTS: [Subject; 7] = [
    Subject {
        name: "load-balancer-assemblyscript",
        config: &[],
        signer_state: state_without_serial,
        observed: NOTHING,
    },
    Subject {
        name: "load-balancer-c",
        config: &[],
        signer_state: state_without_serial,
        observed: NOTHING,
    },
    Subject {
        name: "load-balancer-rust",
        config: &[],
        signer_state: state_without_serial,
        observed: NOTHING,
    },
    guard("guard-assemblyscript"),
    guard("guard-c"),
    guard("guard-rust"),
    Subject {
        name: "cc-lb-rust",
        config: &[
            ("requests_per_minute", "2"),
            ("log_level", "warn"),
            ("metric_prefix", "cc-lb/rust."),
            ("sign_time", "true"),
            ("nonce_bytes", "18"),
        ],
        signer_state: state_without_serial,
        observed: Observed {
            metric: Some(("cc-lb/rust.input_tokens", 7)),
            log: Some("observe is told of an error with the code overloaded"),
            signed_headers: &["x-signature-unix-ms", "x-signature-nonce"],
            let_through: Some(2),
        },
    },
];

impl Subject {
    pub fn path(&self) -> PathBuf {
        let plugins = "../../packages/pdk-fixtures/plugins";
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join(plugins)
            .join(self.name)
            .join(format!("{}.wasm", self.name))
    }
}
