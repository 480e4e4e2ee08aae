import BalancerCore
import Primitives

/// Shorthand for pools and definitions, and the steps that most tests need.
enum Pools {
    /// Where it does not matter which.
    static let client = IPAddress.v4(0x0A00_00C8)

    static func endpoint(_ host: UInt32) -> Endpoint {
        Endpoint(.v4(0x0A00_0000 + host), 3306)
    }

    static func check(rise: Int = 2, fall: Int = 3, host: UInt32 = 1) -> CheckDefinition {
        CheckDefinition(
            kind: .tcp,
            endpoint: endpoint(host),
            interval: .milliseconds(300),
            rise: rise,
            fall: fall
        )
    }

    /// `s1`, `s2` … at 10.0.0.1, 10.0.0.2 …; `checked` gives each the default check.
    static func servers(
        _ count: Int,
        checked: Bool = false,
        rise: Int = 2,
        fall: Int = 3
    ) -> [ServerDefinition] {
        (1...count).map { number in
            ServerDefinition(
                name: "s\(number)",
                endpoint: endpoint(UInt32(number)),
                check: checked ? check(rise: rise, fall: fall, host: UInt32(number)) : nil
            )
        }
    }

    static func pool(
        _ servers: [ServerDefinition],
        allBackups: Bool = false,
        logsHealthChecks: Bool = false
    ) -> ServerPool {
        let definition = BackendDefinition(
            name: "b",
            servers: servers,
            allBackups: allBackups,
            logsHealthChecks: logsHealthChecks
        )
        return ServerPool(definition, now: .zero)
    }

    static let pass = CheckOutcome(.layer4OK, duration: .zero)
    static let refused = CheckOutcome(
        .layer4ConnectionProblem,
        duration: .zero,
        info: "Connection refused"
    )
}

extension ServerPool {
    mutating func assign(avoiding avoided: ServerID?, now: Instant) -> Assignment? {
        assign(for: Pools.client, avoiding: avoided, now: now)
    }

    /// The name of the server that the next session gets, or `-`.
    mutating func next(avoiding name: String? = nil, at second: Int64 = 0) -> String {
        let avoided = name.flatMap { id(of: $0) }
        guard let given = assign(avoiding: avoided, now: .seconds(second)) else { return "-" }
        return self.name(of: given.server) ?? "?"
    }

    mutating func check(
        _ name: String,
        _ outcome: CheckOutcome,
        at second: Int64 = 0
    ) -> [HealthNotice] {
        guard let id = id(of: name), let ticket = checkStarted(id) else { return [] }
        return checkFinished(ticket, outcome, now: .seconds(second))
    }

    mutating func setState(
        _ name: String,
        _ state: AdministrativeState,
        at second: Int64 = 0
    ) -> [HealthNotice] {
        guard let id = id(of: name) else { return [] }
        return setAdministrativeState(state, of: id, now: .seconds(second))
    }

    func row(_ name: String, at second: Int64 = 0) -> ServerSnapshot? {
        snapshot(now: .seconds(second)).servers.first { $0.name == name }
    }
}

extension Instant {
    static func seconds(_ seconds: Int64) -> Instant {
        Instant(nanoseconds: seconds * 1_000_000_000)
    }
}
