// The core through Swift, with the real library, a real site and a real server.
// In: `World`. Out: what holds. May touch: temporary folders, loopback.
import Foundation
import Testing
@testable import Aloft

@MainActor
@Suite(.serialized, .timeLimit(.minutes(2)))
struct CoreTests {
    @Test("a whole update arrives, boots, is confirmed and stays")
    func update() async throws {
        let (world, screen, leave) = (try World(), Notebook(), Leave())
        try world.publish("1.0.0")
        try world.serve()
        let core = Core(try world.setup(["autoUpdate": "always"]), assertion: leave)
        let first = try #require(core.attach(screen, world.facts()))
        #expect(first.bundle == nil)
        #expect(first.script?.contains(first.token ?? "?") == true)
        core.begin(first)
        core.foreground()

        try await screen.until { screen.pages.last?.bundle != nil }
        let second = try #require(screen.pages.last)
        #expect(second.text.hasSuffix("1.0.0"))
        core.begin(second)
        let ready = await core.say("notifyAppReady", ["token": second.token ?? ""])
        #expect(ready.json.contains("1.0.0"))
        #expect(await core.say("current").json.contains("1.0.0"))
        #expect(leave.counts.begun >= 1)
        #expect(leave.counts.begun == leave.counts.ended)
        core.terminating()

        let next = Core(try world.setup(), assertion: leave)
        #expect(next.attach(screen, world.facts())?.text.hasSuffix("1.0.0") == true)
        #expect(next.attach(Notebook(), world.facts())?.text.hasSuffix("1.0.0") == true, "a second web view of the process")
    }

