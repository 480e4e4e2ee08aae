extension CommandTable {
    /// What HAProxy has under the same names.
    static let haproxyCommands: [RuntimeCommand] = [
        RuntimeCommand(
            "show info",
            level: .user,
            help: "report information about the running process",
            action: .reply { call in
                refusedFormat(call.arguments) ?? call.delegate.info().text
            }
        ),
        RuntimeCommand(
            "show stat",
            "[<px> <type> <sv>|up|no-maint]*",
            level: .user,
            help: "report counters for each proxy and server",
            action: .reply { call in
                if let refusal = refusedFormat(call.arguments) { return refusal }
                return StatFilter.reply(call.delegate.statistics(), arguments: call.arguments)
            }
        ),
        RuntimeCommand(
            "show version",
            level: .user,
            help: "show version of the current process",
            action: .reply { call in call.delegate.info().version + "\n" }
        ),
    ]

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
            action: .togglePrompt
        ),
        RuntimeCommand("quit", level: .user, help: "disconnect", action: .quit),
    ]

    /// HAProxy ignores words that it does not know; output in another format than the one asked for
    /// would be misread, so these are answered.
    private static func refusedFormat(_ arguments: [String]) -> String? {
        guard let format = arguments.first(where: { ["typed", "json", "desc"].contains($0) }) else {
            return nil
        }
        return "The format '\(format)' is not supported, only the plain one.\n"
    }
}
