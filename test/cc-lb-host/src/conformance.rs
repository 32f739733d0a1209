//! Runs cc-lb's suite for plugin authors, `cc-lb-plugin-conformance`. It only supports plugins that import no host functions.

use cc_lb_plugin_conformance::{
    VerifyError, VerifyReport, verify_observability_plugin, verify_router_plugin, verify_shape_plugin,
};

type Verify = fn(&[u8]) -> Result<VerifyReport, VerifyError>;

/// The functions that have a suite.
const SUITES: [(&str, Verify); 3] = [
    ("filter", verify_router_plugin),
    ("shape", verify_shape_plugin),
    ("observe", verify_observability_plugin),
];

/// Runs the suite of each function that the plugin has. Returns the names of these functions.
pub fn verify(wasm: &[u8], functions: &[&str]) -> Result<Vec<&'static str>, String> {
    let mut passed = Vec::new();
    for (function, verify) in SUITES {
        if !functions.contains(&function) {
            continue;
        }
        let report = verify(wasm).map_err(|error| format!("conformance of {function}: {error:?}"))?;
        let layers = [report.identity, report.handshake, report.self_check];
        if let Some(failed) = layers.iter().chain(&report.dispatch).find(|layer| !layer.passed) {
            return Err(format!("conformance of {function}: {failed:?}"));
        }
        passed.push(function);
    }
    Ok(passed)
}
