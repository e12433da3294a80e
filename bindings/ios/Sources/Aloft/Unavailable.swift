// What calls get when there is no core: the app shows its builtin web assets, and nothing can change that.
// In: a method. Out: its answer. May touch: nothing. Keeps: I1.
import Foundation

struct Unavailable {
    /// Version of the app.
    let native: String
    /// Version of the plugin's package.
    let plugin: String

    func answer(_ method: String) -> Answer {
        let builtin = [
            "id": "builtin", "version": "builtin", "downloaded": "1970-01-01T00:00:00.000Z", "checksum": "", "status": "success",
        ]
        let detail = "the updater could not start"
        switch method {
        case "notifyAppReady": return .done(["bundle": builtin])
        case "current": return .done(["bundle": builtin, "native": native])
        case "list": return .done(["bundles": [[String: Any]]()])
        case "getNextBundle", "getFailedUpdate": return .done(nil)
        case "getBuiltinVersion": return .done(["version": native])
        case "getPluginVersion": return .done(["version": plugin])
        case "getDeviceId": return .done(["deviceId": ""])
        case "isAutoUpdateEnabled", "isShakeMenuEnabled", "isShakeChannelSelectorEnabled": return .done(["enabled": false])
        case "isAutoUpdateAvailable": return .done(["available": false])
        case "reports": return .done(["reports": [String]()])
        case "acknowledgeReports": return .done([:])
        case "status":
            let problems = [["code": "core_unavailable", "detail": detail]]
            return .done(["current": "builtin", "fallback": "builtin", "onTrial": false, "channel": "", "problems": problems])
        default: return .refused(code: "core_unavailable", message: detail, data: nil)
        }
    }
}
