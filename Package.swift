// swift-tools-version: 6.2
import PackageDescription

/// One set of rules for every target; a rule that the compiler does not enforce is a wish.
let rules: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// A target of values: no clock, no randomness, no input or output. Time and identity are arguments.
func pure(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: rules)
}

/// A target that carries out what the pure ones decided: descriptors, threads, sockets.
func shell(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: rules)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: rules)
}

/// Nodes need no Swift. Only for programs: the testing library exists only as a dynamic one.
let staticRuntime: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-static-stdlib", "-l_FoundationCShims", "-l_FoundationCollections",
            "-lswiftSynchronization",
        ],
        .when(configuration: .release)
    )
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")

// Only for `make fuzz`: a library to which libFuzzer brings the entry point.
let isFuzzing = Context.environment["HA_BALANCER_FUZZ"] != nil
let fuzzTargets: [Target] = [
    .target(
        name: "HAFuzz",
        dependencies: [
            "BalancerCore", "Configuration", "ControlPlane", "Heartbeat", "Primitives",
            "SessionLedger",
        ],
        path: "Fuzz",
        exclude: [
            "checks.dict", "configuration.dict", "glb-control.dict", "ledger.dict",
            "proxy-header.dict",
            "runtime-api.dict",
        ],
        swiftSettings: rules
    )
]

