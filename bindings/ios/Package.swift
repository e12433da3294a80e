// swift-tools-version: 5.9
// The Swift side without Capacitor, built and tested on any system against the library of this machine.
// In: SWIFT_ALOFT_LIB, the folder that holds it; SWIFT_ALOFT_MODE, the language mode (5, 6). `cargo xtask verify swift` sets both.
import PackageDescription

let environment = Context.environment
let library = environment["SWIFT_ALOFT_LIB"] ?? "../../target/debug"
let mode: [SwiftSetting] = [.unsafeFlags(["-swift-version", environment["SWIFT_ALOFT_MODE"] ?? "6", "-warnings-as-errors"])]

let package = Package(
    name: "Aloft",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [.library(name: "Aloft", targets: ["Aloft"])],
    targets: [
        .target(
            name: "AloftFFI",
            linkerSettings: [
                .unsafeFlags(["-L\(library)", "-Xlinker", "-rpath", "-Xlinker", library]),
                .linkedLibrary("aloft_ffi"),
            ]
        ),
        .target(name: "Aloft", dependencies: ["AloftFFI"], swiftSettings: mode),
        .testTarget(name: "AloftTests", dependencies: ["Aloft"], swiftSettings: mode),
    ]
)
