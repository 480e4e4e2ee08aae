extension CommandTable {
    /// What HAProxy has under the same names.
    static let haproxyCommands: [RuntimeCommand] = [
        RuntimeCommand(
            "show info",
            "[desc|json|typed]*",
            level: .user,
            help: "report information about the running process",
            action: .reply { call in call.delegate.info().text(StatisticsForm(call.arguments)) }
        ),
        RuntimeCommand(
            "show stat",
            "[desc|json|no-maint|typed|up]*",
            level: .user,
            help: "report counters for each proxy and server",
            action: .reply { call in
                StatFilter.reply(
                    call.delegate.statistics(),
                    arguments: call.arguments,
                    level: call.level
                )
            }
        ),
        RuntimeCommand(
            "show schema json",
            level: .user,
            help: "report the form of the JSON of 'show info' and 'show stat'",
            action: .reply { _ in StatisticsSchema.text }
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
}
