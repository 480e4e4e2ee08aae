import ControlPlane
import Synchronization

/// Stands where the composition root stands: answers with what the test put in.
final class TestDaemon: ControlDelegate {
    struct Answers: Sendable {
        var info = InfoReport(
            version: "0.1.0",
            releaseDate: "2026/11/24",
            threads: 2,
            pid: 4711,
            uptime: .seconds(7),
            startedAt: WallTime(nanosecondsSinceEpoch: 1_795_490_175_000_000_000),
            nodeName: "haproxy-node01"
        )
        var statistics: [StatRow] = []
        var status = StatusReport.example
        var failover = CommandResult.done("10.0.0.100 is on haproxy-node02 after 12 ms")
        /// While true, a failover does not end.
        var failoverHangs = false
        var failedReloads = 0
    }

    private let answers: Mutex<Answers>
    private let record = Mutex<[String]>([])

    /// The calls that change something, in order.
    var calls: [String] { record.withLock { $0 } }

    init(_ change: (inout Answers) -> Void = { _ in }) {
        var answers = Answers()
        change(&answers)
        self.answers = Mutex(answers)
    }

    /// Lets the failovers that hang come to their end.
    func endFailover() {
        answers.withLock { $0.failoverHangs = false }
    }

    func info() -> InfoReport { answers.withLock { $0.info } }
    func processes() -> ProcessReport {
        ProcessReport(
            master: ProcessReport.Process(pid: 4710, uptime: .seconds(97_207)),
            worker: ProcessReport.Process(pid: 4711, uptime: .seconds(7)),
            reloads: 3,
            failedReloads: answers.withLock { $0.failedReloads },
            version: "0.1.0"
        )
    }

    func activity() -> ActivityReport {
        ActivityReport(
            threads: 2,
            now: WallTime(nanosecondsSinceEpoch: 1_795_808_874_005_303_999),
            lines: [ActivityReport.Line("loops", [1038, 1030])]
        )
    }

    func pools() -> [PoolReport] {
        [PoolReport(name: "buffer", bytes: 16_384, allocated: 4, used: 1)]
    }

    func statistics() -> [StatRow] { answers.withLock { $0.statistics } }
    func status() -> StatusReport { answers.withLock { $0.status } }

    func weight(of server: ServerName) throws(ServerRefusal) -> ServerWeight {
        guard server.backend == .name("db") || server.backend == .number(2) else {
            throw .noBackend
        }
        guard server.server == .name("s1") || server.server == .number(1) else { throw .noServer }
        return ServerWeight(current: 5, initial: 10)
    }

    func carryOut(_ order: ServerOrder, on server: ServerName) throws(ServerRefusal) {
        _ = try weight(of: server)
        note("\(order)")
    }

    func carryOut(
        _ edit: ServerEdit,
        on server: ServerName
    ) async throws(ServerRefusal) -> String {
        guard server.backend == .name("db") else { throw .noBackend }
        note("\(edit)")
        return "New server registered.\n"
    }

    func serverStates() -> [ServerStateReport] {
        [
            ServerStateReport(
                backendID: 2,
                backendName: "db",
                serverID: 1,
                serverName: "s1",
                address: "10.0.0.1",
                port: 3306,
                operation: .stopped,
                administration: [.forcedMaintenance, .configuredMaintenance],
                weight: 5,
                initialWeight: 10,
                secondsSinceChange: 7,
                checkStatus: 8,
                checkResult: .failed,
                checkHealth: 0,
                checkState: 14,
                hostName: "galera1",
                checkPort: 9200,
                checkAddress: "10.0.1.1"
            )
        ]
    }

    func carryOut(_ order: FrontendOrder, onFrontend name: String) throws(FrontendRefusal) {
        if order == .enable { throw .because("All sockets are already enabled.\n") }
        note("\(order) \(name)")
    }

    func setMaxConnections(_ limit: Int?) -> Bool {
        guard limit ?? 0 <= 1000 else { return false }
        note("limit \(limit ?? 0)")
        return true
    }

    func clearCounters(all: Bool) { note("clear \(all)") }

    func stickTables() -> [StickTableReport] {
        [StickTableReport(name: "db", size: 1024, used: 2)]
    }

    func stickEntries(of name: String) -> [StickTableReport.Entry] {
        [
            StickTableReport.Entry(
                key: "10.0.0.5",
                expiresIn: 1_799_716,
                serverID: 1,
                serverName: "s1"
            ),
            StickTableReport.Entry(key: "10.0.0.6", expiresIn: 0, serverID: 0, serverName: "-"),
        ]
    }

    func clearStickTable(_ name: String, key: String?) -> Bool {
        guard name == "db" else { return false }
        note("clear \(key ?? "all")")
        return true
    }

    func sessions() -> [SessionReport] {
        [
            SessionReport(
                id: 0x1F,
                client: "10.0.0.5:40312",
                isV4: true,
                frontend: "db",
                backend: "db",
                server: "s1",
                age: .seconds(93_784),
                idle: .milliseconds(1500),
                bytesIn: 12,
                bytesOut: 3456
            ),
            SessionReport(
                id: 0x2F,
                client: "[fd00::5]:40313",
                isV4: false,
                frontend: "db",
                backend: nil,
                server: nil,
                age: .milliseconds(20),
                idle: .zero,
                bytesIn: 0,
                bytesOut: 0
            ),
        ]
    }

    func endSession(_ id: UInt64) -> Bool {
        guard id == 0x1F else { return false }
        note("end \(id)")
        return true
    }

    func failover(to node: String?) async -> CommandResult {
        note("failover \(node ?? "-")")
        while answers.withLock({ $0.failoverHangs }) {
            try? await Task.sleep(for: .milliseconds(5))
        }
        return answers.withLock { $0.failover }
    }

    func maintenance(on: Bool, force: Bool) async -> CommandResult {
        note("maintenance \(on) \(force)")
        return on && !force ? .refused("the other node is not ready") : .done("")
    }

    func reload(takeover: [String]?) async -> CommandResult {
        note("reload")
        return .refused("/etc/ha-balancer/ha-balancer.cfg:3:5: unknown keyword 'blance'")
    }

    private func note(_ call: String) {
        record.withLock { $0.append(call) }
    }
}