    @Test("the store is opened on the screen, and a time without a zone is that of the device")
    func host() async throws {
        let (world, screen, zone) = (try World(), Notebook(), NSTimeZone.default)
        defer { NSTimeZone.default = zone }
        NSTimeZone.default = try #require(TimeZone(identifier: "Europe/Berlin"))
        let core = Core(try world.setup(), assertion: Leave())
        core.begin(try #require(core.attach(screen, world.facts())))
        #expect(localSeconds("2030-01-31T12:34:56") == 1_896_089_696)
        #expect(localSeconds("2030-07-31T12:34:56") == 1_911_724_496)
        #expect(localSeconds("2030-03-31T02:30:00") != nil, "the clock skips this hour")
        #expect(localSeconds("tomorrow") == nil)
        let date = ["delayConditions": [["kind": "date", "value": "2030-01-31T12:34:56"]]]
        #expect(await core.say("setMultiDelay", date) == .done("null"))
        _ = await core.say("openAppStore", ["appId": "1234567890"])
        try await screen.until { screen.stores == ["https://apps.apple.com/app/id1234567890"] }
    }

    @Test("i5 a bundle that never confirms is left when its time is over, by the one timer")
    func rollback() async throws {
        let (world, screen) = (try World(), Notebook())
        try world.publish("1.0.0")
        try world.serve()
        let core = Core(try world.setup(["autoUpdate": "always", "appReadyTimeout": 1000]), assertion: Leave())
        core.begin(try #require(core.attach(screen, world.facts())))
        core.foreground()
        try await screen.until { screen.pages.last?.bundle != nil }
        core.begin(try #require(screen.pages.last))
        try await screen.until { screen.pages.count >= 2 && screen.pages.last?.bundle == nil }
        core.begin(try #require(screen.pages.last))
        try await screen.until { screen.events.contains("updateFailed") }
    }

    @Test("i13 a confirm is answered while a download waits for its server")
    func confirm() async throws {
        let (world, screen, leave) = (try World(), Notebook(), Leave())
        try world.publish("1.0.0")
        try world.serve("stall=10@artifacts/*")
        let core = Core(try world.setup(), assertion: leave)
        core.begin(try #require(core.attach(screen, world.facts())))
        core.foreground()
        core.call("download", ["version": "1.0.0"], answer: { _ in })
        try await screen.until { screen.events.contains("download") }
        let begun = ContinuousClock.now
        guard case .done = await core.say("notifyAppReady") else { Issue.record("not confirmed"); return }
        #expect(ContinuousClock.now - begun < .milliseconds(500))
        core.background(.app)
        leave.expire()
        #expect(leave.counts.begun == 1)
        #expect(leave.counts.ended == 0, "the download still waits")
    }

    @Test("what cannot be done is refused with a code")
    func refusals() async throws {
        let world = try World()
        let core = Core(try world.setup(), assertion: Leave())
        _ = core.attach(Notebook(), world.facts())
        #expect(await core.say("fly") == .refused("UNIMPLEMENTED"))
        #expect(await core.say("set", ["id": 3]) == .refused("invalid_option"))
        #expect(await core.say("set", ["id": "nothing"]) == .refused("unknown_bundle"))
        #expect(await core.say("next", ["id": Double.nan]) == .refused("internal"), "what is no JSON must not end the process")
    }

    @Test("i1 without a core the builtin assets are shown, reads are answered, the rest is refused")
    func unavailable() async throws {
        let world = try World()
        let core = Core(try world.setup(), assertion: Leave()) { _, _ in throw Failed(command: ["open"]) }
        #expect(core.attach(Notebook(), world.facts()) == nil)
        core.foreground()
        core.background(.app)
        core.terminating()
        #expect(await core.say("current").json.contains(#""id":"builtin""#))
        #expect(await core.say("getNextBundle") == .done("null"))
        #expect(await core.say("download") == .refused("core_unavailable"))
    }

    @Test("a host that throws breaks nothing")
    func throwing() throws {
        let world = try World()
        let plugin = try Plugin.open(setup: try world.setup(), host: Refuser())
        let page = try plugin.launch(facts: world.facts())
        try plugin.call(id: "1", method: "pageBegan", options: #"{"token":"\#(page.token ?? "")"}"#)
        try plugin.foreground()
        try plugin.call(id: "2", method: "current", options: "{}")
        #expect(throws: (any Error).self) { try plugin.call(id: "3", method: "current", options: "no JSON") }
        try plugin.terminating()
    }

    @Test("a panic of the library is an error, and the next call works")
    func panic() throws {
        let world = try World()
        let plugin = try Plugin.open(setup: try world.setup(), host: Refuser())
        #expect(throws: (any Error).self) { try plugin.provoke() }
        _ = try plugin.launch(facts: world.facts())
    }

    @Test("a thousand cores leave nothing behind")
    func leaks() throws {
        let world = try World()
        weak var last: Core?
        func open(_ times: Range<Int>) throws {
            for count in times {
                let core = Core(try world.setup(data: "data\(count % 4)"), assertion: Leave())
                _ = core.attach(Notebook(), world.facts(foreground: false))
                core.call("current", [:], answer: { _ in })
                last = core
            }
        }
        try open(0..<200)
        let before = Held()
        try open(200..<1200)
        let after = Held()
        print("1,000 cores: \(before) before, \(after) after")
        #expect(last == nil)
        #expect(after.files <= before.files)
        #expect(after.threads <= before.threads + 1)
        #expect(after.kilobytes < before.kilobytes + 8192)
    }

    @Test("a call costs microseconds")
    func cost() throws {
        let world = try World()
        let core = Core(try world.setup(), assertion: Leave())
        _ = core.attach(Notebook(), world.facts())
        let calls = 5000
        let took = ContinuousClock().measure { for _ in 0..<calls { core.call("current", [:], answer: { _ in }) } }
        print("a call over Swift: \(took / calls / .microseconds(1)) µs")
        #expect(took / calls < .milliseconds(5))
    }
}

private final class Refuser: PluginHost {
    func show(page: PageToShow) throws { throw Failed(command: []) }
    func wake(after: UInt64) throws { throw Failed(command: []) }
    func emit(event: String, payload: String, retain: Bool) throws { throw Failed(command: []) }
    func answer(id: String, answer: String) throws { throw Failed(command: []) }
    func splash(splash: SplashState) throws { throw Failed(command: []) }
    func localTime(time: String) throws -> Int64? { throw Failed(command: []) }
    func openStore(addresses: [String]) throws { throw Failed(command: []) }
    func beginWork() throws { throw Failed(command: []) }
    func endWork() throws { throw Failed(command: []) }
    func log(level: LogLevel, line: String) throws { throw Failed(command: []) }
}

/// What this process holds of the system.
private struct Held: CustomStringConvertible {
    let (files, threads): (Int, Int)
    let kilobytes: Int

    init() {
        let count = { (folder: String) in (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0 }
        (files, threads) = (count("/proc/self/fd"), count("/proc/self/task"))
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let resident = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") }?.split(separator: " ").dropFirst().first
        kilobytes = resident.flatMap { Int($0) } ?? 0
    }

    var description: String { "\(files) files, \(threads) threads, \(kilobytes) kB" }
}
