// What the tests stand on: a published site and its server, a screen that remembers, a device's folder.
// In: SWIFT_ALOFT, the command line that is tested with. Out: values for tests. May touch: a temporary folder, loopback.
import Foundation
@testable import Aloft

/// A folder of its own, a site published from it, and a server for as long as it lives.
final class World {
    let folder: URL
    private(set) var url = "http://127.0.0.1:9" // nobody is there
    private var key = ""
    private var server: Process?

    var assets: URL { folder.appendingPathComponent("builtin") }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("aloft-\(UUID().uuidString)")
        try page("builtin", "builtin")
        try aloft("init", "--app", "com.example.app")
        try aloft("keys", "new")
        try aloft("bundle", "builtin", "--builtin")
        try makeOlder(assets.appendingPathComponent("aloft-builtin.json"))
        let keys = try JSONSerialization.jsonObject(with: aloft("keys", "show", "--json")) as? [String: Any]
        key = (keys?["signing"] as? [String: Any])?["public_key"] as? String ?? ""
    }

    deinit {
        server?.terminate()
        try? FileManager.default.removeItem(at: folder)
    }

    func publish(_ version: String) throws {
        try page("www", version)
        try aloft("publish", "www", "--version", version, "--yes")
    }

    /// Serve the site; the process says where.
    func serve(_ faults: String...) throws {
        let output = Pipe()
        let process = command(["serve", "site", "--listen", "127.0.0.1:0", "--json"] + faults.flatMap { ["--fault", $0] })
        process.standardOutput = output
        try process.run()
        server = process
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte.first != UInt8(ascii: "\n"), !byte.isEmpty {
            line += byte
        }
        url = (try JSONSerialization.jsonObject(with: line) as? [String: Any])?["url"] as? String ?? ""
        output.fileHandleForReading.readabilityHandler = { _ = $0.availableData } // or the server stops when the pipe is full
    }

    func setup(_ config: [String: Any] = [:], data: String = "data") throws -> HostSetup {
        var ours: [String: Any] = ["feed": url, "signingKeys": [key], "autoUpdate": "off"]
        ours.merge(config) { $1 }
        let whole = try JSONSerialization.data(withJSONObject: ["appId": "com.example.app", "plugins": ["CapacitorUpdater": ours]])
        let device = Device.setup(assets: assets, pluginVersion: "0.1.0")
        return HostSetup(
            capacitorConfig: String(decoding: whole, as: UTF8.self), nativeAppId: device.nativeAppId, platform: device.platform,
            pluginVersion: device.pluginVersion, data: folder.appendingPathComponent(data).path, builtin: device.builtin,
            assets: device.assets, tlsRoots: device.tlsRoots, proxy: device.proxy, proxyExcept: nil, stableId: device.stableId)
    }

    func facts(foreground: Bool = true) -> HostFacts { Device.facts(assets: assets, foreground: foreground) }

    /// Only what is published in a later second is newer than the assets in the app.
    private func makeOlder(_ description: URL) throws {
        let text = try String(contentsOf: description, encoding: .utf8)
        let created = text.split(separator: ":")[1].prefix { $0.isNumber }
        try text.replacingOccurrences(of: created, with: "\((Int(created) ?? 60) - 60)").write(to: description, atomically: true, encoding: .utf8)
    }

    @discardableResult
    private func aloft(_ arguments: String...) throws -> Data {
        let (process, output) = (command(arguments), Pipe())
        process.standardOutput = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(command: arguments) }
        return said
    }

    private func command(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: ProcessInfo.processInfo.environment["SWIFT_ALOFT"] ?? "aloft")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        (process.standardInput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        return process
    }

    private func page(_ name: String, _ text: String) throws {
        let folder = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let html = "<script>CapacitorUpdater.notifyAppReady()</script>\(text)"
        try html.write(to: folder.appendingPathComponent("index.html"), atomically: true, encoding: .utf8)
    }
}

struct Failed: Error { let command: [String] }

struct TimedOut: Error {
    let events: [String]
    let pages: Int
}

/// Remembers what it is told, and lets a test wait for it.
@MainActor
final class Notebook: Screen {
    private(set) var pages: [PageToShow] = []
    private(set) var events: [String] = []
    private(set) var stores: [String] = []
    private var waiting: [(id: UUID, holds: () -> Bool, go: CheckedContinuation<Void, Error>)] = []

    func show(_ page: PageToShow) { note { pages.append(page) } }

    func emit(_ event: String, _ payload: [String: Any], retain: Bool) { note { events.append(event) } }

    func splash(_ state: SplashState) {}

    func openStore(_ addresses: [String]) { note { stores += addresses } }

    /// Wait until it holds; what has not come after half a minute never will.
    func until(_ holds: @escaping () -> Bool) async throws {
        if holds() { return }
        let id = UUID()
        DispatchQueue.main.asyncAfter(deadline: .now() + 30) { MainActor.assumeIsolated { self.giveUp(id) } }
        try await withCheckedThrowingContinuation { waiting.append((id, holds, $0)) }
    }

    private func note(_ change: () -> Void) {
        change()
        let ready = waiting.filter { $0.holds() }
        waiting.removeAll { $0.holds() }
        for wait in ready { wait.go.resume() }
    }

    private func giveUp(_ id: UUID) {
        guard let at = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: at).go.resume(throwing: TimedOut(events: events, pages: pages.count))
    }
}

/// Counts what the core asks of the system.
final class Leave: Assertion, @unchecked Sendable {
    private let lock = NSLock()
    private var counted = (begun: 0, ended: 0)
    private var expiring: (@Sendable () -> Void)?

    var counts: (begun: Int, ended: Int) { lock.withLock { counted } }

    func begin(expiring: @escaping @Sendable () -> Void) {
        lock.withLock {
            counted.begun += 1
            self.expiring = expiring
        }
    }

    func end() { lock.withLock { counted.ended += 1 } }

    func expire() { lock.withLock { expiring }?() }
}

/// An answer that may cross threads.
enum Said: Sendable, Equatable {
    case done(String)
    case refused(String)

    init(_ answer: Answer) {
        switch answer {
        case .done(let data):
            let json = data.flatMap { try? JSONSerialization.data(withJSONObject: $0, options: .sortedKeys) }
            self = .done(json.map { String(decoding: $0, as: UTF8.self) } ?? "null")
        case .refused(let code, _, _): self = .refused(code)
        }
    }

    var json: String {
        if case .done(let json) = self { return json }
        return ""
    }
}

extension Core {
    func say(_ method: String, _ options: [String: Any] = [:]) async -> Said {
        await withCheckedContinuation { done in call(method, options) { done.resume(returning: Said($0)) } }
    }

    /// The page of `shown` announces itself, as its script does.
    func begin(_ shown: PageToShow) { call("pageBegan", ["token": shown.token ?? ""], answer: nil) }
}

extension PageToShow {
    /// What its first page says.
    var text: String {
        let file = bundle.map { URL(fileURLWithPath: $0).appendingPathComponent("index.html") }
        return file.flatMap { try? String(contentsOf: $0, encoding: .utf8) } ?? "builtin"
    }
}
