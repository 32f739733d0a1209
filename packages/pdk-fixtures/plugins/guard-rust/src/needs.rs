use crate::balancer::config::configured_flag;
use crate::kit::*;
use crate::rate_limit::RateLimit;

// The switches of the configuration, apart from those of the rate limit.
pub const COUNT_EVENTS: &str = "count_events";
pub const LOG_ERRORS: &str = "log_errors";
pub const SIGN_ONCE: &str = "sign_once";

/// Returns the capabilities that the configuration needs. An invalid configuration fails the handshake. A call cannot ask which
/// capabilities were granted, and it fails without them. So a host that grants too few rejects the plugin when it loads it.
pub fn required_capabilities(_offered: &[String]) -> Result<Vec<&'static str>, Error> {
    let has_limit = RateLimit::configured()?.is_some();
    let signs_once = configured_flag(SIGN_ONCE)?;
    let needs = [
        ("storage", has_limit),
        ("clock", has_limit || signs_once),
        ("random", signs_once),
        ("metrics", configured_flag(COUNT_EVENTS)?),
        ("log", configured_flag(LOG_ERRORS)?),
    ];
    Ok(needs.iter().filter(|(_, is_needed)| *is_needed).map(|(capability, _)| *capability).collect())
}
