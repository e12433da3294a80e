//! `uniffi-bindgen LIBRARY ROOTS FOLDER`: the Kotlin and Swift sides of the library, into `FOLDER/kotlin` and `FOLDER/swift`.
//!
//! In: a built library, which describes itself; `roots.toml`, which says where the crate lies, and so its `uniffi.toml`: without
//! that uniffi would take names of its own, silently. Out: source files, named as `../uniffi.toml` says. May touch: the folder.
//! Keeps: the uniffi that writes the bindings is the one the library was built with.

use std::process::ExitCode;
use uniffi::{GenerateOptions, TargetLanguage};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [library, roots, folder] = arguments.as_slice() else {
        eprintln!("uniffi-bindgen LIBRARY ROOTS FOLDER");
        return ExitCode::FAILURE;
    };
    for (language, name) in [(TargetLanguage::Kotlin, "kotlin"), (TargetLanguage::Swift, "swift")] {
        let generated = uniffi::generate(GenerateOptions {
            languages: vec![language],
            source: library.into(),
            out_dir: format!("{folder}/{name}").into(),
            config_override: Some(roots.into()),
            ..GenerateOptions::default()
        });
        if let Err(error) = generated {
            eprintln!("{error:?}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
