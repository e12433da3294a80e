// What iOS knows of the app, the device and this start.
// In: the app's package, sysctl. Out: `HostSetup`, `HostFacts`. May touch: our data folder's attributes, nothing else.
// Keeps: I1 (what cannot be found out is left out), I12 (the data folder is restored to no other device).
import Foundation

public enum Device {
    /// What the core is opened with. `assets` is the folder of the app's own web assets.
    public static func setup(assets: URL, pluginVersion: String, bundle: Bundle = .main) -> HostSetup {
        let config = bundle.url(forResource: "capacitor.config", withExtension: "json")
        return HostSetup(
            capacitorConfig: config.flatMap { try? String(contentsOf: $0, encoding: .utf8) } ?? "{}",
            nativeAppId: bundle.bundleIdentifier ?? "",
            platform: .ios,
            pluginVersion: pluginVersion,
            data: folder().path,
            builtin: assets.path,
            assets: [assets.path],
            tlsRoots: nil,
            proxy: nil,
            proxyExcept: nil,
            stableId: nil
        )
    }

    /// What the launch is decided by. `foreground`: is the app coming to the foreground, or was it started behind it?
    public static func facts(assets: URL, foreground: Bool, bundle: Bundle = .main) -> HostFacts {
        let (version, build) = (ProcessInfo.processInfo.operatingSystemVersion, build(bundle))
        return HostFacts(
            buildCode: build.code,
            buildName: build.name,
            builtinRoot: builtinRoot(assets),
            platform: .ios,
            os: "\(version.majorVersion).\(version.minorVersion).\(version.patchVersion)",
            osBuild: system("kern.osversion") ?? "",
            webview: nil,
            fingerprint: nil,
            bootSession: bootSession(),
            foreground: foreground,
            exits: [],
            lowMemoryKillsReported: false
        )
    }

    /// None if the build wrote none; empty if it is there and cannot be read, for that is not the same.
    static func builtinRoot(_ assets: URL) -> String? {
        do {
            return try String(contentsOf: assets.appendingPathComponent("aloft-builtin.root"), encoding: .utf8)
        } catch CocoaError.fileReadNoSuchFile {
            return nil
        } catch {
            return ""
        }
    }

    /// Number and name of the native build.
    static func build(_ bundle: Bundle = .main) -> (code: String, name: String) {
        let text = { (key: String) in bundle.infoDictionary?[key] as? String ?? "" }
        return (text("CFBundleVersion"), text("CFBundleShortVersionString"))
    }

    /// `Library/Application Support/aloft`: in no backup, readable from the first unlock on.
    static func folder() -> URL {
        let library = FileManager.default.urls(for: .applicationSupportDirectory, in: .userDomainMask).first
        var folder = (library ?? FileManager.default.temporaryDirectory).appendingPathComponent("aloft", isDirectory: true)
        #if canImport(Darwin)
        // Before the first unlock this fails; the core then finds the folder unreadable and serves the builtin assets.
        let readable = [FileAttributeKey.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication]
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: readable)
        try? FileManager.default.setAttributes(readable, ofItemAtPath: folder.path)
        var unsaved = URLResourceValues()
        unsaved.isExcludedFromBackup = true
        try? folder.setResourceValues(unsaved)
        #endif
        return folder
    }

    /// Changes whenever the device starts. Its time of start is second best: it moves when the clock is set.
    private static func bootSession() -> String? {
        #if canImport(Darwin)
        if let session = system("kern.bootsessionuuid") { return session }
        var (started, size) = (timeval(), MemoryLayout<timeval>.size)
        return sysctlbyname("kern.boottime", &started, &size, nil, 0) == 0 ? String(started.tv_sec) : nil
        #else
        return nil
        #endif
    }

    private static func system(_ name: String) -> String? {
        #if canImport(Darwin)
        var size = 0
        guard sysctlbyname(name, nil, &size, nil, 0) == 0, size > 1 else { return nil }
        var text = [UInt8](repeating: 0, count: size)
        guard sysctlbyname(name, &text, &size, nil, 0) == 0 else { return nil }
        return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
        #else
        return nil
        #endif
    }
}
