//! Any bytes as a pack against the golden base.
#![no_main]

#[path = "../../pack/tests/packs/hostile.rs"]
mod hostile;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = hostile::any(aloft_pack::Form::Delta, input);
});
