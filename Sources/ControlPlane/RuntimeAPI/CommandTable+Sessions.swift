extension CommandTable {
    /// HAProxy's commands about sessions.
    static let sessionCommands: [RuntimeCommand] = [
        RuntimeCommand(
            "show sess",
            "[<id>]",
            level: .operator,
            help: "report the list of current sessions or one of them",
            action: .reply { call in
                let sessions = call.delegate.sessions()
                guard let word = call.arguments.first, word != "all" else {
                    return sessions.map(\.line).joined()
                }
                let id = id(word)
                return sessions.first { $0.id == id }?.line ?? noSession
            }
        ),
        RuntimeCommand(
            "shutdown session",
            "<id>",
            level: .admin,
            help: "kill a specific session",
            action: .reply { call in
                guard let word = call.arguments.first else {
                    return "Session pointer expected (use 'show sess').\n"
                }
                guard let id = id(word), call.delegate.endSession(id) else { return noSession }
                return ""
            }
        ),
    ]

    private static let noSession = "No such session (use 'show sess').\n"

    /// `0x1f`, as `show sess` has it.
    private static func id(_ word: String) -> UInt64? {
        word.hasPrefix("0x") ? UInt64(word.dropFirst(2), radix: 16) : nil
    }
}
