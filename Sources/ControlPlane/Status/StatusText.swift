/// A status report for people, at most 80 columns wide: the verdict first, then alarms, nodes,
/// rails, frontends and servers.
package struct StatusText {
    static let width = 80

    let report: StatusReport
    let colour: Bool

    /// `colour` is for a terminal only; the caller asks it, and honours NO_COLOR.
    package init(_ report: StatusReport, colour: Bool = false) {
        self.report = report
        self.colour = colour
    }

    /// The whole text with its line ends.
    package var text: String { sections.map(Self.joined).joined(separator: "\n") }

    /// The same without empty lines: in the runtime API an empty line ends the reply.
    package var replyText: String { sections.map(Self.joined).joined() }

    private static func joined(_ lines: [String]) -> String {
        lines.map { $0 + "\n" }.joined()
    }

    private var sections: [[String]] {
        var sections = [head]
        if let pair = report.pair {
            sections.append(nodeTable(pair))
            if !pair.rails.isEmpty { sections.append(railTable(pair)) }
            if let arbiter = pair.arbiter {
                sections.append(StatusFormat.wrap(arbiter.sentence, width: Self.width, rest: "  "))
            }
            if let ledger = pair.ledger {
                let peer = pair.nodes.first { !$0.isThisNode }?.name ?? "the other node"
                let lines = ledgerLines(ledger, peer: peer)
                if !lines.isEmpty { sections.append(lines) }
            }
        }
        if !report.frontends.isEmpty { sections.append(frontendTable) }
        if !report.servers.isEmpty { sections.append(serverTable) }
        sections.append(foot)
        return sections
    }

    private var head: [String] {
        let verdict = verdict
        let lines = StatusFormat.wrap(verdict.text, width: Self.width, rest: "  ")
        return lines.map { verdict.style.paint($0, colour: colour) } + alarms
    }

    private var alarms: [String] {
        report.alarms.flatMap { alarm in
            StatusFormat.wrap(alarm, width: Self.width, first: "ALARM: ", rest: "       ")
        }
        .map { TextStyle.alarm.paint($0, colour: colour) }
    }

    private var foot: [String] {
        let configuration = report.configuration
        let age = StatusFormat.age(milliseconds: configuration.loadedMillisecondsAgo)
        let text =
            "\(configuration.file) (digest \(configuration.digest)) loaded \(age) ago; "
            + "ha-balancer \(report.version) on \(report.nodeName), \(report.generatedAt)"
        return StatusFormat.wrap(text, width: Self.width, rest: "  ")
            .map { TextStyle.dim.paint($0, colour: colour) }
    }
}
