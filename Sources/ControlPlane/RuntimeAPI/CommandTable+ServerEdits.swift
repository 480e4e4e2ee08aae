extension CommandTable {
    /// HAProxy's commands that change which servers there are.
    static let serverEditCommands: [RuntimeCommand] = [
        command("add server", "create a new server") { .add(Array($0)) },
        command("del server", "remove a server") { _ in .remove },
        RuntimeCommand(
            "experimental-mode",
            "[on|off]",
            level: .admin,
            help: "no command here needs it",
            action: .connection { arguments, connection in
                switch arguments.first {
                case nil:
                    return "experimental-mode is \(connection.isExperimental ? "ON" : "OFF")\n"
                case "on": connection.isExperimental = true
                case "off": connection.isExperimental = false
                default: break
                }
                return ""
            }
        ),
    ]

    private static func command(
        _ name: String,
        _ help: String,
        _ edit: @escaping @Sendable (ArraySlice<String>) -> ServerEdit
    ) -> RuntimeCommand {
        RuntimeCommand(
            name,
            "<bk>/<srv>",
            level: .admin,
            help: help,
            action: .reply { call in
                do throws(ServerRefusal) {
                    guard let server = call.arguments.first.flatMap({ ServerName($0) }) else {
                        throw .malformedName
                    }
                    return try await call.delegate.carryOut(
                        edit(call.arguments.dropFirst()),
                        on: server
                    )
                } catch {
                    // Without the line end that the older commands have there.
                    return error.isAboutName ? String(error.text.trimmingLineEnds()) : error.text
                }
            }
        )
    }

    /// What of `set server <bk>/<srv>` is an edit; `nil`: none of it.
    static func edit(_ words: ArraySlice<String>) throws(ServerRefusal) -> ServerEdit? {
        let values = words.dropFirst()
        switch words.first {
        case "addr", "check-addr":
            let word = words.first ?? ""
            guard let address = values.first else {
                throw .because(
                    "set server <b>/<s> \(word) requires an address and optionally a port.\n"
                )
            }
            let rest = values.dropFirst()
            let port = rest.first == "port" ? rest.dropFirst().first ?? "" : nil
            return word == "addr"
                ? .address(address, port: port) : .checkAddress(address, port: port)
        case "check-port":
            guard let word = values.first else {
                throw .because("set server <b>/<s> check-port requires a port.\n")
            }
            guard let number = Int(word) else {
                throw .because("provided port is not an integer")
            }
            guard let port = UInt16(exactly: number) else {
                throw .because("provided port is invalid")
            }
            return .checkPort(port)
        default: return nil
        }
    }
}
