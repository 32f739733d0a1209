use cc_lb_plugin_wire::self_check::{
    SelfCheckFailure, SelfCheckRequest, SelfCheckResponse, SelfCheckStage, SelfCheckStatus,
};
use cc_lb_plugin_wire::v1::{
    build_signer::BuildSignerFn, normalize_error::NormalizeErrorFn, observe::ObserveFn,
    on_unauthorized::OnUnauthorizedFn, shape::ShapeFn, sign::SignFn,
};
use cc_lb_plugin_wire::v3::filter::FilterFn;
use cc_lb_plugin_wire::wire_function::WireFunction;
use extism_pdk::Error;
use serde::{de::DeserializeOwned, Serialize};
use serde_json::Value;

/// Reads and writes the samples of each function with the types of this plugin. Runs no handler. Skips functions that the plugin
/// does not have.
pub fn run(request: &str) -> Result<String, Error> {
    let request: SelfCheckRequest = serde_json::from_str(request)?;
    request.validate()?;
    let failures: Vec<SelfCheckFailure> = request
        .functions_to_test
        .iter()
        .filter_map(|name| test(name).err())
        .map(|message| SelfCheckFailure {
            stage: SelfCheckStage::WireFunctionTest,
            message,
        })
        .collect();
    let status = if failures.is_empty() {
        SelfCheckStatus::Success
    } else {
        SelfCheckStatus::Failure
    };
    let response = SelfCheckResponse {
        status,
        failures,
        // Host functions are not allowed here, so the time is that of the request.
        completed_at: request.initiated_at,
    };
    Ok(serde_json::to_string(&response)?)
}

fn test(name: &str) -> Result<(), String> {
    match name {
        FilterFn::NAME => test_samples::<FilterFn>(),
        ShapeFn::NAME => test_samples::<ShapeFn>(),
        BuildSignerFn::NAME => test_samples::<BuildSignerFn>(),
        SignFn::NAME => test_samples::<SignFn>(),
        OnUnauthorizedFn::NAME => test_samples::<OnUnauthorizedFn>(),
        NormalizeErrorFn::NAME => test_samples::<NormalizeErrorFn>(),
        ObserveFn::NAME => test_samples::<ObserveFn>(),
        _ => Ok(()),
    }
}

fn test_samples<F: WireFunction>() -> Result<(), String> {
    round_trip(&F::dry_run_request())
        .and_then(|()| round_trip(&F::dry_run_response()))
        .map_err(|error| format!("{}: {error}", F::NAME))
}

fn round_trip<T: Serialize + DeserializeOwned>(sample: &T) -> Result<(), Error> {
    let sent: Value = serde_json::to_value(sample)?;
    let received: T = serde_json::from_str(&sent.to_string())?;
    if serde_json::to_value(received)? == sent {
        Ok(())
    } else {
        Err(Error::msg("the sample changes on its way"))
    }
}
