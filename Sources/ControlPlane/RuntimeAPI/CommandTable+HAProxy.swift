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
            "show backend",
            level: .user,
            help: "list backends in the current running config",
            action: .reply { call in
                let names = call.delegate.statistics().filter { $0.kind == .backend }
                return "# name\n" + names.map { $0.proxyName + "\n" }.joined()
            }
        ),
        RuntimeCommand(
            "show version",
            level: .user,
            help: "show version of the current process",
            action: .reply { call in call.delegate.info().version + "\n" }
        ),
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
