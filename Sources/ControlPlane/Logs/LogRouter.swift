package import LinuxIO
package import Primitives
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
        log(severity, Array(text.utf8), targets: targets, time: time.local)
    }

    /// The same for a text that is bytes already (UTF-8), and a time that is taken apart.
    package func log(
        _ severity: Severity,
        _ text: [UInt8],
        targets: LogTargets,
        time: CivilTime
    ) {
        var line = ByteText(capacity: text.count + 80)
        for (position, route) in routes.enumerated() {
            let target = route.target
            guard targets.contains(LogTargets(position: position)),
                severity <= target.maximumLevel
            else { continue }
            let level = max(severity, target.minimumLevel)
            line.removeAll()
            target.format.appendHead(
                to: &line,
                priority: target.facility.priority(level),
                time: time,
                ident: ident,
                pid: pid
            )
            line.append(printable: text)
            line.end(limit: target.maximumLength)
            if !route.sink.send(line.bytes) { dropped.add(1, ordering: .relaxed) }
        }
    }
}
