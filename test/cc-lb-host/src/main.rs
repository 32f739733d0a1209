//! Loads the load balancer plugins into cc-lb's own host, the crate `cc-lb-runtime-protocol`, and dispatches to each of
//! their functions. Prints a table. Exits with 1 if a plugin fails, or if verdicts.json differs from the crate's types.
//! docs/protocol.md describes how to run it and has its last result.

mod conformance;
mod native_host;
mod plugins;
mod recorded;
mod samples;
mod verdicts;

use std::process::ExitCode;

use plugins::{SUBJECTS, Subject};
use recorded::{Counters, Log};

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("--verdicts") {
        print!("{}", verdicts::all_verdicts());
        return ExitCode::SUCCESS;
    }
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing_subscriber::filter::LevelFilter::INFO)
        .with_writer(move || writer.clone())
        .init();
    let counters = Counters::default();
    metrics::set_global_recorder(counters.clone()).expect("no other recorder");

    println!("| plugin | loads with | functions | dispatches | conformance suites | result |");
    println!("| --- | --- | --- | ---: | --- | --- |");
    let mut is_clean = true;
    for subject in &SUBJECTS {
        match check(subject, &counters, &log) {
            Ok(row) => println!("| `{}` | {row} | passed |", subject.name),
            Err(complaint) => {
                is_clean = false;
                println!("| `{}` | | | | | failed: {complaint} |", subject.name);
                eprint!("{}", log.take());
            }
        }
    }
    if verdicts::all_verdicts() != include_str!("../verdicts.json") {
        is_clean = false;
        println!();
        println!("verdicts.json is not what the crate says: write it again with --verdicts.");
    }
    if is_clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn check(subject: &Subject, counters: &Counters, log: &Log) -> Result<String, String> {
    let path = subject.path();
    let wasm = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut loaded = native_host::load(subject.name, &wasm, subject.config)?;
    let dispatches = samples::dispatch_all(subject, &mut loaded)?;
    if let Some((name, expected)) = subject.observed.metric {
        let value = counters.value(subject.name, name);
        if value != expected {
            return Err(format!(
                "cc_lb_metric_incr: {name} is {value}, expected {expected}"
            ));
        }
    }
    let written = log.take();
    if let Some(part) = subject.observed.log
        && !written.contains(part)
    {
        eprint!("{written}");
        return Err(format!("cc_lb_log: no line with {part:?}"));
    }
    let functions = loaded.functions();
    let (how, suites) = if loaded.is_linked {
        (
            "its host functions linked",
            "none: it imports host functions".to_owned(),
        )
    } else {
        (
            "the crate's own load",
            conformance::verify(&wasm, &functions)?.join(", "),
        )
    };
    Ok(format!(
        "{how} | {} | {dispatches} | {suites}",
        functions.join(", ")
    ))
}
