//! Runs a plugin like cc-lb's own host, with its crate: identity, handshake, self-check, dispatch.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use cc_lb_plugin_wire::augmented_metadata::AugmentedMetadata;
use cc_lb_plugin_wire::handshake::HandshakeAccept;
use cc_lb_plugin_wire::limits::{HANDSHAKE_FUEL, HANDSHAKE_WALL_MS};
use cc_lb_plugin_wire::self_check::{SelfCheckRequest, SelfCheckResponse, SelfCheckStatus};
use cc_lb_plugin_wire::wire_function::{WireFunction, all_wire_functions};
use cc_lb_runtime_protocol::dispatch::{DispatchOutcome, dispatch_wire_call};
use cc_lb_runtime_protocol::handshake::{build_offer, execute_handshake};
use cc_lb_runtime_protocol::host_functions::{HostFunctionContext, HostState, functions};
use cc_lb_runtime_protocol::identity::read_identity;
use cc_lb_runtime_protocol::self_check::execute_self_check;
use extism::{Manifest, Plugin, PluginBuilder, Wasm};

const STORAGE_QUOTA_BYTES: usize = 1 << 20;
const DISPATCH_MS: u64 = 5_000;
/// Any time. The plugin returns it.
const UNIX_SECS: i64 = 1_700_000_000;

/// A plugin that passed its checks and is ready for dispatches.
pub struct Loaded {
    plugin: Plugin,
    metadata: AugmentedMetadata,
    /// Whether handshake and self-check needed the host's functions to be linked.
    pub is_linked: bool,
}

impl Loaded {
    pub fn functions(&self) -> Vec<&str> {
        self.metadata
            .negotiated_functions
            .keys()
            .map(String::as_str)
            .collect()
    }

    /// Dispatches through the crate. The reason for a fallback is in the crate's log.
    pub fn dispatch<F: WireFunction>(&mut self, request: F::Request) -> Result<F::Response, String> {
        match dispatch_wire_call::<F>(&mut self.plugin, &self.metadata, request) {
            DispatchOutcome::Ok(response) => Ok(response),
            other => Err(format!("{}: {}", F::NAME, fallback_of(&other))),
        }
    }
}

fn fallback_of<R>(outcome: &DispatchOutcome<R>) -> String {
    match outcome {
        DispatchOutcome::Fallback(policy) => format!("fallback {policy:?}"),
        _ => "another outcome".to_owned(),
    }
}

/// Checks identity, handshake and self-check. Like cc-lb, it links the host's functions only for dispatches. If the plugin imports them,
/// that host cannot run handshake and self-check, so they are linked from the beginning.
pub fn load(name: &str, wasm: &[u8], config: &[(&str, &str)]) -> Result<Loaded, String> {
    let identity = read_identity(wasm).map_err(|error| format!("identity: {error}"))?;
    let is_linked = imports_host_functions(wasm)?;
    let accept = if is_linked {
        expect_refusal(wasm)?;
        handshake_with_functions(name, wasm)?
    } else {
        execute_handshake(wasm, &build_offer(&BTreeSet::new()))
            .map_err(|error| format!("handshake: {error}"))?
    };
    let self_check = if is_linked {
        self_check_with_functions(name, wasm)?
    } else {
        execute_self_check(wasm).map_err(|error| format!("self-check: {error}"))?
    };
    let metadata = AugmentedMetadata {
        identity,
        negotiated_functions: accept.chosen_versions,
        negotiated_capabilities: accept.required_capabilities,
        handshake_completed_at: UNIX_SECS,
        self_check_passed: self_check.status == SelfCheckStatus::Success,
        self_check_completed_at: self_check.completed_at,
        expires_at: UNIX_SECS + 1,
    };
    let plugin = build(name, wasm, config, DISPATCH_MS, None)?;
    Ok(Loaded {
        plugin,
        metadata,
        is_linked,
    })
}

fn build(
    name: &str,
    wasm: &[u8],
    config: &[(&str, &str)],
    wall_ms: u64,
    fuel: Option<u64>,
) -> Result<Plugin, String> {
    let manifest = Manifest::new([Wasm::data(wasm.to_vec())])
        .with_timeout(Duration::from_millis(wall_ms))
        .with_config(config.iter().copied())
        .disallow_all_hosts();
    let context = HostFunctionContext::new(name.to_owned(), STORAGE_QUOTA_BYTES, Arc::new(HostState::new()));
    let builder = PluginBuilder::new(&manifest)
        .with_wasi(false)
        .with_cache_disabled()
        .with_functions(functions(context));
    let builder = match fuel {
        Some(fuel) => builder.with_fuel_limit(fuel),
        None => builder,
    };
    builder.build().map_err(|error| format!("instantiation: {error}"))
}

/// Decides by the error of an instantiation without them.
fn imports_host_functions(wasm: &[u8]) -> Result<bool, String> {
    match cc_lb_runtime_protocol::build_plugin(wasm, HANDSHAKE_WALL_MS, HANDSHAKE_FUEL) {
        Ok(_) => Ok(false),
        Err(error) if error.to_string().contains("extism:host/user") => Ok(true),
        Err(error) => Err(error.to_string()),
    }
}

/// The crate's own handshake links no functions. If that changes, this check must change too.
fn expect_refusal(wasm: &[u8]) -> Result<(), String> {
    match execute_handshake(wasm, &build_offer(&BTreeSet::new())) {
        Err(error) if error.to_string().contains("extism:host/user") => Ok(()),
        Err(error) => Err(format!("handshake: {error}")),
        Ok(_) => Err("handshake: this host links its functions now".to_owned()),
    }
}

fn handshake_with_functions(name: &str, wasm: &[u8]) -> Result<HandshakeAccept, String> {
    let offer = build_offer(&BTreeSet::new());
    let request = serde_json::to_string(&offer).map_err(|error| error.to_string())?;
    let text = call_within_limits(name, wasm, "cc_lb_handshake", &request)?;
    let accept: HandshakeAccept =
        serde_json::from_str(&text).map_err(|error| format!("handshake: {error}"))?;
    accept
        .validate_against_offer(&offer)
        .map_err(|error| format!("handshake: {error}"))?;
    Ok(accept)
}

fn self_check_with_functions(name: &str, wasm: &[u8]) -> Result<SelfCheckResponse, String> {
    let request = SelfCheckRequest {
        functions_to_test: all_wire_functions().iter().map(|&name| name.to_owned()).collect(),
        initiated_at: UNIX_SECS,
    };
    let request = serde_json::to_string(&request).map_err(|error| error.to_string())?;
    let text = call_within_limits(name, wasm, "cc_lb_self_check", &request)?;
    let response: SelfCheckResponse =
        serde_json::from_str(&text).map_err(|error| format!("self-check: {error}"))?;
    response
        .validate()
        .map_err(|error| format!("self-check: {error}"))?;
    if response.status != SelfCheckStatus::Success || !response.failures.is_empty() {
        return Err(format!("self-check: {} failures", response.failures.len()));
    }
    Ok(response)
}

/// Uses the limits of the protocol, which are the same in both projects.
fn call_within_limits(name: &str, wasm: &[u8], export: &str, request: &str) -> Result<String, String> {
    build(name, wasm, &[], HANDSHAKE_WALL_MS, Some(HANDSHAKE_FUEL))?
        .call::<&str, String>(export, request)
        .map_err(|error| format!("{export}: {error}"))
}
