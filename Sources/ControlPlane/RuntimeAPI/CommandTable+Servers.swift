extension CommandTable {
    /// HAProxy's commands that look at a server or change it.
    static let serverCommands: [RuntimeCommand] = [
        RuntimeCommand(
            "get weight",
            "<bk>/<srv>",
            level: .user,
            help: "report a server's current weight",
            action: .reply { call in
                answer(call) { name throws(ServerRefusal) in
                    let weight = try call.delegate.weight(of: name)
                    return "\(weight.current) (initial \(weight.initial))\n"
                }
            }
        ),
        RuntimeCommand(
            "set weight",
            "<bk>/<srv> <weight>[%]",
            level: .admin,
            help: "change a server's weight",
            action: .reply { call in
                answer(call) { name throws(ServerRefusal) in
                    // HAProxy looks for the server first.
                    _ = try call.delegate.weight(of: name)
                    try call.delegate.carryOut(try weight(call.arguments.dropFirst()), on: name)
                    return ""
                }
            }
        ),
        RuntimeCommand(
            "set server",
            "<bk>/<srv> [opts]",
            level: .admin,
            help: "change a server's state, weight or health",
            action: .reply { call in
                answer(call) { name throws(ServerRefusal) in
                    _ = try call.delegate.weight(of: name)
                    let order = try order(call.arguments.dropFirst())
                    try call.delegate.carryOut(order, on: name)
                    return ""
                }
            }
        ),
        server("enable server", "enable a disabled server", .state(.ready)),
        server("disable server", "disable a server for maintenance", .state(.maintenance)),
        server("enable health", "enable health checks", .checks(areOn: true)),
        server("disable health", "disable health checks", .checks(areOn: false)),
        server("shutdown sessions server", "kill sessions on a server", .shutdownSessions),
        RuntimeCommand(
            "enable agent",
            "<bk>/<srv>",
            level: .admin,
            help: "enable agent checks",
            action: .reply { call in
                answer(call) { name throws(ServerRefusal) in
                    _ = try call.delegate.weight(of: name)
                    throw .because("Agent was not configured on this server, cannot enable.\n")
                }
            }
        ),
        RuntimeCommand(
            "disable agent",
            "<bk>/<srv>",
            level: .admin,
            help: "disable agent checks",
            action: .reply { call in
                answer(call) { name throws(ServerRefusal) in
                    _ = try call.delegate.weight(of: name)
                    return ""
                }
            }
        ),
    ]

    private static func server(
        _ name: String,
        _ help: String,
        _ order: ServerOrder
    ) -> RuntimeCommand {
        RuntimeCommand(
            name,
            "<bk>/<srv>",
            level: .admin,
            help: help,
            action: .reply { call in
                answer(call) { name throws(ServerRefusal) in
                    try call.delegate.carryOut(order, on: name)
                    return ""
                }
            }
        )
    }

    /// The reply to a command whose first argument names a server.
    private static func answer(
        _ call: RuntimeCommand.Invocation,
        _ body: (ServerName) throws(ServerRefusal) -> String
    ) -> String {
        do throws(ServerRefusal) {
            guard let word = call.arguments.first, let name = ServerName(word) else {
                throw .malformedName
            }
            return try body(name)
        } catch {
            return error.text
        }
    }

    /// What follows `set server <bk>/<srv>`.
    private static func order(_ words: ArraySlice<String>) throws(ServerRefusal) -> ServerOrder {
        let value = words.dropFirst().first ?? ""
        switch words.first {
        case "state":
            guard let state = ServerOrder.State(rawValue: value) else {
                throw .because(
                    "'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n"
                )
            }
            return .state(state)
        case "weight":
            return try weight(words.dropFirst())
        case "health":
            switch value {
            case "up": return .health(isUp: true)
            case "down": return .health(isUp: false)
            case "stopping":
                throw .because(
                    "'set server <srv> health stopping' is not supported: use 'state drain'.\n"
                )
            default:
                throw .because(
                    "'set server <srv> health' expects 'up', 'stopping', or 'down'.\n"
                )
            }
        case "agent":
            throw .because("agent checks are not enabled on this server.\n")
        case "addr", "agent-addr", "agent-port", "agent-send", "check-addr", "check-port", "fqdn",
            "ssl":
            throw .because(
                "'set server <srv> \(words.first ?? "")' is not supported: change the"
                    + " configuration and reload.\n"
            )
        default:
            throw .because(
                "usage: set server <backend>/<server> agent | health | state | weight\n"
            )
        }
    }

    /// `5` or `50%`
    private static func weight(_ words: ArraySlice<String>) throws(ServerRefusal) -> ServerOrder {
        guard let word = words.first else { throw .because("Require <weight> or <weight%>.\n") }
        let isPercent = word.hasSuffix("%")
        let digits = isPercent ? word.dropLast() : word[...]
        guard let value = Int(digits) else {
            let startsWell = Int(digits.prefix { "+-0123456789".contains($0) }) != nil
            throw .because(
                startsWell
                    ? "Trailing garbage in weight string"
                    : "Empty weight string empty or preceded by garbage"
            )
        }
        guard !isPercent else {
            guard value >= 0 else { throw .because("Relative weight must be positive.\n") }
            return .weightPercent(value)
        }
        guard (0...256).contains(value) else {
            throw .because("Absolute weight can only be between 0 and 256 inclusive.\n")
        }
        return .weight(value)
    }
}
