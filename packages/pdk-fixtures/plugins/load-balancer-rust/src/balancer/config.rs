use crate::kit::*;

/// Returns a configured number between two bounds. Anything else fails the call.
pub fn configured_number(key: &str, otherwise: f64, smallest: f64, largest: f64) -> Result<f64, Error> {
    let Some(text) = config(key) else { return Ok(otherwise) };
    match Json::parse(&text)?.f64() {
        Some(value) if value >= smallest && value <= largest => Ok(value),
        _ => Err(Error::from("a configured number is out of range")),
    }
}

/// Returns a configured whole number of at most nine digits. Anything else fails the call.
pub fn configured_count(key: &str, otherwise: u64, smallest: u64, largest: u64) -> Result<u64, Error> {
    let Some(text) = config(key) else { return Ok(otherwise) };
    let is_count = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(value) if is_count && value >= smallest && value <= largest => Ok(value),
        _ => Err(Error::from("a configured count is none, or out of range")),
    }
}

/// Returns a configured `true` or `false`. The default is `false`. Anything else fails the call.
pub fn configured_flag(key: &str) -> Result<bool, Error> {
    match config(key).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Error::from("a configured switch is neither true nor false")),
    }
}

/// Returns a configured JSON object from texts to texts. Empty if it is not configured.
pub fn configured_map(key: &str) -> Result<Map<String>, Error> {
    let Some(text) = config(key) else { return Ok(Map::new()) };
    let map = Json::parse(&text)?.entries().ok_or("a configured map is no JSON object")?;
    map.into_iter()
        .map(|(key, value)| Ok((key, value.string().ok_or("a configured map holds more than texts")?)))
        .collect()
}
