extension StatusText {
    /// One sentence: where the virtual addresses are, since when and why. What a silent peer said
    /// last is told as the past that it is.
    var verdict: TextTable.Cell {
        guard let pair = report.pair else {
            return TextTable.Cell(
                "\(report.nodeName): plain balancer, no pair configured",
                .bold
            )
        }
        let addresses = pair.virtualAddresses.joined(separator: ", ")
        let isPlural = pair.virtualAddresses.count > 1
        let (isWord, wasWord) = isPlural ? ("are", "were") : ("is", "was")
        let start = "\(pair.name): \(addresses)"
        let epoch = "epoch \(pair.epoch)"
        let reason = pair.reason.isEmpty ? "" : " — \(pair.reason)"
        guard let holder = pair.holder else {
            return TextTable.Cell(
                "\(start) \(isWord) on NO node that \(report.nodeName) knows of, \(epoch)\(reason)",
                .alarm
            )
        }
        let since = pair.since.map { since in
            " since \(StatusFormat.age(milliseconds: since.millisecondsAgo))"
        }
        if holder == report.nodeName {
            return TextTable.Cell(
                "\(start) \(isWord) on \(holder) (this node)\(since ?? ""), \(epoch)\(reason)",
                .bold
            )
        }
        let node = pair.nodes.first { $0.name == holder }
        // What answers on the segment is there, heard or not.
        if node?.isHeard == true || pair.segmentAlarm?.kind == .pathCut {
            return TextTable.Cell(
                "\(start) \(isWord) on \(holder)\(since ?? ""), \(epoch)\(reason)",
                .bold
            )
        }
        let silence = Self.silence(node?.lastHeardMillisecondsAgo)
        return TextTable.Cell(
            "\(start) \(wasWord) on \(holder), \(epoch), \(silence): "
                + "where \(isPlural ? "they are" : "it is") now is not known\(reason)",
            .alarm
        )
    }

    /// `not heard for 12.3 s`, or `not heard since this node started`.
    static func silence(_ milliseconds: Int64?) -> String {
        guard let milliseconds else { return "not heard since this node started" }
        return "not heard for \(StatusFormat.age(milliseconds: milliseconds))"
    }
}
