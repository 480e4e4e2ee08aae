extension StatusText {
    func nodeTable(_ pair: PairStatus) -> [String] {
        let titles = [("NODE", false), ("ROLE", false), ("READY", false), ("SESS", true)]
        let more = [("PRIO", true), ("HEARD", false), ("CONFIG", false), ("BOOT", false)]
        var table = TextTable(
            columns: (titles + more).map { TextTable.Column(title: $0.0, isNumber: $0.1) },
            width: Self.width
        )
        table.rows = pair.nodes.map { $0.isHeard ? heardNode($0) : silentNode($0) }
        return table.lines(colour: colour)
    }

    private func heardNode(_ node: NodeStatus) -> TextTable.Row {
        let isReady = node.notReadyBecause.isEmpty
        let heard =
            node.isThisNode
            ? "this node" : node.lastHeardMillisecondsAgo.map { Self.ago($0) } ?? "now"
        let configuration: TextTable.Cell =
            switch node.hasSameConfiguration {
            case true?: TextTable.Cell("same")
            case false?: TextTable.Cell("DIFFERS", .yellow)
            case nil: TextTable.Cell(node.isThisNode ? "-" : "?")
            }
        var row = TextTable.Row(cells: [
            TextTable.Cell(node.name, .bold),
            TextTable.Cell(node.role?.rawValue ?? "?", Self.style(of: node.role)),
            TextTable.Cell(isReady ? "yes" : "NO", isReady ? .green : .red),
            TextTable.Cell(node.sessions.map(String.init) ?? "?"),
            TextTable.Cell("\(node.priority)"),
            TextTable.Cell(heard),
            configuration,
            TextTable.Cell(node.bootID ?? "?", .dim),
        ])
        if !isReady {
            let reasons = node.notReadyBecause.joined(separator: "; ")
            row.notes = [TextTable.Cell("not ready: \(reasons)", .red)]
        }
        if let note = node.fence?.note { row.notes.append(TextTable.Cell(note, .yellow)) }
        return row
    }

    /// Nothing that a silent node once said is shown as if it held now.
    private func silentNode(_ node: NodeStatus) -> TextTable.Row {
        let unknown = TextTable.Cell("?")
        var note = Self.silence(node.lastHeardMillisecondsAgo)
        if let role = node.role { note += "; then it was \(role.rawValue)" }
        if let sessions = node.sessions { note += " with \(sessions) sessions" }
        return TextTable.Row(
            cells: [
                TextTable.Cell(node.name, .bold), TextTable.Cell("silent", .red), unknown, unknown,
                TextTable.Cell("\(node.priority)"),
                TextTable.Cell(node.lastHeardMillisecondsAgo.map { Self.ago($0) } ?? "never", .red),
                unknown, unknown,
            ],
            notes: [TextTable.Cell(note, .red)]
        )
    }

    func railTable(_ pair: PairStatus) -> [String] {
        let titles = [("RAIL", false), ("LOSS", true), ("RTT MIN/AVG/MAX", true)]
        let more = [("HEARD", false), ("PEER HEARS", false)]
        var table = TextTable(
            columns: (titles + more).map { TextTable.Column(title: $0.0, isNumber: $0.1) },
            width: Self.width
        )
        table.rows = pair.rails.map(rail)
        return table.lines(colour: colour)
    }

    private func rail(_ rail: RailStatus) -> TextTable.Row {
        let loss = rail.isHeard ? rail.lossPercent : nil
        let trip = rail.isHeard ? rail.roundTrip : nil
        let heard = rail.lastHeardMillisecondsAgo.map { Self.ago($0) } ?? "never"
        // What the peer said about a rail is as old as its last beat here.
        let isHeardByPeer = rail.isHeard ? rail.isHeardByPeer : nil
        var row = TextTable.Row(cells: [
            TextTable.Cell("\(rail.localAddress) > \(rail.peerAddress)"),
            TextTable.Cell(
                loss.map { StatusFormat.decimal($0) + " %" } ?? "?",
                (loss ?? 0) > 0 ? .yellow : .plain
            ),
            TextTable.Cell(trip.map(Self.text) ?? "?"),
            TextTable.Cell(heard, rail.isHeard ? .plain : .red),
            TextTable.Cell(
                isHeardByPeer.map { $0 ? "yes" : "NO" } ?? "?",
                isHeardByPeer == false ? .red : .plain
            ),
        ])
        let drops = rail.drops.filter { $0.value > 0 }.sorted { $0.key < $1.key }
        if !drops.isEmpty {
            let list = drops.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            row.notes = [TextTable.Cell("refused: \(list)", .yellow)]
        }
        if let fault = rail.fault {
            row.notes.append(TextTable.Cell("\(fault); \(rail.failures) failures", .red))
        }
        return row
    }

    /// What one node knows of the other's sessions and stick tables, where there are any.
    func ledgerLines(_ ledger: LedgerStatus, peer: String) -> [String] {
        var lines: [String] = []
        if ledger.sessionsTold > 0 {
            lines.append("\(peer) knows of \(ledger.sessionsTold) sessions here")
        }
        if ledger.sessionsKnown > 0 {
            let gap = ledger.isComplete ? "" : "; some are missing yet"
            lines.append("\(ledger.sessionsKnown) sessions of \(peer) are known here\(gap)")
        }
        if let sticks = ledger.sticks, sticks.told > 0 {
            lines.append("\(peer) knows of \(sticks.told) stick table entries here")
        }
        if let sticks = ledger.sticks, sticks.known > 0 {
            let gap = sticks.isComplete ? "" : "; some are missing yet"
            lines.append("\(sticks.known) stick table entries of \(peer) are known here\(gap)")
        }
        if let last = ledger.lastChallenge {
            let within = last.milliseconds.map { " within \(Int64($0)) ms" } ?? ""
            var text = "\(Self.ago(last.millisecondsAgo)) both ends of \(last.sessions) dead "
            text += "sessions were told: \(last.ends) ends\(within)"
            if last.untellable > 0 { text += ", \(last.untellable) cannot be" }
            lines.append(text)
        }
        return lines.flatMap { StatusFormat.wrap($0, width: Self.width, rest: "  ") }
    }

    var frontendTable: [String] {
        var table = TextTable(
            columns: [("FRONTEND", false), ("ADDRESS", false), ("STATUS", false), ("SESS", true)]
                .map { TextTable.Column(title: $0.0, isNumber: $0.1) },
            width: Self.width
        )
        table.rows = report.frontends.map { frontend in
            TextTable.Row(cells: [
                TextTable.Cell(frontend.name, .bold), TextTable.Cell(frontend.endpoint),
                TextTable.Cell(frontend.status, frontend.status == "OPEN" ? .green : .red),
                TextTable.Cell("\(frontend.sessions)"),
            ])
        }
        return table.lines(colour: colour)
    }

    static func ago(_ milliseconds: Int64) -> String {
        StatusFormat.age(milliseconds: milliseconds) + " ago"
    }

    private static func text(_ trip: RailStatus.RoundTrip) -> String {
        let parts = [
            trip.minimumMilliseconds, trip.averageMilliseconds, trip.maximumMilliseconds,
        ]
        return parts.map(StatusFormat.decimal).joined(separator: "/") + " ms"
    }

    private static func style(of role: NodeStatus.Role?) -> TextStyle {
        switch role {
        case .active: .green
        case .standby: .plain
        case .starting, .activating, .fenced, .maintenance, .stopping: .yellow
        case .fault, nil: .red
        }
    }
}
