//! What uniffi wrote for Kotlin and Swift: our names, few functions, no way to a crash.
//!
//! In: the generated files. Out: a verdict. May touch: `target/`. Keeps: every exported function throws, so that a panic is an
//! exception and not the end of the app; checksums stay on.

use crate::bindings::{self, Flavour};
use crate::gate::{Gate, Verdict};
use std::path::Path;

/// More than this is another design.
const MOST_FUNCTIONS: usize = 16;

/// Calls of uniffi's own whose failure nobody could mend; the only ones that may trap.
const MAY_TRAP: &[&str] = &[
    "ffi_aloft_ffi_rustbuffer_from_bytes(",
    "ffi_aloft_ffi_rustbuffer_free(",
    "uniffi_aloft_ffi_fn_clone_plugin(",
    "uniffi_aloft_ffi_fn_clone_pluginhost(",
    "uniffi_aloft_ffi_fn_free_plugin(",
    "uniffi_aloft_ffi_fn_free_pluginhost(",
];

/// Build library and bindings, and read them.
pub(super) fn verify(gate: &mut Gate) -> Verdict {
    bindings::build(gate, Flavour::Shipped)?;
    let folder = bindings::folder(gate.root(), Flavour::Shipped);
    let kotlin = read(&folder.join("kotlin/uniffi/aloft_ffi/aloft_ffi.kt"))?;
    let [swift, header] = ["swift/Aloft.swift", "swift/AloftFFI.h"].map(|name| read(&folder.join(name)));
    let (swift, header) = (swift?, header?);
    let functions = functions(&header);
    let faults = [count_faults(&functions), swift_faults(&swift, &functions), kotlin_faults(&kotlin, &functions)];
    let faults = faults.concat();
    gate.tell(&format!("{} functions are exported, of {MOST_FUNCTIONS} at most", functions.len()));
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Names in Rust of what Kotlin and Swift can call: `method_plugin_launch`.
fn functions(header: &str) -> Vec<String> {
    let kinds = ["method_plugin_", "constructor_plugin_", "func_"];
    let mut found: Vec<_> = header
        .lines()
        .filter_map(|line| line.split_once("uniffi_aloft_ffi_fn_")?.1.split_once('('))
        .map(|(name, _)| name.to_owned())
        .filter(|name| kinds.iter().any(|kind| name.starts_with(kind)))
        .collect();
    found.sort();
    found.dedup();
    found
}

fn count_faults(functions: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    if functions.is_empty() || functions.len() > MOST_FUNCTIONS {
        faults.push(format!("{} functions are exported: 1 to {MOST_FUNCTIONS} are wanted", functions.len()));
    }
    if functions.iter().any(|name| name.contains("provoke")) {
        faults.push("`provoke` is in the library that ships".to_owned());
    }
    faults
}

fn swift_faults(swift: &str, functions: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    for line in swift.lines().filter(|line| line.contains("try!")) {
        if !MAY_TRAP.iter().any(|call| line.contains(call)) {
            faults.push(format!("Swift: a call can end the app: {}", line.trim()));
        }
    }
    if !swift.contains("import AloftFFI") {
        faults.push("Swift: its C module is not `AloftFFI`".to_owned());
    }
    faults.extend(error_fields(swift, ": Swift.Error", "case "));
    faults.extend(call_faults("Swift", swift, functions, "try rustCallWithError(FfiConverterTypeCallFailed"));
    faults
}

fn kotlin_faults(kotlin: &str, functions: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    if !kotlin.lines().any(|line| line.trim() == "package uniffi.aloft_ffi") {
        faults.push("Kotlin: its package is not `uniffi.aloft_ffi`".to_owned());
    }
    if kotlin.contains("import android") {
        faults.push("Kotlin: it needs Android, and the JVM has none".to_owned());
    }
    faults.extend(error_fields(kotlin, ": kotlin.Exception()", "val "));
    faults.extend(call_faults("Kotlin", kotlin, functions, "uniffiRustCallWithError(CallFailed"));
    faults
}

/// Each function is called in a way that throws, and its checksum compared.
fn call_faults(language: &str, text: &str, functions: &[String], throwing: &str) -> Vec<String> {
    let lines: Vec<_> = text.lines().collect();
    let mut faults = Vec::new();
    for name in functions {
        let (call, checksum) = (format!("uniffi_aloft_ffi_fn_{name}("), format!("uniffi_aloft_ffi_checksum_{name}()"));
        // The declaration of the C function in Kotlin is no call.
        let mut calls = lines.iter().enumerate().filter(|(_, line)| line.contains(&call) && !line.contains("fun "));
        let thrown =
            |at: usize| lines.get(at.saturating_sub(2)..at).is_some_and(|before| before.concat().contains(throwing));
        if !calls.clone().any(|(at, _)| thrown(at)) || calls.any(|(at, _)| !thrown(at)) {
            faults.push(format!("{language}: `{name}` does not throw; it returns no `Result`"));
        }
        if !lines.iter().any(|line| line.contains("if (") && line.contains(&checksum) && line.contains(" != ")) {
            faults.push(format!("{language}: the checksum of `{name}` is not compared"));
        }
    }
    faults
}

/// An error's field `message` clashes with what Kotlin and Swift call the text of an error.
fn error_fields(text: &str, error: &str, field: &str) -> Vec<String> {
    let mut inside = false;
    let mut faults = Vec::new();
    for line in text.lines() {
        inside = (inside || line.contains(error)) && line != "}";
        let names = line.contains("message: ") || line.contains("`message`: ");
        if inside && names && (line.contains(field) || line.trim_start().starts_with("message: ")) {
            faults.push(format!("an error has a field `message`: {}", line.trim()));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "void uniffi_aloft_ffi_fn_method_plugin_tick(uint64_t ptr, RustCallStatus *_Nonnull out_status\n\
                          uint64_t uniffi_aloft_ffi_fn_clone_plugin(uint64_t handle, RustCallStatus *_Nonnull out_status";
    const SWIFT: &str = "import AloftFFI\nenum CallFailed: Swift.Error, Equatable {\n    case Bad(\n        detail: String\n    )\n}\n\
                         return try! rustCall { uniffi_aloft_ffi_fn_clone_plugin(self.handle, $0) }\n\
                         open func tick()throws   {try rustCallWithError(FfiConverterTypeCallFailed_lift) {\n\
                         uniffiCallStatus in\n    uniffi_aloft_ffi_fn_method_plugin_tick(\n\
                         if (uniffi_aloft_ffi_checksum_method_plugin_tick() != 1) {";
    const KOTLIN: &str = "package uniffi.aloft_ffi\nsealed class CallFailed: kotlin.Exception() {\n    val `detail`: kotlin.String\n}\n\
                          external fun uniffi_aloft_ffi_fn_method_plugin_tick(`ptr`: Long\n\
                          uniffiRustCallWithError(CallFailed) { _status ->\nUniffiLib.uniffi_aloft_ffi_fn_method_plugin_tick(\n\
                          if ((lib.uniffi_aloft_ffi_checksum_method_plugin_tick() and 0xFFFF) != 1) {";

    fn faults(swift: &str, kotlin: &str) -> String {
        let functions = functions(HEADER);
        [count_faults(&functions), swift_faults(swift, &functions), kotlin_faults(kotlin, &functions)]
            .concat()
            .join("; ")
    }

    #[test]
    fn good_bindings_have_no_faults() {
        assert_eq!(functions(HEADER), ["method_plugin_tick"]);
        assert_eq!(faults(SWIFT, KOTLIN), "");
    }

    #[test]
    fn a_function_without_result_is_found_in_both_languages() {
        let swift = SWIFT.replace("try rustCallWithError(FfiConverterTypeCallFailed_lift)", "try! rustCall()");
        let kotlin = KOTLIN.replace("uniffiRustCallWithError(CallFailed)", "uniffiRustCall()");
        let found = faults(&swift, &kotlin);
        assert!(found.contains("Swift: a call can end the app"), "{found}");
        assert_eq!(found.matches("does not throw").count(), 2, "{found}");
    }

    #[test]
    fn names_of_uniffi_itself_and_lost_checksums_are_found() {
        let swift = SWIFT.replace("AloftFFI", "aloft_ffiFFI").replace("checksum", "nothing");
        let found = faults(&swift, &KOTLIN.replace("checksum", "nothing").replace("uniffi.aloft_ffi", "uniffi"));
        assert!(found.contains("Swift: its C module") && found.contains("Kotlin: its package"), "{found}");
        assert_eq!(found.matches("is not compared").count(), 2, "{found}");
    }

    #[test]
    fn a_field_called_message_is_found_in_both_languages() {
        let found = faults(&SWIFT.replace("detail", "message"), &KOTLIN.replace("`detail`", "`message`"));
        assert_eq!(found.matches("a field `message`").count(), 2, "{found}");
    }

    #[test]
    fn too_many_functions_and_the_one_that_panics_are_found() {
        let seventeen: Vec<_> = (0..17).map(|number| format!("func_{number}")).collect();
        assert_eq!(count_faults(&seventeen).len(), 1);
        assert_eq!(count_faults(&["method_plugin_provoke".to_owned()]).len(), 1);
        assert_eq!(count_faults(&[]).len(), 1);
    }
}
