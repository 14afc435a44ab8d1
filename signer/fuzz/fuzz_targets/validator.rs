#![no_main]
#[path = "../src/targets.rs"]
#[expect(dead_code, reason = "one target each")]
mod targets;

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::validator(input));
