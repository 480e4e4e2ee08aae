package import LinuxIO
internal import Synchronization

/// Sends log lines to the targets of one configuration. A reload makes a new one.
///
/// Sending never blocks: a target that takes nothing loses lines, which are counted. Any thread may
/// call but the heart and the relay's workers, which must not spend a system call on a log line.
package final class LogRouter: Sendable {
    private struct Route: Sendable {
        let target: LogTarget
        let sink: LogSink
    }

    private let routes: [Route]
    private let ident: String
    private let pid: Int32
    private let dropped = Atomic<UInt64>(0)

    /// Opens every target; a syslog server need not be there yet.
    ///
    /// `ident` is the name in front of the pid (HAProxy's `log-tag`).
    package init(
        _ targets: [LogTarget],
        ident: String = "ha-balancer",
        pid: Int32
    ) throws(SystemError) {
        precondition(targets.count <= LogTargets.limit, "more log targets than positions")
        var routes: [Route] = []
        for target in targets {
            routes.append(Route(target: target, sink: try LogSink(target.destination)))
        }
        self.routes = routes
        self.ident = ident
        self.pid = pid
    }

    /// Lines that a target did not take (HAProxy's `DroppedLogs`).
    package var droppedCount: UInt64 { dropped.load(ordering: .relaxed) }

    /// Sends one line to each chosen target whose levels let it through.
    package func log(
        _ severity: Severity,
        _ text: String,
        targets: LogTargets = .all,
        time: WallTime = .now
    ) {
        let local = time.local
        for (position, route) in routes.enumerated() {
            let target = route.target
            guard targets.contains(LogTargets(position: position)),
                severity <= target.maximumLevel
            else { continue }
            let level = max(severity, target.minimumLevel)
            let line = target.format.line(
                text,
                priority: target.facility.priority(level),
                time: local,
                ident: ident,
                pid: pid
            )
            if !route.sink.send(Self.bytes(of: line, limit: target.maximumLength)) {
                dropped.add(1, ordering: .relaxed)
            }
        }
    }

    /// One line, whatever the text holds: a line break inside it would forge a second log line.
    private static func bytes(of line: String, limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(line.utf8.count, limit) + 1)
        for byte in line.utf8.prefix(limit - 1) {
            bytes.append(byte < 0x20 || byte == 0x7F ? UInt8(ascii: " ") : byte)
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}
