// swift-tools-version: 5.9
import PackageDescription

let package = Package(
    name: "AloftCapacitorUpdater",
    platforms: [.iOS(.v15)],
    products: [
        .library(name: "AloftCapacitorUpdater", targets: ["AloftCapacitorUpdater"])
    ],
    dependencies: [
        // One package for Capacitor 6, 7 and 8; a range is what the Capacitor CLI leaves as it is.
        .package(url: "https://github.com/ionic-team/capacitor-swift-pm.git", "6.0.0"..<"9.0.0")
    ],
    targets: [
        .binaryTarget(name: "AloftFFI", path: "ios/Frameworks/AloftFFI.xcframework"),
        .target(
            name: "AloftCapacitorUpdater",
            dependencies: [
                "AloftFFI",
                .product(name: "Capacitor", package: "capacitor-swift-pm"),
                .product(name: "Cordova", package: "capacitor-swift-pm")
            ],
            path: "ios/Sources/AloftCapacitorUpdater",
            resources: [.process("PrivacyInfo.xcprivacy")],
            linkerSettings: [.linkedFramework("Security")] // the Keychain, which the library calls
        )
    ]
)
