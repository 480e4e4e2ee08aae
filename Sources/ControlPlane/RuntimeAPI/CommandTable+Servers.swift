extension CommandTable {
    /// HAProxy's commands that look at a server or change it.
    static let serverCommands: [RuntimeCommand] = [
        command("get weight", "report a server's current weight", level: .user) {
            (call, name) throws(ServerRefusal) in
            let weight = try call.delegate.weight(of: name)
            return "\(weight.current) (initial \(weight.initial))\n"
        },
        command("set weight", "change a server's weight", taking: " <weight>[%]") {
            (call, name) throws(ServerRefusal) in
            // HAProxy looks for the server first.
            _ = try call.delegate.weight(of: name)
            try call.delegate.carryOut(try weight(call.arguments.dropFirst()), on: name)
            return ""
        },
        command("set server", "change a server's state, weight or health", taking: " [opts]") {
            (call, name) throws(ServerRefusal) in
            _ = try call.delegate.weight(of: name)
            try call.delegate.carryOut(try order(call.arguments.dropFirst()), on: name)
            return ""
        },
        command("set maxconn server", "change a server's maxconn setting", taking: " <value>") {
            (call, name) throws(ServerRefusal) in
            _ = try call.delegate.weight(of: name)
            let limit = try maxConnections(call.arguments.dropFirst())
            try call.delegate.carryOut(.maxConnections(limit), on: name)
            return ""
        },
        server("enable server", "enable a disabled server", .state(.ready)),
        server("disable server", "disable a server for maintenance", .state(.maintenance)),
        server("enable health", "enable health checks", .checks(areOn: true)),
        server("disable health", "disable health checks", .checks(areOn: false)),
        server("shutdown sessions server", "kill sessions on a server", .shutdownSessions),
        command("enable agent", "enable agent checks") { (call, name) throws(ServerRefusal) in
            _ = try call.delegate.weight(of: name)
            throw .because("Agent was not configured on this server, cannot enable.\n")
        },
        command("disable agent", "disable agent checks") { (call, name) throws(ServerRefusal) in
            _ = try call.delegate.weight(of: name)
            return ""
        },
    ]

    private static func server(
        _ name: String,
        _ help: String,
        _ order: ServerOrder
    ) -> RuntimeCommand {
        command(name, help) { (call, server) throws(ServerRefusal) in
            try call.delegate.carryOut(order, on: server)
            return ""
        }
    }

    /// - Parameters:
    ///   - arguments: those behind the server's name
    ///   - body: gives the reply
    private static func command(
        _ name: String,
        _ help: String,
        taking arguments: String = "",
        level: AccessLevel = .admin,
        _ body:
            @escaping @Sendable (RuntimeCommand.Invocation, ServerName) throws(ServerRefusal) ->
            String
    ) -> RuntimeCommand {
        RuntimeCommand(
            name,
            "<bk>/<srv>" + arguments,
            level: level,
            help: help,
            action: .reply { call in answer(call, body) }
        )
    }

    /// The reply to a command whose first argument names a server.
    private static func answer(
        _ call: RuntimeCommand.Invocation,
        _ body: (RuntimeCommand.Invocation, ServerName) throws(ServerRefusal) -> String
    ) -> String {
        do throws(ServerRefusal) {
            guard let word = call.arguments.first, let name = ServerName(word) else {
                throw .malformedName
            }
            return try body(call, name)
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

    private static func maxConnections(_ words: ArraySlice<String>) throws(ServerRefusal) -> Int? {
        guard let word = words.first else { throw .because("Require <maxconn>.\n") }
        guard let value = Int(word) else {
            throw .because(garbage(word, in: "maxconn"))
        }
        return value == 0 ? nil : max(1, value)
    }

    private static func garbage(_ digits: some StringProtocol, in what: String) -> String {
        let startsWell = Int(digits.prefix { "+-0123456789".contains($0) }) != nil
        return startsWell
            ? "Trailing garbage in \(what) string"
            : "\(what == "weight" ? "Empty weight" : what) string empty or preceded by garbage"
    }

    /// `5` or `50%`
    private static func weight(_ words: ArraySlice<String>) throws(ServerRefusal) -> ServerOrder {
        guard let word = words.first else { throw .because("Require <weight> or <weight%>.\n") }
        let isPercent = word.hasSuffix("%")
        let digits = isPercent ? word.dropLast() : word[...]
        guard let value = Int(digits) else {
            throw .because(garbage(digits, in: "weight"))
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
