package import BalancerCore
package import Configuration
package import ControlPlane
internal import Glibc
internal import LinuxIO
package import Primitives

/// The log targets of one configuration and which proxy logs to which of them.
package struct LogSetup: Sendable {
    struct ProxyRules: Sendable {
        var targets: LogTargets
        var logsSessions: Bool
        var skipsNull: Bool
    }

    package let router: LogRouter
    /// Where the daemon's own lines go: the targets of `global`.
    package let globalTargets: LogTargets
    /// Whether a target is standard output or standard error.
    let usesStandardStreams: Bool
    /// By name, apart: a frontend and a backend may share one.
    private let frontends: [String: ProxyRules]
    private let backends: [String: ProxyRules]

    package init(_ configuration: BalancerConfiguration) throws(StartFailure) {
        var positions: [Configuration.LogTarget] = []
        func targets(_ list: [Configuration.LogTarget]) -> LogTargets {
            var set: LogTargets = []
            for target in list {
                let position = positions.firstIndex(of: target) ?? positions.count
                guard position < LogTargets.limit else { continue }
                if position == positions.count { positions.append(target) }
                set.insert(LogTargets(position: position))
            }
            return set
        }
        globalTargets = targets(configuration.global.logTargets)
        var frontends: [String: ProxyRules] = [:]
        var backends: [String: ProxyRules] = [:]
        for proxy in configuration.proxies {
            let rules = ProxyRules(
                targets: targets(proxy.logTargets),
                logsSessions: proxy.logsTCP,
                skipsNull: proxy.skipsNullLogs
            )
            if proxy.kind.hasFrontend { frontends[proxy.name] = rules }
            if proxy.kind.hasBackend { backends[proxy.name] = rules }
        }
        self.frontends = frontends
        self.backends = backends
        usesStandardStreams = positions.contains {
            $0.destination == .standardOutput || $0.destination == .standardError
        }
        var translated: [ControlPlane.LogTarget] = []
        for target in positions { translated.append(try Self.translate(target)) }
        do {
            router = try LogRouter(
                translated,
                ident: configuration.global.logTag ?? "ha-balancer",
                pid: getpid()
            )
        } catch {
            throw StartFailure("log: \(error)")
        }
    }

    private static func translate(
        _ target: Configuration.LogTarget
    ) throws(StartFailure) -> ControlPlane.LogTarget {
        let destination: ControlPlane.LogTarget.Destination
        switch target.destination {
        case .udp(let host, let port):
            let location = SourceLocation(file: "log", line: 1, column: 1)
            do {
                destination = .udp(Endpoint(try HostNames.resolve(host, at: location), port))
            } catch {
                throw StartFailure("log \(host): cannot be resolved: \(error.reason)")
            }
        case .unixSocket(let path): destination = .unixDatagram(path: path)
        case .standardOutput: destination = .standardOutput
        case .standardError: destination = .standardError
        }
        return ControlPlane.LogTarget(
            destination,
            facility: Facility(rawValue: Int(target.facility.rawValue)) ?? .local0,
            format: target.format == .raw ? .raw : .local,
            maximumLevel: Severity(rawValue: Int(target.maximumLevel.rawValue)) ?? .debug,
            minimumLevel: Severity(rawValue: Int(target.minimumLevel.rawValue)) ?? .emergency,
            maximumLength: min(max(target.maximumLength, 80), 65_535)
        )
    }

    /// Where a backend's changes of health are logged.
    package func targets(ofProxy name: String) -> LogTargets {
        backends[name]?.targets ?? globalTargets
    }

    /// The lines of finished sessions: HAProxy's tcplog where it is asked for.
    package func log(
        _ record: SessionRecord,
        names: SessionRecord.Names,
        wallNow: WallTime,
        now: Instant
    ) {
        guard let rules = frontends[names.frontend], rules.logsSessions, !rules.targets.isEmpty
        else { return }
        if rules.skipsNull, record.bytesToClient == 0, record.bytesToServer == 0 { return }
        let accepted = wallNow.before(now - record.acceptedAt)
        router.log(
            .info,
            record.tcpLogLine(names, acceptedAt: CivilTime(accepted.local)),
            targets: rules.targets
        )
    }
}

extension CivilTime {
    init(_ local: LocalTime) {
        self.init(
            year: local.year,
            month: local.month,
            day: local.day,
            hour: local.hour,
            minute: local.minute,
            second: local.second,
            millisecond: local.millisecond
        )
    }
}
