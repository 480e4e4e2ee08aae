import Lab
import Primitives
import Testing

/// The real program and Debian's HAProxy with the same configuration, each with a front of its own.
struct SideBySide {
    let balancer: Balancer
    let haproxy: HAProxy
    /// Where HAProxy's clients connect.
    let haproxyFront: Endpoint

    /// A `listen` called db with these lines, and the sections behind it; both answer when this
    /// returns.
    /// - Parameter bind: options of the `bind` line
    init(
        _ lines: [String],
        bind: String = "",
        more: [String] = [],
        global: [String] = []
    ) throws {
        let rest = lines.map { "    " + $0 } + more
        balancer = try Balancer()
        try balancer.configure(bind: bind, global: global, more: rest)
        try balancer.start()
        haproxyFront = try Balancer().front
        haproxy = try HAProxy(
            [
                "defaults", "    timeout connect 2s", "    timeout client 8h",
                "    timeout server 8h", "listen db", "    bind \(haproxyFront) \(bind)",
            ] + rest,
            global: global
        )
    }

    /// The clients' places, ours first.
    var fronts: [Endpoint] { [balancer.front, haproxyFront] }

    /// What `read` makes of both statistics, ours first.
    func statistics<Value>(_ read: (StatTable) -> Value) throws -> (Value, Value) {
        (
            read(StatTable(try balancer.ask("show", "stat"))),
            read(StatTable(try haproxy.ask("show", "stat")))
        )
    }

    /// What the checks of the server `s` of each of these backends have found, when all have found
    /// something: status, check status, code and text.
    func findings(of backends: [String]) throws -> (ours: [[String?]], theirs: [[String?]]) {
        func read(_ table: StatTable) -> [[String?]] {
            backends.map { backend in
                ["status", "check_status", "check_code", "last_chk"].map {
                    table.field(backend, "s", $0)
                }
            }
        }
        let areSettled = try Patience.wait(.seconds(5)) {
            let (ours, theirs) = try statistics(read)
            return (ours + theirs).allSatisfy { $0[1] != "INI" && $0[1] != "UNK" }
        }
        #expect(areSettled)
        return try statistics(read)
    }
}
