internal import Primitives

extension CommandTable {
    /// HAProxy's commands about the whole process.
    static let processCommands: [RuntimeCommand] = [
        RuntimeCommand(
            "clear counters",
            "[all]",
            level: .operator,
            help: "clear max statistics counters (or all counters)",
            action: .reply { call in
                let isAll = call.arguments.first == "all"
                guard !isAll || call.level >= .admin else { return "Permission denied\n" }
                call.delegate.clearCounters(all: isAll)
                return ""
            }
        ),
        RuntimeCommand(
            "set maxconn global",
            "<value>",
            level: .admin,
            help: "change the per-process maxconn setting",
            action: .reply { call in
                guard let value = call.arguments.first.flatMap({ Int($0) }) else {
                    return "Expects an integer value.\n"
                }
                guard value >= 0, call.delegate.setMaxConnections(value == 0 ? nil : value) else {
                    return "Value out of range.\n"
                }
                return ""
            }
        ),
        RuntimeCommand(
            "show errors",
            "[<px>] [request|response]",
            level: .operator,
            help: "report last request and/or response errors for each proxy",
            action: .reply { call in
                let proxies = call.delegate.statistics().map(\.proxyName)
                if let name = call.arguments.first, !proxies.contains(name) {
                    return "No such proxy.\n"
                }
                // They are errors of HTTP.
                return "Total events captured on [\(WallTime.now.local.haproxy)] : 0\n"
            }
        ),
        RuntimeCommand(
            "show activity",
            level: .user,
            help: "show per-thread activity stats",
            action: .reply { call in call.delegate.activity().text }
        ),
        RuntimeCommand(
            "show pools",
            level: .user,
            help: "report information about the memory pools usage",
            action: .reply { call in PoolReport.text(call.delegate.pools()) }
        ),
        RuntimeCommand(
            "show servers state",
            "[<backend>]",
            level: .user,
            help: "dump volatile server information (all or for a single backend)",
            action: .reply { call in
                let servers = call.delegate.serverStates()
                guard let name = call.arguments.first else {
                    return ServerStateReport.header + servers.map(\.line).joined()
                }
                let backends = call.delegate.statistics().filter { $0.kind == .backend }
                guard backends.contains(where: { $0.proxyName == name }) else {
                    return "Can't find backend.\n"
                }
                return ServerStateReport.header
                    + servers.filter { $0.backendName == name }.map(\.line).joined()
            }
        ),
    ]
}
