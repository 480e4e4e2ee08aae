extension CommandTable {
    /// HAProxy's commands about stick tables.
    static let tableCommands: [RuntimeCommand] = [
        RuntimeCommand(
            "show table",
            "[<table> [key <key>]]",
            level: .user,
            help: "report table usage stats or dump this table's contents",
            action: .reply { call in
                let tables = call.delegate.stickTables()
                guard let name = call.arguments.first else {
                    return tables.map(\.title).joined()
                }
                guard let table = tables.first(where: { $0.name == name }) else {
                    return "No such table\n"
                }
                guard let key = key(in: call.arguments) else {
                    return "Optional argument only supports key <key>\n"
                }
                return table.text(call.delegate.stickEntries(of: name), key: key)
            }
        ),
        RuntimeCommand(
            "clear table",
            "<table> [key <key>]",
            level: .admin,
            help: "remove an entry from a table, or all",
            action: .reply { call in
                guard let name = call.arguments.first, let key = key(in: call.arguments) else {
                    return "Required arguments: <table> or <table> key <key>\n"
                }
                return call.delegate.clearStickTable(name, key: key) ? "" : "No such table\n"
            }
        ),
    ]

    /// The key of `<table> key <key>`, none for `<table>` alone; `nil`: something else.
    private static func key(in arguments: [String]) -> String?? {
        switch arguments.count {
        case 1: .some(nil)
        case 3 where arguments[1] == "key": arguments[2]
        default: nil
        }
    }
}
