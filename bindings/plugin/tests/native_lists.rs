//! The lists of methods that native code is compiled with are those of Rust.
//!
//! With `ALOFT_UPDATE_SNAPSHOTS` set they are written anew.

use aloft_plugin::{Method, Returns};
use std::fmt::Write as _;
use std::path::Path;

const SWIFT: &str = "capacitor-plugin/ios/Sources/AloftCapacitorUpdater/Methods.swift";

#[test]
fn swift_has_every_method() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    agree(&root.join(SWIFT), &swift());
}

fn swift() -> String {
    let mut text = String::from(
        "// Every method of the plugin, by its name and by the selector that Capacitor calls.\n\
         // Generated from the methods in Rust (bindings/plugin/tests/native_lists.rs); do not edit.\n\
         import Capacitor\n\n\
         extension CapacitorUpdaterPlugin {\n",
    );
    let _ = writeln!(text, "    static let version = \"{}\"\n", env!("CARGO_PKG_VERSION"));
    text.push_str("    static let methods = [\n");
    for method in Method::all() {
        let returns = match method.returns() {
            Returns::Promise => "CAPPluginReturnPromise",
            Returns::None => "CAPPluginReturnNone",
        };
        let _ = writeln!(text, "        (\"{}\", {returns}),", method.name());
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
