// The plugin as Capacitor knows it: it hosts what the core names, and forwards everything else.
// In: Capacitor's `load()`, calls of pages, the app's lifecycle. Out: the web view's base path, script and loads; answers.
// May touch: the bridge, the web view, Capacitor's own stored path. Keeps: I1, I4 (a page gets the script of its own serve).
import Capacitor
import Foundation
import UIKit
import WebKit

@objc(CapacitorUpdaterPlugin)
public final class CapacitorUpdaterPlugin: CAPPlugin, CAPBridgedPlugin, @unchecked Sendable {
    public let identifier = "CapacitorUpdaterPlugin"
    public let jsName = "CapacitorUpdater"
    public let pluginMethods: [CAPPluginMethod] = CapacitorUpdaterPlugin.methods.map {
        CAPPluginMethod(name: $0, returnType: $1)
    }

    /// Marks our script among those of Capacitor and of other plugins.
    private static let mark = "/* Aloft */ "
    /// One for each process: web views come and go, it stays.
    private static let core = openCore()
    /// The web assets inside the app.
    private static let assets = Bundle.main.bundleURL.appendingPathComponent("public", isDirectory: true)

    @MainActor private lazy var wheel = UIActivityIndicatorView(style: .large)

    /// On the main thread, after Capacitor read its own base path and before it loads the first page.
    override public func load() {
        MainActor.assumeIsolated {
            let began = DispatchTime.now().uptimeNanoseconds
            let facts = Device.facts(assets: Self.assets, foreground: Self.startsInForeground())
            let page = Self.core.attach(self, facts)
            let decided = DispatchTime.now().uptimeNanoseconds
            host(page ?? PageToShow(bundle: nil, script: nil, token: nil, load: .start))
            let hosted = DispatchTime.now().uptimeNanoseconds
            // The core's share has its locks and its sync in it. The emulator's workflow reads the same line on Android.
            NSLog("Aloft: load: %llu ms, the core %llu ms", (hosted - began) / 1_000_000, (decided - began) / 1_000_000)
            // A scene that the system connects behind other apps says so only after this turn of the main queue.
            guard facts.foreground else { return }
            DispatchQueue.main.async {
                MainActor.assumeIsolated { if !Self.startsInForeground() { Self.core.background(.app) } }
            }
        }
    }

    /// Tells the core what the system says of the application and of its windows; the core decides what that means.
    @MainActor
    private static func startsInForeground() -> Bool {
        let application = UIApplication.shared
        var scenes = application.connectedScenes
            .filter { $0.session.role == .windowApplication }
            .map { SceneActivation($0.activationState) }
        // A web view of an app with scenes is made while the first one is connected, whether or not it is listed by then.
        if scenes.isEmpty, Bundle.main.object(forInfoDictionaryKey: "UIApplicationSceneManifest") != nil {
            scenes = [.connecting]
        }
        let state = SceneActivation(application.applicationState)
        return (try? startedInForeground(application: state, scenes: scenes)) ?? (application.applicationState != .background)
    }

    /// Every method there is: its call, under its name, to the core.
    func forward(_ call: CAPPluginCall) {
        let answer = { (answer: Answer) in
            switch answer {
            case .done(let data?): call.resolve(data)
            case .done(nil): call.resolve()
            case .refused(let code, let message, let data): call.reject(message, code, nil, data)
            }
        }
        // Capacitor 6 keeps the listeners of the page before, and they would eat the events that were kept for this one.
        if call.methodName == "pageBegan" { eventListeners?.removeAllObjects() }
        // Capacitor's mark of a message that expects no answer, such as `pageBegan`.
        Self.core.call(call.methodName, call.jsObjectRepresentation, answer: call.callbackId == "-1" ? nil : answer)
    }

    /// Serve `page` from the next load on.
    @MainActor
    private func host(_ page: PageToShow) {
        guard page.load != .nothing, let bridge else { return }
        KeyValueStore.standard["serverBasePath"] = nil as String?
        let folder = page.bundle.map { URL(fileURLWithPath: $0, isDirectory: true) } ?? Self.assets
        bridge.setServerBasePath(folder.path)
        // A folder that is not there is ignored in silence; the page then shown must not speak for this serve.
        let taken = bridge.config.appLocation.path == folder.path
        if !taken {
            bridge.setServerBasePath(Self.assets.path)
        }
        replaceScript(taken ? page.script : nil)
    }

