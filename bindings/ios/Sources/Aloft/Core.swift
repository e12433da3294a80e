// The core of this process: lifecycle and calls in, pages, events and answers out.
// In: what the app's delegate is told, calls of pages. Out: calls of the `Screen`, on the main thread and in order; answers.
// May touch: the library, one timer. Keeps: I1 (whatever fails here, the app runs on its builtin assets), I13 (nothing waits).
import Foundation

/// A web view that shows what the core says, and what surrounds it.
@MainActor
public protocol Screen: AnyObject {
    /// Serve this from here on, and load it.
    func show(_ page: PageToShow)
    /// Tell the page's listeners; with `retain` the event waits for its first listener.
    func emit(_ event: String, _ payload: [String: Any], retain: Bool)
    func splash(_ state: SplashState)
    /// Leave the app for the first of these addresses that the device opens.
    func openStore(_ addresses: [String])
}

/// Keeps the process running after the app left the foreground, as long as the system allows.
public protocol Assertion: Sendable {
    /// `expiring` is called shortly before the system suspends the process; `end` is not called for it then.
    func begin(expiring: @escaping @Sendable () -> Void)
    func end()
}

/// The answer to a call.
public enum Answer {
    case done([String: Any]?)
    case refused(code: String, message: String, data: [String: Any]?)

    /// Reads `{"ok": …}` or `{"error": {"code", "message", "data"}}`.
    init(json: String) {
        let answer = object(json) ?? [:]
        guard let error = answer["error"] as? [String: Any] else {
            self = .done(answer["ok"] as? [String: Any])
            return
        }
        let text = { (key: String) in error[key] as? String ?? "" }
        self = .refused(code: text("code"), message: text("message"), data: error["data"] as? [String: Any])
    }
}

public final class Core: @unchecked Sendable {
    private let lock = NSLock()
    /// Held while the core is told: a checkpoint says what still holds, and never follows the return that ended it.
    private let life = NSLock()
    private let queue = DispatchQueue(label: "app.aloft.timer")
    private let assertion: Assertion
    private let unavailable: Unavailable
    private var plugin: Plugin?
    private var launched = false
    private var left: LeavingHow?
    private var calls: [String: (Answer) -> Void] = [:]
    private var count: UInt64 = 0
    private var timer: DispatchWorkItem?
    @MainActor private weak var screen: Screen?

    /// Opens the core; if that fails the process goes on without one.
    public convenience init(_ setup: HostSetup, assertion: Assertion) {
        self.init(setup, assertion: assertion, open: Plugin.open)
    }

    init(_ setup: HostSetup, assertion: Assertion, open: (HostSetup, PluginHost) throws -> Plugin) {
        self.assertion = assertion
        unavailable = Unavailable(native: Device.build().name, plugin: setup.pluginVersion)
        attempt { plugin = try open(setup, Ears(core: self)) }
    }

    /// What a new web view shows first; nil: the builtin assets, without a script. Earlier web views are no longer told anything.
    @MainActor
    public func attach(_ screen: Screen, _ facts: HostFacts) -> PageToShow? {
        self.screen = screen
        let again = lock.withLock { () -> Bool in
            defer { launched = true }
            return launched
        }
        return attempt { again ? try plugin?.attached() : try plugin?.launch(facts: facts) } ?? nil
    }

    /// The app is active.
    public func foreground() {
        life.withLock {
            left = nil
            attempt { try plugin?.foreground() }
        }
    }

    /// The app is covered, or left the foreground. Said early, so that a swipe finds the mark made.
    public func background(_ leaving: LeavingHow) {
        life.withLock {
            left = leaving
            attempt { try plugin?.background(leaving: leaving) }
        }
    }

    public func terminating() {
        attempt { try plugin?.terminating() }
    }

    /// Do `method`; `answer` is called once, from any thread. Without one the call is never answered.
    public func call(_ method: String, _ options: [String: Any], answer: ((Answer) -> Void)?) {
        guard let plugin else {
            answer?(unavailable.answer(method))
            return
        }
        let id = lock.withLock { () -> String in
            count += 1
            calls[String(count)] = answer
            return String(count)
        }
        do {
            // What is no JSON, such as NaN, would end the process here.
            let json = JSONSerialization.isValidJSONObject(options) ? try JSONSerialization.data(withJSONObject: options) : Data()
            try plugin.call(id: id, method: method, options: String(decoding: json, as: UTF8.self))
        } catch {
            settle(id, .refused(code: "internal", message: String(describing: error), data: nil))
        }
    }

    fileprivate func settle(_ id: String, _ answer: Answer) {
        lock.withLock { calls.removeValue(forKey: id) }?(answer)
    }

    fileprivate func wake(after milliseconds: UInt64) {
        let work = DispatchWorkItem { [weak self] in self?.attempt { try self?.plugin?.tick() } }
        lock.withLock {
            timer?.cancel()
            timer = work
        }
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(clamping: min(milliseconds, UInt64(Int32.max)))), execute: work)
    }

    fileprivate func beginWork() {
        assertion.begin { [weak self] in self?.checkpoint() }
    }

    fileprivate func endWork() {
        checkpoint()
        assertion.end()
    }

    /// What the process may do behind the scenes ends within seconds: whatever ends it from here on is no crash.
    private func checkpoint() {
        life.withLock {
            guard let left else { return }
            attempt { try plugin?.background(leaving: left) }
        }
    }

    fileprivate func onScreen(_ act: @escaping @MainActor @Sendable (Screen) -> Void) {
        DispatchQueue.main.async { MainActor.assumeIsolated { self.screen.map(act) } }
    }

    @discardableResult
    private func attempt<T>(_ work: () throws -> T) -> T? {
        do { return try work() } catch {
            NSLog("Aloft: %@", String(describing: error))
            return nil
        }
    }
}

/// The core as the library calls it. It is held by the library, and so holds the core only weakly.
private final class Ears: PluginHost, @unchecked Sendable {
    private weak var core: Core?

    init(core: Core) { self.core = core }

    func show(page: PageToShow) { core?.onScreen { $0.show(page) } }

    func wake(after: UInt64) { core?.wake(after: after) }

    func emit(event: String, payload: String, retain: Bool) throws {
        core?.onScreen { $0.emit(event, object(payload) ?? [:], retain: retain) }
    }

    func answer(id: String, answer: String) { core?.settle(id, Answer(json: answer)) }

    func splash(splash: SplashState) { core?.onScreen { $0.splash(splash) } }

    func localTime(time: String) -> Int64? { localSeconds(time) }

    func openStore(addresses: [String]) { core?.onScreen { $0.openStore(addresses) } }

    func beginWork() { core?.beginWork() }

    func endWork() { core?.endWork() }

    func log(level: LogLevel, line: String) { NSLog("Aloft: %@", line) }
}

/// Unix seconds of a time of the device's own zone; one that a change of the clock skips is taken leniently.
func localSeconds(_ time: String) -> Int64? {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.dateFormat = "yyyy-MM-dd'T'HH:mm:ss"
    format.isLenient = true
    return format.date(from: time).map { Int64($0.timeIntervalSince1970) }
}

private func object(_ json: String) -> [String: Any]? {
    try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
}
