import CNetworkTestSupport
import Glibc
import LinuxIO
import Primitives
import Testing
import VIPKernel
import VIPManager

/// Runs a test in a network namespace of its own with the article's interface in it: eth1 with
/// 10.0.0.10/24, and its other end peer1. The kernel removes all of it with the last descriptor.
enum NetworkNamespace {
    static func run(_ body: () throws -> Void) throws {
        let origin = hbtest_enter_new_network()
        // Needs root; a test that cannot run has failed.
        try #require(origin >= 0, "no permission to make a network namespace")
        defer { #expect(hbtest_return_to_network(origin) == 0) }
        try ip("link add eth1 address 02:42:0a:00:00:0a type veth peer name peer1")
        try ip("address add 10.0.0.10/24 dev eth1")
        try ip("link set peer1 up")
        try ip("link set eth1 up")
        try waitForCarrier()
        try body()
    }

    /// The kernel tells the carrier a moment after the interface went up.
    private static func waitForCarrier() throws {
        let reader = try VIPDriver(
            addresses: [VirtualAddress(.v4(0xC000_0201), interface: "eth1")],
            settings: .untagged
        )
        _ = reader.start(now: .now)
        VIPDriverTests().wait(reader) { $0.view.link(named: "eth1")?.isUsable == true }
    }

    /// `ip` in this namespace: a child is in the namespaces of the thread that spawned it.
    static func ip(_ arguments: String) throws {
        try run(["ip"] + arguments.split(separator: " ").map(String.init))
    }

    /// Writes a sysctl of this namespace.
    static func sysctl(_ name: String, _ value: String) throws {
        let path = "/proc/sys/" + name.split(separator: ".").joined(separator: "/")
        let descriptor = OwnedDescriptor(
            adopting: try #require(
                unsafe [Glibc.open(path, O_WRONLY | O_CLOEXEC)].first { $0 >= 0 }
            )
        )
        let bytes = [UInt8](value.utf8)
        #expect(unsafe write(descriptor.raw, bytes, bytes.count) == bytes.count)
    }

    /// Every frame that has arrived at the capture socket.
    static func frames(_ capture: borrowing OwnedDescriptor) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        while true {
            var buffer = [UInt8](repeating: 0, count: 2048)
            let length = unsafe recv(capture.raw, &buffer, buffer.count, 0)
            guard length >= 0 else { return frames }
            frames.append([UInt8](buffer.prefix(length)))
        }
    }

    static func capture(_ interface: String) throws -> OwnedDescriptor {
        let raw = unsafe hbtest_open_capture(interface)
        try #require(raw >= 0)
        return OwnedDescriptor(adopting: raw)
    }

    /// What `ip` prints.
    static func output(_ arguments: String) throws -> String { try text("ip " + arguments) }

    /// Any program of this namespace, such as `tc` or `nft`.
    static func command(_ line: String) throws {
        try command(line.split(separator: " ").map(String.init))
    }

    static func command(_ words: [String]) throws { try run(words) }

    /// What a program prints.
    static func text(_ line: String) throws -> String {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        let reading = OwnedDescriptor(adopting: ends[0])
        do {
            let writing = OwnedDescriptor(adopting: ends[1])
            try run(line.split(separator: " ").map(String.init), output: writing.raw)
        }
        // At most a pipe's capacity: what the tests ask for is a few lines.
        var bytes = [UInt8](repeating: 0, count: 65536)
        let length = unsafe read(reading.raw, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, length)), as: UTF8.self)
    }

    private static func run(_ words: [String], output: Int32? = nil) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if let output { unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
        var child = pid_t()
        var pointers = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        let result = unsafe posix_spawnp(&child, words[0], &actions, nil, &pointers, environ)
        try #require(result == 0, "\(words[0]) is not installed")
        var status: Int32 = 0
        #expect(unsafe waitpid(child, &status, 0) == child)
        #expect(status == 0, "\(words.joined(separator: " ")) failed")
    }
}
