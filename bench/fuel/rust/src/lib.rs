//! The four workloads of ../README.md in Rust.
use std::cell::RefCell;
use std::fmt::Write;

#[derive(serde::Deserialize)]
#[allow(dead_code)]
struct Row {
    id: u32,
    name: String,
    active: bool,
    score: f64,
    tags: Vec<String>,
}

#[derive(Default)]
struct State {
    data: Vec<u8>,
    numbers: Vec<u32>,
    rows: u32,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

#[no_mangle]
pub extern "C" fn prepare(workload: u32, size: u32) {
    STATE.with_borrow_mut(|state| match workload {
        0 => state.data = (0..size).map(|i| i.wrapping_mul(31) as u8).collect(),
        1 => {
            let mut text = String::from("[");
            let mut i = 0;
            while text.len() < size as usize {
                if i > 0 {
                    text.push(',');
                }
                write!(text, r#"{{"id":{i},"name":"row {i} of the table","active":true,"score":{i}.25,"tags":["red","green","blue"]}}"#).unwrap();
                i += 1;
            }
            text.push(']');
            state.data = text.into_bytes();
        }
        2 => {
            let mut seed = 1u32;
            state.numbers = (0..size)
                .map(|_| {
                    seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
                    seed
                })
                .collect();
        }
        _ => state.rows = size,
    });
}

#[no_mangle]
pub extern "C" fn run(workload: u32) -> u32 {
    STATE.with_borrow(|state| match workload {
        0 => state.data.iter().fold(2166136261u32, |hash, byte| {
            (hash ^ u32::from(*byte)).wrapping_mul(16777619)
        }),
        1 => match serde_json::from_slice::<Vec<Row>>(&state.data) {
            Ok(rows) => rows.len() as u32,
            Err(_) => u32::MAX,
        },
        2 => {
            let mut sorted = state.numbers.clone();
            sorted.sort();
            sorted[0]
        }
        _ => {
            let mut text = String::new();
            for i in 0..state.rows {
                write!(text, "row {i} of the table;").unwrap();
            }
            text.len() as u32
        }
    })
}
