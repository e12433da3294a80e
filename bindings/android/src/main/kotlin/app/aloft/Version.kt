/* Generated from Rust (bindings/plugin/tests/native_lists.rs); do not edit. */
package app.aloft

/** Version of the plugin's package. */
const val VERSION = "0.1.0"
