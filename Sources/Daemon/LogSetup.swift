package import BalancerCore
package import Configuration
package import ControlPlane
internal import Glibc
internal import LinuxIO
package import Primitives
internal import Synchronization

/// The log targets of one configuration and which proxy logs to which of them.
package struct LogSetup: Sendable {
    struct ProxyRules: Sendable {
        var targets: LogTargets
        /// `nil`: sessions are logged when they begin, and not at their end.
        var format: SessionLogFormat?
        var skipsNull: Bool
        /// What its listeners are called, in order.
        var listeners: [String]
        fileprivate let lineCount = Counter()

        /// `nil`: no line.
        fileprivate func format(of record: SessionRecord) -> SessionLogFormat? {
            if record.headerFault != nil { return .fault }
            return record.isArrival ? .arrival : format
        }
    }

    package let router: LogRouter
    /// Where the daemon's own lines go: the targets of `global`.
    package let globalTargets: LogTargets
    /// Whether a target is standard output or standard error.
    let usesStandardStreams: Bool
    private let hostName = HostNames.own
    private let processID = getpid()
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
                format: proxy.logFormat,
                skipsNull: proxy.skipsNullLogs,
                listeners: proxy.binds.enumerated().map { $1.name ?? "\($0 + 1)" }
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
                pid: processID
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

    /// The lines of finished sessions: HAProxy's, where they are asked for.
    /// - Parameter names: of a record's frontend, backend and server
    package func log(
        _ records: [SessionRecord],
        wallNow: WallTime,
        now: Instant,
        names: (SessionRecord) -> SessionRecord.Names
    ) {
        let local = wallNow.local
        var text = ByteText(capacity: 256)
        var acceptance = SessionRecord.Acceptance(local: local, utc: local, second: .min)
        var around = SessionRecord.Surroundings(hostName: hostName, processID: processID)
        // Sessions of the same places end together: looked up once.
        var places: [Place: (names: SessionRecord.Names, rules: ProxyRules?)] = [:]
        for record in records {
            let place = Place(record)
            if places[place] == nil {
                var names = names(record)
                let rules = frontends[names.frontend]
                if let listeners = rules?.listeners, record.listener < listeners.count {
                    names.listener = listeners[record.listener]
                }
                places[place] = (names, rules)
            }
            guard let known = places[place], let rules = known.rules, !rules.targets.isEmpty,
                !(rules.skipsNull && record.isNull),
                let format = rules.format(of: record)
            else { continue }
            let wall = wallNow.before(now - record.acceptedAt)
            if wall.second != acceptance.second {
                acceptance.local = wall.local
                acceptance.utc = wall.utc
                acceptance.second = wall.second
            }
            acceptance.local.millisecond = wall.millisecond
            text.removeAll()
            if record.headerFault == nil, !record.isArrival {
                around.sessionCount = Self.sessionCount.next()
                around.lineCount = rules.lineCount.next()
            }
            record.append(to: &text, format, known.names, acceptance, around)
            router.log(.info, text.bytes, targets: rules.targets, time: local)
        }
    }

    /// Of the process: it goes on over reloads.
    private static let sessionCount = Counter()

    /// Counts from 0.
    fileprivate final class Counter: Sendable {
        private let value = Atomic<UInt64>(0)

        func next() -> UInt64 { value.add(1, ordering: .relaxed).oldValue }
    }

    private struct Place: Hashable {
        let frontend: Int
        let listener: Int
        let backend: Int?
        let server: ServerID?

        init(_ record: SessionRecord) {
            frontend = record.frontend
            listener = record.listener
            backend = record.backend
            server = record.server
        }
    }
}