    @MainActor
    private func replaceScript(_ script: String?) {
        guard let controller = webView?.configuration.userContentController else { return }
        let others = controller.userScripts.filter { !$0.source.hasPrefix(Self.mark) }
        controller.removeAllUserScripts()
        for other in others { controller.addUserScript(other) }
        if let script, let app = bridge?.config.localURL, let scheme = app.scheme, let host = app.host {
            // A user script runs on every origin that the main frame visits. Only the app's own pages speak for a serve.
            let own = "location.protocol + '//' + location.hostname === '\(scheme)://\(host)'"
            let source = Self.mark + "if (\(own)) {\n" + script + "\n}"
            controller.addUserScript(WKUserScript(source: source, injectionTime: .atDocumentStart, forMainFrameOnly: true))
        }
    }

    /// Opens the core, and tells it of the app's life until the process ends.
    private static func openCore() -> Core {
        let setup = Device.setup(assets: assets, pluginVersion: packageVersion)
        let core = Core(setup, assertion: BackgroundTask())
        let on = { (name: Notification.Name, act: @escaping @Sendable () -> Void) in
            _ = NotificationCenter.default.addObserver(forName: name, object: nil, queue: nil) { _ in act() }
        }
        on(UIApplication.didBecomeActiveNotification) { core.foreground() }
        // Comes first when the app is left, and alone for a dialogue of the system or the notifications.
        on(UIApplication.willResignActiveNotification) { core.background(.covered) }
        on(UIApplication.didEnterBackgroundNotification) { core.background(.app) }
        on(UIApplication.willTerminateNotification) { core.terminating() }
        return core
    }
}

@MainActor
extension CapacitorUpdaterPlugin: Screen {
    public func show(_ page: PageToShow) {
        host(page)
        guard page.load != .nothing, let start = bridge?.config.appStartServerURL else { return }
        let shown = webView?.url.flatMap { $0.scheme == start.scheme && $0.host == start.host ? $0 : nil }
        _ = webView?.load(URLRequest(url: page.load == .sameUrl ? shown ?? start : start))
    }

    /// Capacitor adds listeners on the bridge's own queue, and their lists know no lock: events go out there, too.
    public func emit(_ event: String, _ payload: [String: Any], retain: Bool) {
        let told = Told(event: event, payload: payload, retain: retain)
        (bridge as? CapacitorBridge)?.dispatchQueue.async {
            self.notifyListeners(told.event, data: told.payload, retainUntilConsumed: told.retain)
        }
    }

    public func splash(_ state: SplashState) {
        guard let screen = bridge?.plugin(withName: "SplashScreen") else { return }
        let method = state == .hidden ? "hide" : "show"
        let call = CAPPluginCall(
            callbackId: "-1", methodName: method, options: ["autoHide": false], success: { _, _ in }, error: { _ in })
        let selector = NSSelectorFromString(method + ":")
        if screen.responds(to: selector) { _ = screen.perform(selector, with: call) }
        wheel.removeFromSuperview()
        guard state == .shownWithLoader else { return }
        // The splash screen adds its own view in the main queue's next turn, and the wheel belongs on top of it.
        DispatchQueue.main.async { MainActor.assumeIsolated { self.turnWheel() } }
    }

    public func openStore(_ addresses: [String]) {
        guard let url = addresses.first.flatMap(URL.init(string:)) else { return }
        UIApplication.shared.open(url) { opened in
            if !opened { self.openStore(Array(addresses.dropFirst())) }
        }
    }

    private func turnWheel() {
        guard let view = bridge?.viewController?.view else { return }
        wheel.center = CGPoint(x: view.bounds.midX, y: view.bounds.midY)
        view.addSubview(wheel)
        wheel.startAnimating()
    }
}

/// One event on its way to another queue. Its payload was parsed for it alone, and nobody changes it.
private struct Told: @unchecked Sendable {
    let event: String
    let payload: [String: Any]
    let retain: Bool
}

extension SceneActivation {
    init(_ state: UIApplication.State) {
        switch state {
        case .active: self = .active
        case .inactive: self = .inactive
        default: self = .background
        }
    }

    init(_ state: UIScene.ActivationState) {
        switch state {
        case .foregroundActive: self = .active
        case .foregroundInactive: self = .inactive
        case .unattached: self = .connecting
        default: self = .background
        }
    }
}
