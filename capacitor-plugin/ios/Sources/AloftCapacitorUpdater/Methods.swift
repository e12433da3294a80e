// Every method of the plugin, by its name and by the selector that Capacitor calls.
// Generated from the methods in Rust (bindings/plugin/tests/native_lists.rs); do not edit.
import Capacitor

extension CapacitorUpdaterPlugin {
    static let version = "0.1.0"

    static let methods = [
        "notifyAppReady",
        "current",
        "pageBegan",
    ]

    @objc func notifyAppReady(_ call: CAPPluginCall) { forward(call) }
    @objc func current(_ call: CAPPluginCall) { forward(call) }
    @objc func pageBegan(_ call: CAPPluginCall) { forward(call) }
}
