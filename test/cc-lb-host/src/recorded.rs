//! Records the effects of the crate's host functions: counters by name, and lines of the log.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use metrics::{Counter, CounterFn, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

#[derive(Clone, Default)]
pub struct Counters(Arc<Mutex<HashMap<String, Arc<Total>>>>);

#[derive(Default)]
struct Total(AtomicU64);

impl CounterFn for Total {
    fn increment(&self, value: u64) {
        self.0.fetch_add(value, Ordering::Relaxed);
    }
    fn absolute(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }
}

impl Counters {
    /// Returns a plugin's counter, or 0 if it counted nothing.
    pub fn value(&self, plugin: &str, name: &str) -> u64 {
        let totals = self.0.lock().expect("counters");
        totals
            .get(&format!("{plugin} {name}"))
            .map_or(0, |total| total.0.load(Ordering::Relaxed))
    }
}

impl Recorder for Counters {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let plugin = key.labels().find(|label| label.key() == "plugin");
        let id = format!("{} {}", plugin.map_or("", |label| label.value()), key.name());
        let mut totals = self.0.lock().expect("counters");
        Counter::from_arc(totals.entry(id).or_default().clone())
    }
    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }
    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// Returns the log so far.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Takes the lines that were written since the last call.
    pub fn take(&self) -> String {
        let written = std::mem::take(&mut *self.0.lock().expect("log"));
        String::from_utf8_lossy(&written).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("log").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
