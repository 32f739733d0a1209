use std::collections::BTreeSet;

use extism_pdk::{config, Error};

/// The plugin's configuration. A host function is used only if a setting enables it.
pub struct Settings {
    /// `base_url`: goes before the path that `shape` answers.
    pub base_url: String,
    /// `deny_header`: `filter` rejects every candidate for requests with this header.
    pub deny_header: Option<String>,
    /// `requests_per_minute`: for each principal. Needs `storage` and `clock`.
    pub requests_per_minute: Option<u64>,
    /// `log_level`: the level at which `filter` and `observe` log their results. Needs `log`.
    pub log_level: Option<String>,
    /// `metric_prefix`: goes before the names of the counters of `observe`. Needs `metrics`.
    pub metric_prefix: Option<String>,
    /// `sign_time`: `true` signs the time with the request. Needs `clock`.
    pub sign_time: bool,
    /// `nonce_bytes`: the number of random bytes that are signed with the request. Needs `random`.
    pub nonce_bytes: Option<u64>,
}

impl Settings {
    pub fn read() -> Result<Self, Error> {
        Ok(Self {
            base_url: config::get("base_url")?.unwrap_or_default(),
            deny_header: config::get("deny_header")?,
            requests_per_minute: read_number("requests_per_minute")?,
            log_level: config::get("log_level")?,
            metric_prefix: config::get("metric_prefix")?,
            sign_time: read_switch("sign_time")?,
            nonce_bytes: read_number("nonce_bytes")?,
        })
    }

    /// Returns the capabilities of the host functions that these settings use.
    pub fn required_capabilities(&self) -> BTreeSet<String> {
        let needs = [
            ("storage", self.requests_per_minute.is_some()),
            (
                "clock",
                self.requests_per_minute.is_some() || self.sign_time,
            ),
            ("log", self.log_level.is_some()),
            ("metrics", self.metric_prefix.is_some()),
            ("random", self.nonce_bytes.is_some()),
        ];
        needs
            .into_iter()
            .filter(|(_, is_needed)| *is_needed)
            .map(|(name, _)| name.to_owned())
            .collect()
    }
}

fn read_number(key: &str) -> Result<Option<u64>, Error> {
    config::get(key)?
        .map(|text| {
            text.parse()
                .map_err(|_| Error::msg(format!("the setting {key} is not a whole number")))
        })
        .transpose()
}

fn read_switch(key: &str) -> Result<bool, Error> {
    match config::get(key)?.as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Error::msg(format!(
            "the setting {key} is neither true nor false"
        ))),
    }
}