let package = Package(
    name: "ha-balancer",
    products: [
        .executable(name: "ha-balancer", targets: ["ha-balancer"]),
        .executable(name: "glbd", targets: ["glbd"]),
    ] + (isFuzzing ? [.library(name: "HAFuzz", type: .static, targets: ["HAFuzz"])] : []),
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        // C: declarations and thin wrappers only.
        .target(name: "CLinux"),
        .systemLibrary(name: "CLibmnl", pkgConfig: "libmnl", providers: [.apt(["libmnl-dev"])]),
        .systemLibrary(name: "CLibbpf", pkgConfig: "libbpf", providers: [.apt(["libbpf-dev"])]),
        .systemLibrary(
            name: "CLiburing",
            pkgConfig: "liburing",
            providers: [.apt(["liburing-dev"])]
        ),

        .systemLibrary(
            name: "CPCRE2",
            pkgConfig: "libpcre2-8",
            providers: [.apt(["libpcre2-dev"])]
        ),

        pure("Primitives"),
        pure("Configuration", ["Primitives"]),
        pure("BalancerCore", ["Primitives"]),
        pure("Heartbeat", ["Primitives"]),
        pure("SessionLedger", ["BalancerCore", "Heartbeat", "Primitives"]),
        pure("PairControl", ["Heartbeat", "Primitives"]),
        pure("VIPManager", ["Primitives"]),
        pure("Simulator", ["Heartbeat", "PairControl", "Primitives", "VIPManager"]),

        shell("LinuxIO", ["CLinux", "Primitives"]),
        shell(
            "VIPKernel",
            ["CLibbpf", "CLibmnl", "CLinux", "LinuxIO", "Primitives", "VIPManager"]
        ),
        shell("Guardian", ["CLinux", "LinuxIO", "Primitives", "VIPKernel", "VIPManager"]),
        shell(
            "Heart",
            [
                "CLinux", "Guardian", "Heartbeat", "LinuxIO", "PairControl", "Primitives",
                "SessionLedger", "VIPKernel", "VIPManager", crypto,
            ]
        ),
        shell("Relay", ["BalancerCore", "CLiburing", "CLinux", "LinuxIO", "Primitives"]),
        shell(
            "Checks",
            ["BalancerCore", "CLinux", "CPCRE2", "LinuxIO", "Primitives", nio, nioPosix]
        ),
        shell("ControlPlane", ["CLinux", "LinuxIO", "Primitives", nio, nioPosix]),
        shell("Arbiter", ["LinuxIO", "PairControl", "Primitives", nio, nioHTTP, nioPosix]),
        shell(
            "Daemon",
            [
                "Arbiter", "BalancerCore", "CLinux", "Checks", "Configuration", "ControlPlane",
                "Guardian",
                "Heart", "Heartbeat", "LinuxIO", "PairControl", "Primitives", "Relay",
                "SessionLedger", "VIPKernel", "VIPManager", nio, nioPosix,
            ]
        ),

        pure("Diagnosis", ["Primitives"]),
        shell(
            "Doctor",
            [
                "Arbiter", "BalancerCore", "CLinux", "Configuration", "ControlPlane", "Daemon",
                "Diagnosis", "Heart", "Heartbeat", "LinuxIO", "PairControl", "Primitives", "Relay",
                "VIPKernel", "VIPManager",
            ]
        ),

        shell("Lab", ["CLinux", "ControlPlane", "LinuxIO", "Primitives"]),

        shell("Demo", ["Lab", "LinuxIO", "Primitives"]),

        .executableTarget(
            name: "ha-balancer",
            dependencies: [
                "CLinux", "Configuration", "ControlPlane", "Daemon", "Demo", "Diagnosis", "Doctor",
                "Guardian", "Lab", "LinuxIO", "Primitives",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: rules,
            linkerSettings: staticRuntime
        ),

        .executableTarget(
            name: "glbd",
            dependencies: [
                "CLinux", "Configuration", "ControlPlane", "Daemon", "Guardian", "LinuxIO",
                "Primitives",
            ],
            swiftSettings: rules,
            linkerSettings: staticRuntime
        ),

        // Not shipped: `make failover-bench`.
        .executableTarget(
            name: "failover-bench",
            dependencies: [
                "ControlPlane", "Lab", "LinuxIO", "Primitives",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: rules
        ),

        tests("PrimitivesTests", ["Primitives"]),
        tests("DiagnosisTests", ["Diagnosis", "Primitives"]),
        tests("ConfigurationTests", ["Configuration", "Primitives"]),
        tests("BalancerCoreTests", ["BalancerCore", "Primitives"]),
        tests("HeartbeatTests", ["Heartbeat", "Primitives"]),
        tests("PairControlTests", ["Heartbeat", "PairControl", "Primitives"]),
        tests("SessionLedgerTests", ["BalancerCore", "Heartbeat", "Primitives", "SessionLedger"]),
        tests("VIPManagerTests", ["Primitives", "VIPManager"]),
        tests("SimulatorTests", ["Simulator"]),

        // Network namespaces and capabilities of single threads, a capturing socket.
        .target(name: "CNetworkTestSupport", path: "Tests/CNetworkTestSupport"),
        tests("LinuxIOTests", ["CLinux", "LinuxIO", "Primitives"]),
        tests(
            "VIPKernelTests",
            ["CLinux", "CNetworkTestSupport", "LinuxIO", "Primitives", "VIPKernel", "VIPManager"]
        ),
        tests("ChecksTests", ["BalancerCore", "Checks", "LinuxIO", "Primitives", nio, nioPosix]),
        tests("ArbiterTests", ["Arbiter", "Lab", "LinuxIO", "PairControl", "Primitives"]),
        tests(
            "ControlPlaneTests",
            ["CLinux", "ControlPlane", "LinuxIO", "Primitives", nio, nioPosix]
        ),
        tests(
            "RelayTests",
            ["BalancerCore", "Guardian", "Lab", "LinuxIO", "Primitives", "Relay"]
        ),
        tests(
            "GuardianTests",
            [
                "CNetworkTestSupport", "Guardian", "Lab", "LinuxIO", "Primitives", "VIPKernel",
                "VIPManager",
            ]
        ),
        tests(
            "HeartTests",
            [
                "Guardian", "Heart", "Heartbeat", "Lab", "LinuxIO", "PairControl", "Primitives",
                "VIPKernel", "VIPManager", crypto,
            ]
        ),
        tests(
            "DaemonTests",
            [
                "BalancerCore", "CLinux", "Configuration", "ControlPlane", "Daemon", "Guardian",
                "Heart",
                "Lab", "LinuxIO", "PairControl", "Primitives", "Relay", "VIPManager", crypto, nio,
                nioPosix,
            ]
        ),
        tests("LabTests", ["CLinux", "Lab", "LinuxIO", "Primitives"]),
        tests(
            "NamespaceTests",
            [
                "CLinux", "CNetworkTestSupport", "ControlPlane", "Diagnosis", "Lab", "LinuxIO",
                "Primitives", nio, nioPosix,
            ]
        ),
        tests("RepositoryTests", []),
    ] + (isFuzzing ? fuzzTargets : [])
)
