import BalancerCore
import Checks
import LinuxIO
import NIOCore
import NIOPosix
import Primitives
import Synchronization

/// A scheduler on an event loop of its own, and what it delivered.
final class CheckFixture: Sendable {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let scheduler: CheckScheduler
    private let delivered: Delivered

    init(sourceAddress: IPAddress? = nil) {
        let delivered = Delivered()
        self.delivered = delivered
        scheduler = CheckScheduler(eventLoop: group.next(), sourceAddress: sourceAddress) {
            backend,
            outcome in
            let lines = outcome.notices.map { "\(backend.name): \($0.text)" }
            delivered.lines.withLock { $0 += lines }
        }
    }

    var notices: [String] { delivered.lines.withLock { $0 } }

    /// Ends everything, also after a failure.
    static func with(
        sourceAddress: IPAddress? = nil,
        _ body: (CheckFixture) async throws -> Void
    ) async throws {
        let fixture = CheckFixture(sourceAddress: sourceAddress)
        var failure: (any Error)?
        do { try await body(fixture) } catch { failure = error }
        try await fixture.scheduler.stop().get()
        try await fixture.group.shutdownGracefully()
        if let failure { throw failure }
    }

    static func backend(_ name: String, _ servers: [ServerDefinition]) -> Backend {
        Backend(BackendDefinition(name: name, servers: servers), now: .now)
    }

    static func server(
        _ name: String,
        _ endpoint: Endpoint,
        _ kind: CheckKind = .tcp,
        interval: Duration = .seconds(60),
        connect: Duration? = nil,
        read: Duration? = nil
    ) -> ServerDefinition {
        let check = CheckDefinition(
            kind: kind,
            endpoint: endpoint,
            interval: interval,
            rise: 1,
            fall: 1,
            connectTimeout: connect,
            readTimeout: read
        )
        return ServerDefinition(name: name, endpoint: endpoint, check: check)
    }

    /// Waits for a condition, 5 s at most.
    static func until(_ condition: () -> Bool) async throws -> Bool {
        for _ in 0..<1000 {
            if condition() { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return condition()
    }

    /// The first outcome of a server.
    static func outcome(_ backend: Backend, _ server: String = "s") async throws -> CheckOutcome? {
        _ = try await until { row(backend, server)?.lastOutcome?.code != .initializing }
        return row(backend, server)?.lastOutcome
    }

    static func row(_ backend: Backend, _ server: String = "s") -> ServerSnapshot? {
        backend.snapshot(now: .now).servers.first { $0.name == server }
    }
}

private final class Delivered: Sendable {
    let lines = Mutex<[String]>([])
}
