//! The lists of methods that native code is compiled with are those of Rust.
//!
//! With `ALOFT_UPDATE_SNAPSHOTS` set they are written anew.
#![allow(clippy::unwrap_used)]

use aloft_plugin::{Method, Returns};
use std::fmt::Write as _;
use std::path::Path;

const SWIFT: &str = "capacitor-plugin/ios/Sources/AloftCapacitorUpdater/Methods.swift";
const KOTLIN: &str = "capacitor-plugin/android/src/main/kotlin/app/aloft/updater/Methods.kt";
const KOTLIN_VERSION: &str = "bindings/android/src/main/kotlin/app/aloft/Version.kt";

#[test]
fn swift_has_every_method() {
    agree(SWIFT, &swift());
}

#[test]
fn kotlin_has_every_method_and_the_version() {
    agree(KOTLIN, &kotlin());
    agree(KOTLIN_VERSION, &kotlin_version());
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
        let _ = writeln!(text, "        \"{}\",", method.name());
    }
    text.push_str("    ]\n\n");
    for method in Method::all() {
        let _ = writeln!(text, "    @objc func {}(_ call: CAPPluginCall) {{ forward(call) }}", method.name());
    }
    text.push_str("}\n");
    text
}

fn kotlin() -> String {
    let mut text = String::from(
        "/*\n * Every method of the plugin; Capacitor finds them by reflection.\n *\n\
         \x20* Generated from the methods in Rust (bindings/plugin/tests/native_lists.rs); do not edit.\n */\n\
         package app.aloft.updater\n\n\
         import com.getcapacitor.Plugin\nimport com.getcapacitor.PluginCall\nimport com.getcapacitor.PluginMethod\n\n\
         abstract class Methods : Plugin() {\n\
         \x20   protected abstract fun forward(call: PluginCall)\n",
    );
    for method in Method::all() {
        let kind = match method.returns() {
            Returns::Promise => "",
            Returns::None => "(returnType = PluginMethod.RETURN_NONE)",
        };
        let _ = writeln!(text, "\n    @PluginMethod{kind} fun {}(call: PluginCall) = forward(call)", method.name());
    }
    text.push_str("}\n");
    text
}

fn kotlin_version() -> String {
    format!(
        "/* Generated from Rust (bindings/plugin/tests/native_lists.rs); do not edit. */\npackage app.aloft\n\n\
         /** Version of the plugin's package. */\nconst val VERSION = \"{}\"\n",
        env!("CARGO_PKG_VERSION")
    )
}

fn agree(path: &str, wanted: &str) {
    let path = &Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if std::env::var_os("ALOFT_UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(path, wanted).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(found == wanted, "{} is not what Rust says; write it with ALOFT_UPDATE_SNAPSHOTS=1", path.display());
}
