extension StatusText {
    /// One table over all backends, so that the columns stay aligned; the name of a backend stands
    /// above its servers.
    var serverTable: [String] {
        let titles = [("SERVER", false), ("ADDRESS", false), ("STATUS", false), ("WGHT", true)]
        let more = [("SESS", true), ("SINCE", true), ("CHECK", false)]
        var table = TextTable(
            columns: (titles + more).map { TextTable.Column(title: $0.0, isNumber: $0.1) },
            width: Self.width,
            lastColumnIsText: true
        )
        var backend = onlyBackend
        table.rows = report.servers.map { server in
            defer { backend = server.proxy }
            return row(server, heading: server.proxy == backend ? nil : server.proxy)
        }
        return table.lines(colour: colour)
    }

    /// The name of the backend needs no mention when there is no other.
    private var onlyBackend: String? {
        let first = report.servers.first?.proxy
        return report.servers.allSatisfy { $0.proxy == first } ? first : nil
    }

    private func row(_ server: ServerStatus, heading: String?) -> TextTable.Row {
        let since = server.changedMillisecondsAgo.map { StatusFormat.age(milliseconds: $0) }
        let style = Self.style(ofServer: server.status)
        return TextTable.Row(
            heading: heading.map { TextTable.Cell("backend \($0):", .dim) },
            cells: [
                TextTable.Cell(server.name, .bold),
                TextTable.Cell(server.address),
                TextTable.Cell(server.status + (server.isBackup ? " backup" : ""), style),
                TextTable.Cell("\(server.weight)"),
                TextTable.Cell("\(server.sessions)"),
                TextTable.Cell(since ?? "-"),
                TextTable.Cell(server.check, style == .red ? .red : .plain),
            ],
            // What is wrong is told in full.
            lastCellSpills: style != .green
        )
    }

    private static func style(ofServer status: String) -> TextStyle {
        if status == "UP" { return .green }
        if status.hasPrefix("DOWN") { return .red }
        return .yellow
    }
}
