//! The lists of methods that native code is compiled with are those of Rust.
//!
//! With `ALOFT_UPDATE_SNAPSHOTS` set they are written anew.

use aloft_plugin::Method;
use std::fmt::Write as _;
use std::path::Path;

const SWIFT: &str = "capacitor-plugin/ios/Sources/AloftCapacitorUpdater/Methods.swift";

/// What methods answer when there is no core: the app runs on its builtin assets, and nothing will change that.
const BUILTIN_ANSWERS: &[(&str, &str)] = &[
    ("current", r#"{"bundle":{"id":"builtin","version":"builtin","downloaded":"1970-01-01T00:00:00.000Z","checksum":"","status":"success"},"native":"builtin"}"#),
    ("getBuiltinVersion", r#"{"version":"builtin"}"#),
    ("getFailedUpdate", "null"),
    ("getNextBundle", "null"),
    ("getPluginVersion", concat!(r#"{"version":""#, env!("CARGO_PKG_VERSION"), r#""}"#)),
    ("isAutoUpdateAvailable", r#"{"available":false}"#),
    ("isAutoUpdateEnabled", r#"{"enabled":false}"#),
    ("list", r#"{"bundles":[{"id":"builtin","version":"builtin","downloaded":"1970-01-01T00:00:00.000Z","checksum":"","status":"success"}]}"#),
    ("notifyAppReady", r#"{"bundle":{"id":"builtin","version":"builtin","downloaded":"1970-01-01T00:00:00.000Z","checksum":"","status":"success"}}"#),
];

#[test]
fn swift_has_every_method() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    agree(&root.join(SWIFT), &swift());
}

fn swift() -> String {
    let mut text = String::from(
        "// Every method of the plugin, and what is answered where there is no core.\n\
         // Generated from the methods in Rust (bindings/plugin/tests/native_lists.rs); do not edit.\n\
         import Capacitor\n\n\
         extension CapacitorUpdaterPlugin {\n",
    );
    let _ = writeln!(text, "    static let version = \"{}\"\n", env!("CARGO_PKG_VERSION"));
    text.push_str("    static let methods = [\n");
    for method in Method::all() {
        let _ = writeln!(text, "        \"{}\",", method.name());
    }
    text.push_str("    ]\n\n    static let builtinAnswers = [\n");
    for (method, answer) in BUILTIN_ANSWERS {
        if method.parse::<Method>().is_ok() {
            let _ = writeln!(text, "        \"{method}\": #\"{{\"ok\":{answer}}}\"#,");
        }
    }
    text.push_str("    ]\n\n");
    for method in Method::all() {
        let _ = writeln!(text, "    @objc func {}(_ call: CAPPluginCall) {{ forward(call) }}", method.name());
    }
    text.push_str("}\n");
    text
}

fn agree(path: &Path, wanted: &str) {
    if std::env::var_os("ALOFT_UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(path, wanted).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(found == wanted, "{} is not what Rust says; write it with ALOFT_UPDATE_SNAPSHOTS=1", path.display());
}
