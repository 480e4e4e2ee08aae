internal import CLinux
internal import Configuration
internal import ControlPlane
internal import Glibc
internal import Guardian
internal import LinuxIO
internal import NIOCore
internal import NIOPosix
internal import Primitives

/// Speaks for a daemon that is in a crash loop: answers on the control sockets that this node is in
/// fault, and why. Relays nothing, holds nothing, checks nothing.
package final class Spokesman: Sendable {
    private let source: ConfigurationSource
    private let nodeName: String
    private let fault: String
    private let configuration: BalancerConfiguration
    private let startedAt = Instant.now
    private let guardedSince: Instant?
    private let startedAtWall = WallTime.now
    /// Somebody asks for another try.
    private let retry: EventDescriptor

    private init(_ options: DaemonOptions, fault: String) throws(StartFailure) {
        source = options.source
        guardedSince = options.guardedSince
        nodeName = options.nodeName ?? HostNames.own
        self.fault = fault
        let outcome = options.source.load()
        guard let configuration = outcome.configuration else {
            throw StartFailure(outcome.rendered)
        }
        self.configuration = configuration
        do {
            retry = try EventDescriptor()
        } catch {
            throw StartFailure("\(error)")
        }
    }

    /// Runs until it is killed, the guardian has gone, or somebody asks for another try.
    /// - Returns: the exit status: 0 for another try
    package static func run(_ options: DaemonOptions, fault: String) -> Int32 {
        do {
            let spokesman = try Spokesman(options, fault: fault)
            let events = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let server = try RuntimeAPIServer.start(
                ControlSockets.translate(
                    spokesman.configuration.global,
                    options.source.commandLine
                ),
                delegate: spokesman,
                limits: ControlSockets.limits(spokesman.configuration.global),
                group: events
            )
            let isTryAsked = spokesman.wait(options.link?.descriptor.raw ?? -1)
            // Its answer is still on the way to whoever asked.
            if isTryAsked { usleep(200_000) }
            server.stop()
            try events.syncShutdownGracefully()
            return isTryAsked ? 0 : 1
        } catch {
            StandardError.write("<3>", "nobody can speak for the daemon: \(error)")
            return 1
        }
    }

    /// - Returns: whether somebody asked for another try; else the guardian has gone.
    private func wait(_ link: Int32) -> Bool {
        var entries = [retry.descriptor.raw, link].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        while unsafe poll(&entries, 2, -1) < 0, hb_errno() == EINTR {}
        return entries[0].revents != 0
    }
}

extension Spokesman: ControlDelegate {
    func info() -> InfoReport {
        InfoReport(
            version: ProductVersion.number,
            releaseDate: ProductVersion.releaseDate,
            threads: 0,
            pid: getpid(),
            uptime: Instant.now - startedAt,
            startedAt: startedAtWall,
            nodeName: nodeName
        )
    }

    func processes() -> ProcessReport {
        ProcessReport(
            master: ProcessReport.Process(
                pid: getppid(),
                uptime: Instant.now - (guardedSince ?? startedAt)
            ),
            worker: ProcessReport.Process(pid: getpid(), uptime: Instant.now - startedAt),
            version: ProductVersion.number
        )
    }

    func activity() -> ActivityReport { ActivityReport(threads: 0, now: .now, lines: []) }

    func pools() -> [PoolReport] { [] }

    func statistics() -> [StatRow] { [] }

    func status() -> StatusReport {
        StatusReport(
            version: ProductVersion.number,
            nodeName: nodeName,
            generatedAt: WallTime.now.local.iso8601,
            configuration: ConfigurationStatus(
                file: source.text,
                digest: StatusBuilder.short(configuration.digest),
                loadedAt: startedAtWall.local.iso8601,
                loadedMillisecondsAgo: (Instant.now - startedAt).milliseconds
            ),
            alarms: ["\(nodeName) is in fault: \(fault)"],
            pair: configuration.pair.map { pair in
                PairStatus(
                    name: pair.name,
                    virtualAddresses: pair.virtualAddresses.map { "\($0.address)" },
                    holder: nil,
                    since: nil,
                    reason: "\(nodeName) is in fault and hears nobody",
                    epoch: 0,
                    nodes: pair.nodes.map { node in
                        let isOwn = node.name == nodeName
                        return NodeStatus(
                            name: node.name,
                            isThisNode: isOwn,
                            role: isOwn ? .fault : nil,
                            notReadyBecause: isOwn ? [fault] : [],
                            priority: node.priority,
                            isHeard: isOwn
                        )
                    }
                )
            }
        )
    }

    func weight(of server: ServerName) throws(ServerRefusal) -> ServerWeight { throw .noBackend }

    func carryOut(_ order: ServerOrder, on server: ServerName) throws(ServerRefusal) {
        throw .noBackend
    }

    func carryOut(
        _ edit: ServerEdit,
        on server: ServerName
    ) async throws(ServerRefusal) -> String { throw .noBackend }

    func serverStates() -> [ServerStateReport] { [] }

    func carryOut(_ order: FrontendOrder, onFrontend name: String) throws(FrontendRefusal) {
        throw .noFrontend
    }

    func setMaxConnections(_ limit: Int?) -> Bool { false }

    func clearCounters(all: Bool) {}

    func stickTables() -> [StickTableReport] { [] }

    func stickEntries(of name: String) -> [StickTableReport.Entry] { [] }

    func clearStickTable(_ name: String, key: String?) -> Bool { false }

    func sessions() -> [SessionReport] { [] }

    func endSession(_ id: UInt64) -> Bool { false }

    func failover(to node: String?) async -> CommandResult { refusal }

    func maintenance(on: Bool, force: Bool) async -> CommandResult { refusal }

    func reload(takeover: [String]?) async -> CommandResult {
        retry.signal()
        return .done("the daemon is started once more; `ha-balancer status` tells what comes of it")
    }

    private var refusal: CommandResult {
        .refused(
            "\(nodeName) is in fault: \(fault). When that is mended, `ha-balancer reload` starts "
                + "the daemon once more"
        )
    }
}
