// Every method of the plugin, by its name and by the selector that Capacitor calls.
// Generated from the methods in Rust (bindings/plugin/tests/native_lists.rs); do not edit.
import Capacitor

extension CapacitorUpdaterPlugin {
    static let version = "0.1.0"

    static let methods = [
        "notifyAppReady",
        "download",
        "next",
        "set",
        "reload",
        "reset",
        "delete",
        "setBundleError",
        "list",
        "current",
        "getNextBundle",
        "getFailedUpdate",
        "setMultiDelay",
        "cancelDelay",
        "getLatest",
        "triggerUpdateCheck",
        "setChannel",
        "unsetChannel",
        "getChannel",
        "listChannels",
        "setCustomId",
        "getDeviceId",
        "getBuiltinVersion",
        "getPluginVersion",
        "getAppId",
        "setAppId",
        "isAutoUpdateEnabled",
        "isAutoUpdateAvailable",
        "setUpdateUrl",
        "setStatsUrl",
        "setChannelUrl",
        "status",
        "reports",
        "acknowledgeReports",
        "pageBegan",
        "reportWebViewError",
        "getMissingBundleFiles",
        "getBundleDownloadSize",
        "startPreviewSession",
        "listPreviews",
        "setPreview",
        "resetPreview",
        "deletePreview",
        "checkPreviewUpdate",
        "updatePreview",
        "setShakeMenu",
        "isShakeMenuEnabled",
        "setShakeChannelSelector",
        "isShakeChannelSelectorEnabled",
        "getAppUpdateInfo",
        "openAppStore",
        "performImmediateUpdate",
        "startFlexibleUpdate",
        "completeFlexibleUpdate",
    ]

    @objc func notifyAppReady(_ call: CAPPluginCall) { forward(call) }
    @objc func download(_ call: CAPPluginCall) { forward(call) }
    @objc func next(_ call: CAPPluginCall) { forward(call) }
    @objc func set(_ call: CAPPluginCall) { forward(call) }
    @objc func reload(_ call: CAPPluginCall) { forward(call) }
    @objc func reset(_ call: CAPPluginCall) { forward(call) }
    @objc func delete(_ call: CAPPluginCall) { forward(call) }
    @objc func setBundleError(_ call: CAPPluginCall) { forward(call) }
    @objc func list(_ call: CAPPluginCall) { forward(call) }
    @objc func current(_ call: CAPPluginCall) { forward(call) }
    @objc func getNextBundle(_ call: CAPPluginCall) { forward(call) }
    @objc func getFailedUpdate(_ call: CAPPluginCall) { forward(call) }
    @objc func setMultiDelay(_ call: CAPPluginCall) { forward(call) }
    @objc func cancelDelay(_ call: CAPPluginCall) { forward(call) }
    @objc func getLatest(_ call: CAPPluginCall) { forward(call) }
    @objc func triggerUpdateCheck(_ call: CAPPluginCall) { forward(call) }
    @objc func setChannel(_ call: CAPPluginCall) { forward(call) }
    @objc func unsetChannel(_ call: CAPPluginCall) { forward(call) }
    @objc func getChannel(_ call: CAPPluginCall) { forward(call) }
    @objc func listChannels(_ call: CAPPluginCall) { forward(call) }
    @objc func setCustomId(_ call: CAPPluginCall) { forward(call) }
    @objc func getDeviceId(_ call: CAPPluginCall) { forward(call) }
    @objc func getBuiltinVersion(_ call: CAPPluginCall) { forward(call) }
    @objc func getPluginVersion(_ call: CAPPluginCall) { forward(call) }
    @objc func getAppId(_ call: CAPPluginCall) { forward(call) }
    @objc func setAppId(_ call: CAPPluginCall) { forward(call) }
    @objc func isAutoUpdateEnabled(_ call: CAPPluginCall) { forward(call) }
    @objc func isAutoUpdateAvailable(_ call: CAPPluginCall) { forward(call) }
    @objc func setUpdateUrl(_ call: CAPPluginCall) { forward(call) }
    @objc func setStatsUrl(_ call: CAPPluginCall) { forward(call) }
    @objc func setChannelUrl(_ call: CAPPluginCall) { forward(call) }
    @objc func status(_ call: CAPPluginCall) { forward(call) }
    @objc func reports(_ call: CAPPluginCall) { forward(call) }
    @objc func acknowledgeReports(_ call: CAPPluginCall) { forward(call) }
    @objc func pageBegan(_ call: CAPPluginCall) { forward(call) }
    @objc func reportWebViewError(_ call: CAPPluginCall) { forward(call) }
    @objc func getMissingBundleFiles(_ call: CAPPluginCall) { forward(call) }
    @objc func getBundleDownloadSize(_ call: CAPPluginCall) { forward(call) }
    @objc func startPreviewSession(_ call: CAPPluginCall) { forward(call) }
    @objc func listPreviews(_ call: CAPPluginCall) { forward(call) }
    @objc func setPreview(_ call: CAPPluginCall) { forward(call) }
    @objc func resetPreview(_ call: CAPPluginCall) { forward(call) }
    @objc func deletePreview(_ call: CAPPluginCall) { forward(call) }
    @objc func checkPreviewUpdate(_ call: CAPPluginCall) { forward(call) }
    @objc func updatePreview(_ call: CAPPluginCall) { forward(call) }
    @objc func setShakeMenu(_ call: CAPPluginCall) { forward(call) }
    @objc func isShakeMenuEnabled(_ call: CAPPluginCall) { forward(call) }
    @objc func setShakeChannelSelector(_ call: CAPPluginCall) { forward(call) }
    @objc func isShakeChannelSelectorEnabled(_ call: CAPPluginCall) { forward(call) }
    @objc func getAppUpdateInfo(_ call: CAPPluginCall) { forward(call) }
    @objc func openAppStore(_ call: CAPPluginCall) { forward(call) }
    @objc func performImmediateUpdate(_ call: CAPPluginCall) { forward(call) }
    @objc func startFlexibleUpdate(_ call: CAPPluginCall) { forward(call) }
    @objc func completeFlexibleUpdate(_ call: CAPPluginCall) { forward(call) }
}
