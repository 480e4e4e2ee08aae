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
                switch (call.arguments.count, call.arguments.dropFirst().first) {
                case (1, _): return table.text(key: nil)
                case (3, "key"):
                    let key = call.arguments[2]
                    return table.entries.contains { $0.key == key } ? table.text(key: key) : ""
                default: return "Optional argument only supports key <key>\n"
                }
            }
        ),
        RuntimeCommand(
            "clear table",
            "<table> [key <key>]",
            level: .admin,
            help: "remove an entry from a table, or all",
            action: .reply { call in
                guard let name = call.arguments.first else {
                    return "Required arguments: <table> or <table> key <key>\n"
                }
                let key: String?
                switch (call.arguments.count, call.arguments.dropFirst().first) {
                case (1, _): key = nil
                case (3, "key"): key = call.arguments[2]
                default: return "Required arguments: <table> or <table> key <key>\n"
                }
                return call.delegate.clearStickTable(name, key: key) ? "" : "No such table\n"
            }
        ),
    ]
}
