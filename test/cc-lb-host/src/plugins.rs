//! The plugins to check, and what the samples of each are made of.

use std::path::PathBuf;

use serde_json::{Value, json};

pub struct Subject {
    pub name: &'static str,
    /// Its configuration for the dispatches. Handshake and self-check get none: cc-lb's host gives none there.
    pub config: &'static [(&'static str, &'static str)],
    /// What `build_signer` answers, for a plugin that signs and does not build signers.
    pub signer_state: fn() -> Value,
    /// Functions of the host that the samples must have reached, by what is seen of them.
    pub observed: Observed,
}

/// What the host must have seen of a plugin's calls of its functions.
#[derive(Default)]
pub struct Observed {
    /// A counter, and what it must have come to.
    pub metric: Option<(&'static str, u64)>,
    /// Part of a line in the log.
    pub log: Option<&'static str>,
    /// Headers that `sign` must have added, from the clock and the random source.
    pub signed_headers: &'static [&'static str],
    /// How many of three requests in one window `filter` must let through, by its store.
    pub let_through: Option<usize>,
}

const KEY: &str = "c2VjcmV0";

fn state_without_serial() -> Value {
    json!({ "keys": [{ "key_id": "k", "key_base64": KEY }], "counter": 0 })
}

/// What an operator configures for an upstream: understood by every plugin here that builds signers.
pub fn factory_state() -> Value {
    json!({ "keys": [{ "key_id": "k1", "key_base64": KEY }, { "key_id": "k2", "key_base64": KEY }] })
}

const NOTHING: Observed = Observed {
    metric: None,
    log: None,
    signed_headers: &[],
    let_through: None,
};

/// A guard with all that it can add switched on.
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
