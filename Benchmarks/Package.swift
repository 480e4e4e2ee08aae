// swift-tools-version: 6.2
import PackageDescription

/// The rules of the main package.
let rules: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let strictC: [CSetting] = [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]

let package = Package(
    name: "ha-balancer-benchmarks",
    products: [
        .executable(name: "ha-bench", targets: ["HABench"]),
        .executable(name: "load", targets: ["load"]),
        .executable(name: "echo", targets: ["echo"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // Client and server are C: what they cost must not hide what the balancer costs.
        .target(name: "BenchNet", cSettings: strictC),
        .executableTarget(name: "load", dependencies: ["BenchNet"], cSettings: strictC),
        .executableTarget(name: "echo", dependencies: ["BenchNet"], cSettings: strictC),

        .target(name: "CBench", cSettings: strictC),
        .executableTarget(
            name: "HABench",
            dependencies: [
                "CBench", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: rules
        ),
    ]
)
