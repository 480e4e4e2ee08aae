extension CommandTable {
    /// Our verbs, beside HAProxy's commands. Those that change something answer as `CommandResult`.
    static let pairCommands: [RuntimeCommand] = [
        RuntimeCommand(
            "show pair",
            "[json]",
            level: .user,
            help: "report both nodes, the virtual addresses, rails, servers",
            action: .reply { call in
                switch call.arguments {
                case []: StatusText(call.delegate.status()).replyText
                case ["json"]: call.delegate.status().json() + "\n"
                default: usage("show pair [json]")
                }
            }
        ),
        RuntimeCommand(
            "failover",
            "[to <node>]",
            level: .admin,
            help: "give the virtual addresses to the other node",
            action: .reply { call in
                switch (call.arguments.count, call.arguments.first) {
                case (0, _): await reply(call.delegate.failover(to: nil))
                case (2, "to"): await reply(call.delegate.failover(to: call.arguments[1]))
                default: usage("failover [to <node>]")
                }
            }
        ),
        RuntimeCommand(
            "maintenance",
            "{on [force]|off}",
            level: .admin,
            help: "take this node out of service, or back in",
            action: .reply { call in
                switch call.arguments {
                case ["on"]: await reply(call.delegate.maintenance(on: true, force: false))
                case ["on", "force"]: await reply(call.delegate.maintenance(on: true, force: true))
                case ["off"]: await reply(call.delegate.maintenance(on: false, force: false))
                default: usage("maintenance {on [force]|off}")
                }
            }
        ),
        RuntimeCommand(
            "reload",
            "[takeover]",
            level: .admin,
            help: "read the configuration file again",
            action: .reply { call in
                switch call.arguments.first {
                case nil: await reply(call.delegate.reload(takeover: nil))
                // What a second start asks for, see `Takeover`.
                case "takeover":
                    await reply(call.delegate.reload(takeover: Array(call.arguments.dropFirst())))
                default: usage("reload")
                }
            }
        ),
    ]

    private static func reply(_ result: CommandResult) -> String { result.wireText + "\n" }

    private static func usage(_ text: String) -> String {
        reply(.refused("expected '\(text)'"))
    }
}
