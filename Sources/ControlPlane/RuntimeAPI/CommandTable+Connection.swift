internal import Primitives

extension CommandTable {
    /// About the connection itself; HAProxy adds them to the end of every list.
    static let connectionCommands: [RuntimeCommand] = [
        RuntimeCommand(
            "help",
            "[<command>]",
            level: .user,
            help: "list matching or all commands",
            action: .reply { call in call.table.help(matching: call.arguments, level: call.level) }
        ),
        RuntimeCommand(
            "prompt",
            level: .user,
            help: "toggle interactive mode with prompt",
            action: .connection { _, connection in
                connection.isInteractive.toggle()
                return ""
            }
        ),
        RuntimeCommand("quit", level: .user, help: "disconnect", action: .quit),
    ]

    /// About the connection too, and listed among the others.
    static let clientCommands: [RuntimeCommand] = [
        RuntimeCommand(
            "set timeout",
            "[cli] <delay>",
            level: .user,
            help: "change a timeout setting",
            action: .connection { arguments, connection in setTimeout(arguments, &connection) }
        ),
        RuntimeCommand(
            "show cli level",
            level: .user,
            help: "display the level of the current CLI session",
            action: .connection { _, connection in "\(connection.level)\n" }
        ),
        RuntimeCommand(
            "operator",
            level: .operator,
            help: "lower the level of the current CLI session to operator",
            action: .connection { _, connection in
                connection.level = .operator
                return ""
            }
        ),
        RuntimeCommand(
            "user",
            level: .user,
            help: "lower the level of the current CLI session to user",
            action: .connection { _, connection in
                connection.level = .user
                return ""
            }
        ),
    ]

    /// In seconds, or with a unit, as in HAProxy.
    private static func setTimeout(
        _ arguments: [String],
        _ connection: inout RuntimeConnection
    ) -> String {
        guard arguments.first == "cli" else { return "'set timeout' only supports 'cli'.\n" }
        guard arguments.count >= 2 else { return "Expects an integer value.\n" }
        let word = arguments[1]
        let digits = word.prefix { $0.isASCII && $0.isNumber }
        let units: [String: Int64] = [
            "": 1_000_000, "us": 1, "ms": 1000, "s": 1_000_000, "m": 60_000_000,
            "h": 3_600_000_000, "d": 86_400_000_000,
        ]
        guard let value = Int64(digits), let unit = units[String(word.dropFirst(digits.count))],
            case let (microseconds, isTooLarge) = value.multipliedReportingOverflow(by: unit),
            !isTooLarge, microseconds >= 1000,
            microseconds <= RuntimeConnection.longestTimeout.milliseconds * 1000
        else { return "Invalid timeout value.\n" }
        connection.timeout = .microseconds(microseconds)
        return ""
    }
}
