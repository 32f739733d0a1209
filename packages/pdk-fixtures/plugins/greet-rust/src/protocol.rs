use crate::extism::{Outcome, Output};
use crate::greet::samples_hold;
use crate::json::Reader;

/// Answers the offer (protocol §2): `greet` at version 1, if the host has it.
pub fn handshake(input: &[u8], output: &mut Output) -> Outcome {
    let mut is_offered = false;
    let mut is_common = false;
    let mut reader = Reader::new(input)?;
    let keys = ["handshake_schema_version", "envelope_version", "function_versions", "host_capabilities"];
    reader.object(&keys, |reader, place| match place {
        0 | 1 => if reader.count()? == 1 { Ok(()) } else { Err("another protocol") },
        2 => {
            reader.expect(b'{')?;
            let mut is_first = true;
            while !reader.skip(b'}') {
                if !is_first {
                    reader.expect(b',')?;
                }
                is_first = false;
                let is_greet = reader.string()? == "greet";
                is_offered |= is_greet;
                reader.expect(b':')?;
                reader.list(|reader| {
                    is_common |= reader.count()? == 1 && is_greet;
                    Ok(())
                })?;
            }
            Ok(())
        }
        _ => reader.list(|reader| reader.string().map(|_| ())),
    })?;
    reader.end()?;
    output.put(b"{\"handshake_schema_version\":1,\"envelope_version\":1,\"chosen_versions\":{")?;
    output.put(if is_common { b"\"greet\":1" as &[u8] } else { b"" })?;
    output.put(b"},\"plugin_supported\":{")?;
    output.put(if is_offered { b"\"greet\":[1]" as &[u8] } else { b"" })?;
    output.put(b"},\"implemented_functions\":[")?;
    output.put(if is_offered { b"\"greet\"" as &[u8] } else { b"" })?;
    output.put(b"],\"required_capabilities\":[]}")
}

/// Answers a self-check (protocol §3).
pub fn self_check(input: &[u8], output: &mut Output) -> Outcome {
    let mut reader = Reader::new(input)?;
    let mut functions = 0;
    let mut time = 0;
    reader.object(&["functions_to_test", "initiated_at"], |reader, place| {
        if place == 1 {
            time = reader.count()?;
            return Ok(());
        }
        reader.list(|reader| {
            functions += 1;
            // A function that the plugin does not have is skipped.
            reader.string().map(|_| ())
        })
    })?;
    reader.end()?;
    if time == 0 || !(1..=16).contains(&functions) {
        return Err("a self-check has 1 to 16 functions and a positive time");
    }
    let is_sound = samples_hold();
    output.put(if is_sound { b"{\"status\":\"success\"" } else { b"{\"status\":\"failure\"" })?;
    output.put(b",\"failures\":[")?;
    if !is_sound {
        output.put(b"{\"stage\":\"wire_function_test\",\"message\":\"a sample is not what it was\"}")?;
    }
    output.put(b"],\"completed_at\":")?;
    put_decimal(output, time)?;
    output.put(b"}")
}

fn put_decimal(output: &mut Output, value: u64) -> Outcome {
    if value >= 10 {
        put_decimal(output, value / 10)?;
    }
    output.put(&[b'0' + (value % 10) as u8])
}
