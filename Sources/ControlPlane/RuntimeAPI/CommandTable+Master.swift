extension CommandTable {
    /// What the master's own commands are; those of the process it watches have `@1` before them.
    static let master = CommandTable(
        prefixes + masterCommands.sorted { $0.name < $1.name } + connectionCommands
    )

    /// Listed only: the handler takes them off before it looks for a command.
    private static let prefixes = [
        ("@!<pid>", "<pid>"), ("@<relative pid>", "<relative pid>"), ("@master", "master"),
    ].map { name, process in
        RuntimeCommand(
            name,
            level: .user,
            help: "send a command to the \(process) process",
            action: .prefix
        )
    }

    private static let masterCommands =
        [
            RuntimeCommand(
                "reload",
                level: .operator,
                help: "reload haproxy",
                action: .last { call in _ = await call.delegate.reload(takeover: nil) }
            ),
            RuntimeCommand(
                "show proc",
                level: .user,
                help: "show processes status",
                action: .reply { call in call.delegate.processes().text }
            ),
        ] + haproxyCommands.filter { $0.name == "show version" }
        + clientCommands.filter { ["operator", "show cli level", "user"].contains($0.name) }
}
