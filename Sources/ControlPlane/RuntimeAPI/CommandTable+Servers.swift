extension CommandTable {
    /// HAProxy's commands that look at a server or change it.
    static let serverCommands: [RuntimeCommand] = [
        RuntimeCommand(
            "get weight",
            place,
            level: .user,
            help: "report a server's current weight",
            action: .reply { call in
                answer(call) { (_, weight) throws(ServerRefusal) in
                    "\(weight.current) (initial \(weight.initial))\n"
                }
            }
        ),
        command("set weight", "change a server's weight", taking: " <weight>[%]", weight),
        RuntimeCommand(
            "set server",
            place + " [opts]",
            level: .admin,
            help: "change a server's state, weight, health or address",
            action: .reply { call in
                var edit: (ServerName, ServerEdit)?
                let reply = answer(call) { (server, _) throws(ServerRefusal) in
                    let words = call.arguments.dropFirst()
                    if let found = try Self.edit(words) {
                        edit = (server, found)
                    } else if let order = try order(words) {
                        try call.delegate.carryOut(order, on: server)
                    }
                    return ""
                }
                guard let (server, found) = edit else { return reply }
                do throws(ServerRefusal) {
                    return try await call.delegate.carryOut(found, on: server)
                } catch {
                    return error.text
                }
            }
        ),
        command(
            "set maxconn server",
            "change a server's maxconn setting",
            taking: " <value>",
            maxConnections
        ),
        command("enable server", "enable a disabled server") { _ in .state(.ready) },
        command("disable server", "disable a server for maintenance") { _ in .state(.maintenance) },
        command("enable health", "enable health checks") { _ in .checks(areOn: true) },
        command("disable health", "disable health checks") { _ in .checks(areOn: false) },
        command("shutdown sessions server", "kill sessions on a server") { _ in .shutdownSessions },
        command("enable agent", "enable agent checks") { _ in .agents(areOn: true) },
        command("disable agent", "disable agent checks") { _ in .agents(areOn: false) },
    ]

    private static let place = "<bk>/<srv>"

    /// - Parameters:
    ///   - arguments: those behind the server's name
    ///   - order: by those; `nil`: there is nothing to do
    private static func command(
        _ name: String,
        _ help: String,
        taking arguments: String = "",
        _ order: @escaping @Sendable (ArraySlice<String>) throws(ServerRefusal) -> ServerOrder?
    ) -> RuntimeCommand {
        RuntimeCommand(
            name,
            place + arguments,
            level: .admin,
            help: help,
            action: .reply { call in
                answer(call) { (server, _) throws(ServerRefusal) in
                    if let order = try order(call.arguments.dropFirst()) {
                        try call.delegate.carryOut(order, on: server)
                    }
                    return ""
                }
            }
        )
    }

    /// The reply to a command whose first argument names a server, which has to be there whatever
    /// else is wrong, as in HAProxy.
    private static func answer(
        _ call: RuntimeCommand.Invocation,
        _ body: (ServerName, ServerWeight) throws(ServerRefusal) -> String
    ) -> String {
        do throws(ServerRefusal) {
            guard let word = call.arguments.first, let name = ServerName(word) else {
                throw .malformedName
            }
            return try body(name, try call.delegate.weight(of: name))
        } catch {
            return error.text
        }
    }

    /// What follows `set server <bk>/<srv>`.
    private static func order(_ words: ArraySlice<String>) throws(ServerRefusal) -> ServerOrder? {
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
            switch value {
            case "up": return .agentHealth(isUp: true)
            case "down": return .agentHealth(isUp: false)
            default:
                throw .because("'set server <srv> agent' expects 'up' or 'down'.\n")
            }
        case "agent-addr", "agent-port", "agent-send", "fqdn", "ssl":
            throw .because(
                "'set server <srv> \(words.first ?? "")' is not supported: change the"
                    + " configuration and reload.\n"
            )
        default:
            throw .because(
                "usage: set server <backend>/<server> addr | agent | check-addr | check-port"
                    + " | health | state | weight\n"
            )
        }
    }

    private static func maxConnections(
        _ words: ArraySlice<String>
    ) throws(ServerRefusal) -> ServerOrder? {
        guard let word = words.first else { throw .because("Require <maxconn>.\n") }
        guard let value = Int(word) else {
            throw .because(garbage(word, in: "maxconn"))
        }
        return .maxConnections(value == 0 ? nil : max(1, value))
    }

    private static func garbage(_ digits: some StringProtocol, in what: String) -> String {
        let startsWell = Int(digits.prefix { "+-0123456789".contains($0) }) != nil
        return startsWell
            ? "Trailing garbage in \(what) string"
            : "\(what == "weight" ? "Empty weight" : what) string empty or preceded by garbage"
    }

    /// `5` or `50%`
    private static func weight(_ words: ArraySlice<String>) throws(ServerRefusal) -> ServerOrder? {
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
