//! Any bytes as a whole pack.
#![no_main]

#[path = "../../pack/tests/packs/hostile.rs"]
mod hostile;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = hostile::any(aloft_pack::Form::Whole, input);
});
